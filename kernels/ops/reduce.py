"""Sums, extremes, norms and counts over axes."""

from typing import Any

from ...spec.graph import OpArgs, OpKind
from ..conditions import holds, read_condition
from ..precision import cast_like, floated, in_float32
from ..reductions import Axes, mean_of, reduction
from ..registry import Options
from ..special import special

_SAME, _FLOAT = OpKind.REDUCE_SAME, OpKind.REDUCE_FLOAT
_LONG, _BOOL = OpKind.REDUCE_LONG, OpKind.REDUCE_BOOL


@reduction("reduce_sum", legacy=(_SAME, 0))
@in_float32
def total(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Σ x."""
    return cast_like(x.sum(axes, keepdims=keep), x)


@reduction("reduce_max", legacy=(_SAME, 1))
def largest(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """The largest entry."""
    return x.max(axes, keepdims=keep)


@reduction("reduce_min", legacy=(_SAME, 2))
def smallest(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """The smallest entry."""
    return x.min(axes, keepdims=keep)


@reduction("reduce_prod", legacy=(_SAME, 3))
@in_float32
def multiplied(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Π x."""
    return cast_like(x.prod(axes, keepdims=keep), x)


@reduction(title="asum", legacy=(_SAME, 4))
def total_size(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Σ |x|."""
    return total(xp, xp.abs(x), axes, keep)


@reduction(title="amax", legacy=(_SAME, 5))
def largest_size(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """The largest |x|."""
    return xp.abs(x).max(axes, keepdims=keep)


@reduction(title="amin", legacy=(_SAME, 6))
def smallest_size(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """The smallest |x|."""
    return xp.abs(x).min(axes, keepdims=keep)


@reduction("reduce_mean", legacy=(_FLOAT, 0))
@in_float32
def mean(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """The mean; of integers in float32."""
    return mean_of(floated(x), axes, keep)


@reduction(title="amean", legacy=(_FLOAT, 1))
def mean_size(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """The mean of |x|."""
    return mean(xp, xp.abs(x), axes, keep)


@reduction("reduce_norm1", legacy=(_FLOAT, 2))
def norm1(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Σ |x|."""
    return total(xp, xp.abs(floated(x)), axes, keep)


@reduction("reduce_norm2", legacy=(_FLOAT, 3))
@in_float32
def norm2(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """√Σ x²."""
    return xp.sqrt(squared_norm(xp, x, axes, keep))


@reduction("reduce_norm_max", legacy=(_FLOAT, 4))
def norm_max(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """The largest |x|."""
    return xp.abs(floated(x)).max(axes, keepdims=keep)


@reduction(title="frobenius", legacy=(_FLOAT, 5))
def frobenius(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """√Σ x²."""
    return norm2(xp, x, axes, keep)


def _read_power(args: OpArgs) -> Options:
    return {"p": args.floats[0]} if args.floats else {}


@reduction(title="norm_p", legacy=(_FLOAT, 6), more=_read_power)
@in_float32
def norm_p(xp: Any, x: Any, axes: Axes, keep: bool, *, p: float = 2.0) -> Any:
    """(Σ |x|ᵖ)^(1/p)."""
    return (xp.abs(floated(x)) ** p).sum(axes, keepdims=keep) ** (1 / p)


@reduction("reduce_sqnorm", legacy=(_FLOAT, 7))
@in_float32
def squared_norm(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Σ x²."""
    return xp.square(floated(x)).sum(axes, keepdims=keep)


@reduction(title="entropy", legacy=(_FLOAT, 8))
@in_float32
def entropy(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """-Σ x ln x, with 0 ln 0 = 0."""
    return -special(xp).xlogy(floated(x), floated(x)).sum(axes, keepdims=keep)


@reduction(title="log_entropy", legacy=(_FLOAT, 9))
@in_float32
def log_entropy(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """ln of the entropy."""
    return xp.log(entropy(xp, x, axes, keep))


@reduction(title="shannon_entropy", legacy=(_FLOAT, 10))
@in_float32
def shannon_entropy(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """The entropy in bits."""
    return entropy(xp, x, axes, keep) * 1.4426950408889634


@reduction("reduce_logsumexp")
@in_float32
def log_sum_exp(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """ln Σ eˣ, without overflow."""
    top = x.max(axes, keepdims=True)
    out = xp.log(xp.exp(x - top).sum(axes, keepdims=True)) + top
    return out if keep else out.sum(axes)


@reduction(title="count_non_zero", legacy=(_LONG, 0))
def count_non_zero(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """How many entries are not 0."""
    return (x != 0).sum(axes, dtype="int64", keepdims=keep)


@reduction(title="count_zero", legacy=(_LONG, 1))
def count_zero(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """How many entries are 0."""
    return (x == 0).sum(axes, dtype="int64", keepdims=keep)


@reduction(title="match_condition", legacy=(_LONG, 2), more=read_condition)
def match_condition(xp: Any, x: Any, axes: Axes, keep: bool, *, compare: float, eps: float, mode: int) -> Any:
    """For how many entries the condition holds."""
    return holds(xp, x, compare, eps, mode).sum(axes, dtype="int64", keepdims=keep)


@reduction(title="any", legacy=(_BOOL, 0))
def any_true(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Some entry is true (not zero)."""
    return (x != 0).any(axes, keepdims=keep)


@reduction(title="all", legacy=(_BOOL, 1))
def all_true(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Every entry is true (not zero)."""
    return (x != 0).all(axes, keepdims=keep)


@reduction(title="all_finite", legacy=(_BOOL, 2))
def all_finite(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Every entry is a finite number."""
    return xp.isfinite(x).all(axes, keepdims=keep)


@reduction(title="any_inf_or_nan", legacy=(_BOOL, 3))
def any_inf_or_nan(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Some entry is no finite number."""
    return ~all_finite(xp, x, axes, keep)


@reduction(title="any_nan", legacy=(_BOOL, 4))
def any_nan(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Some entry is no number."""
    return xp.isnan(x).any(axes, keepdims=keep)


@reduction(title="any_inf", legacy=(_BOOL, 5))
def any_inf(xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Some entry is infinite."""
    return xp.isinf(x).any(axes, keepdims=keep)
