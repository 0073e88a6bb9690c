"""Rectifiers and other functions of one array with a number: a cutoff, a slope, a base."""

from typing import Any

from ..forms import operation
from ..precision import cast_like, in_float32
from ..registry import kernel
from ..rows import elementwise
from ..special import special


@kernel("relu", floats=("cutoff",), rows=elementwise)
def relu(xp: Any, x: Any, *, cutoff: float = 0.0) -> Any:
    """max(x, cutoff): what lies below the cutoff becomes the cutoff."""
    return cast_like(xp.maximum(x, cutoff), x)


@operation(None, title="relu", scalar=39)
def relu_scalar(xp: Any, x: Any, y: Any) -> Any:
    """max(x, y)."""
    return xp.maximum(x, y)


@kernel("relu6", floats=("cutoff",), rows=elementwise)
def relu6(xp: Any, x: Any, *, cutoff: float = 0.0) -> Any:
    """max(x, cutoff), at most 6."""
    return cast_like(relu6_scalar(xp, x, cutoff), x)


@operation(None, title="relu6", scalar=40)
def relu6_scalar(xp: Any, x: Any, y: Any) -> Any:
    """max(x, y), at most 6."""
    return xp.minimum(xp.maximum(x, y), 6)


@kernel("lrelu", floats=("alpha",), rows=elementwise)
def leaky_relu(xp: Any, x: Any, *, alpha: float = 0.01) -> Any:
    """x, or alpha · x below 0."""
    return cast_like(leaky_relu_scalar(xp, x, alpha), x)


@operation(None, title="leakyrelu", scalar=35, default=0.01)
def leaky_relu_scalar(xp: Any, x: Any, y: Any) -> Any:
    """x, or y · x below 0."""
    return xp.where(x < 0, x * y, x)


@kernel("prelu", rows=elementwise)
def parametric_relu(xp: Any, x: Any, alpha: Any) -> Any:
    """x, or alpha · x below 0, with alpha broadcast over the rows."""
    return cast_like(xp.where(x < 0, x * alpha, x), x)


@kernel("elu", floats=("alpha",), rows=elementwise)
@in_float32
def elu(xp: Any, x: Any, *, alpha: float = 1.0) -> Any:
    """x, or alpha · (eˣ - 1) below 0."""
    return xp.where(x > 0, x, alpha * xp.expm1(xp.minimum(x, 0)))


@operation(None, title="elu", scalar=7, default=1.0)
@in_float32
def elu_scalar(xp: Any, x: Any, y: Any) -> Any:
    """x, or y · (eˣ - 1) below 0."""
    return xp.where(x > 0, x, y * xp.expm1(xp.minimum(x, 0)))


@kernel("thresholdedrelu", floats=("theta",), rows=elementwise)
def thresholded_relu(_xp: Any, x: Any, *, theta: float = 0.0) -> Any:
    """x above theta, else 0."""
    return x * (x > theta)


@operation(None, title="step", scalar=41)
def step(_xp: Any, x: Any, y: Any) -> Any:
    """1 above y, else 0."""
    return x > y


@operation(None, title="lstm_clip", scalar=42)
def lstm_clip(xp: Any, x: Any, y: Any) -> Any:
    """x held between -y and y."""
    return xp.minimum(xp.maximum(x, -y), y)


@operation(None, title="log_x", scalar=38, default=2.0)
def log_of_base(xp: Any, x: Any, y: Any) -> Any:
    """The logarithm of x to the base y."""
    return xp.log(x) / xp.log(y)


@operation(None, title="replace_nans", scalar=37, pairwise=37)
def replace_nans(xp: Any, x: Any, y: Any) -> Any:
    """x, or y where x is no number."""
    return xp.where(xp.isnan(x), y, x)


@operation(None, title="sxe_smoother", scalar=34)
def smooth_labels(_xp: Any, x: Any, y: Any) -> Any:
    """Labels drawn toward one half by the share y."""
    return x * (1 - y) + 0.5 * y


@operation(None, title="copy", scalar=14, pairwise=1, broadcast=6)
def copy(xp: Any, x: Any, y: Any) -> Any:
    """y in the shape of x."""
    return xp.broadcast_to(y, x.shape) if hasattr(y, "shape") else xp.full_like(x, y)


@operation(None, title="copy_second", pairwise=9)
def copy_second(xp: Any, x: Any, y: Any) -> Any:
    """y in the shape of x."""
    return copy(xp, x, y)


@operation(None, title="igamma", scalar=47, pairwise=39, broadcast=32)
@in_float32
def lower_gamma(xp: Any, x: Any, y: Any) -> Any:
    """The regularised lower incomplete gamma function P(x, y)."""
    return special(xp).gammainc(x, y)


@operation(None, title="igammac", scalar=48, pairwise=40, broadcast=33)
@in_float32
def upper_gamma(xp: Any, x: Any, y: Any) -> Any:
    """The regularised upper incomplete gamma function Q(x, y)."""
    return special(xp).gammaincc(x, y)
