"""Gamma, beta and zeta functions."""

from typing import Any

from ..forms import operation
from ..precision import floated, in_float32
from ..registry import kernel
from ..rows import elementwise
from ..special import special
from .rectifier import lower_gamma, upper_gamma

operation("igamma")(lower_gamma)
operation("igammac")(upper_gamma)


@kernel("lgamma", rows=elementwise)
@in_float32
def lgamma(xp: Any, x: Any) -> Any:
    """ln |Γ(x)|."""
    return special(xp).gammaln(floated(x))


@kernel("digamma", rows=elementwise)
@in_float32
def digamma(xp: Any, x: Any) -> Any:
    """The derivative of ln Γ(x)."""
    return special(xp).digamma(floated(x))


@kernel("polygamma", rows=elementwise, aliases=("PolyGamma", "polyGamma"))
@in_float32
def polygamma(xp: Any, n: Any, x: Any) -> Any:
    """The derivative of order n + 1 of ln Γ(x), in the type of n."""
    n, x = floated(n), floated(x)
    higher = special(xp).zeta(n + 1, x) * special(xp).gamma(n + 1)
    signed = xp.where(n % 2 == 0, -higher, higher)
    return xp.where(n == 0, special(xp).digamma(x), signed).astype(n.dtype)


@kernel("zeta", rows=elementwise, aliases=("Zeta",))
@in_float32
def zeta(xp: Any, x: Any, q: Any) -> Any:
    """Hurwitz' Σ (k + q)^-x."""
    return special(xp).zeta(floated(x), floated(q))


@kernel("betainc", rows=elementwise, aliases=("BetaInc", "betaInc"))
@in_float32
def betainc(xp: Any, a: Any, b: Any, x: Any) -> Any:
    """The regularised incomplete beta function I_x(a, b)."""
    return special(xp).betainc(floated(a), floated(b), floated(x))
