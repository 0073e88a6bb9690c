"""Activations without a scalar operand: the sigmoid and tanh families, GELU and its kin, softmax."""

from math import pi, sqrt
from typing import Any

from ...spec.graph import OpKind
from ..precision import floated, in_float32
from ..registry import kernel
from ..rows import elementwise
from ..rules import along

_STRICT = OpKind.TRANSFORM_STRICT
_NORMALISES = "it normalises over the batch axis"
SELU_ALPHA, SELU_LAMBDA = 1.6732632423543772, 1.0507009873554805


@kernel("sigmoid", rows=elementwise, legacy=((_STRICT, 26),))
@in_float32
def sigmoid(xp: Any, x: Any) -> Any:
    """1 / (1 + e⁻ˣ)."""
    out = xp.exp(xp.negative(x))
    out += 1
    return xp.reciprocal(out)


@kernel("tanh", rows=elementwise, legacy=((_STRICT, 29),))
def tanh(xp: Any, x: Any) -> Any:
    """Hyperbolic tangent."""
    return xp.tanh(floated(x))


@kernel("softplus", rows=elementwise, legacy=((_STRICT, 28),))
@in_float32
def softplus(xp: Any, x: Any) -> Any:
    """ln(1 + eˣ); finite where DL4J's own form overflows."""
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


@kernel("legacy:logsigmoid", rows=elementwise, legacy=((_STRICT, 49),))
@in_float32
def log_sigmoid(xp: Any, x: Any) -> Any:
    """ln(sigmoid(x))."""
    return -softplus(xp, -x)


@kernel("hardtanh", rows=elementwise, legacy=((_STRICT, 33),))
def hard_tanh(xp: Any, x: Any) -> Any:
    """x held between -1 and 1."""
    return xp.minimum(xp.maximum(x, -1), 1)


@kernel("softsign", rows=elementwise, legacy=((_STRICT, 34),))
@in_float32
def softsign(xp: Any, x: Any) -> Any:
    """x / (1 + |x|)."""
    return x / (1 + xp.abs(x))


@kernel("hardsigmoid", rows=elementwise, legacy=((_STRICT, 36),))
@in_float32
def hard_sigmoid(xp: Any, x: Any) -> Any:
    """0.2 · x + 0.5, held between 0 and 1."""
    return xp.clip(x * 0.2 + 0.5, 0, 1)


@kernel("rationaltanh", rows=elementwise, legacy=((_STRICT, 37),))
@in_float32
def rational_tanh(xp: Any, x: Any) -> Any:
    """A rational approximation of 1.7159 · tanh(2x/3)."""
    scaled = x * (2 / 3)
    size = xp.abs(scaled)
    square = size * size
    return 1.7159 * xp.sign(scaled) * (1 - 1 / (1 + size + square + 1.41645 * square * square))


@kernel("rectifiedtanh", rows=elementwise, legacy=((_STRICT, 38),))
def rectified_tanh(xp: Any, x: Any) -> Any:
    """max(0, tanh x)."""
    return xp.maximum(xp.tanh(x), 0)


@kernel("selu", rows=elementwise, legacy=((_STRICT, 42),))
@in_float32
def selu(xp: Any, x: Any) -> Any:
    """λ · (x, or α(eˣ - 1) below 0)."""
    return xp.where(x > 0, SELU_LAMBDA * x, SELU_ALPHA * SELU_LAMBDA * xp.expm1(xp.minimum(x, 0)))


@kernel("legacy:swish", rows=elementwise, legacy=((_STRICT, 43),))
@in_float32
def swish(xp: Any, x: Any) -> Any:
    """x · sigmoid(x)."""
    return x * sigmoid(xp, x)


@kernel("legacy:gelu", rows=elementwise, legacy=((_STRICT, 53),))
@in_float32
def gelu(xp: Any, x: Any) -> Any:
    """x · sigmoid(1.702 x): DL4J's GELU is the sigmoid approximation."""
    return x * sigmoid(xp, x * 1.702)


@kernel("legacy:precise_gelu", rows=elementwise, legacy=((_STRICT, 55),))
@in_float32
def precise_gelu(xp: Any, x: Any) -> Any:
    """x/2 · (1 + tanh(√(2/π)(x + (0.044715 x)³))): the coefficient stands inside the cube, as M2.1 computes."""
    inner = x * 0.044715
    return x * 0.5 * (1 + xp.tanh(sqrt(2 / pi) * (x + inner * inner * inner)))


@kernel("legacy:mish", rows=elementwise, legacy=((_STRICT, 57),))
@in_float32
def mish(xp: Any, x: Any) -> Any:
    """x · tanh(softplus(x))."""
    return x * xp.tanh(softplus(xp, x))


@kernel("crelu", rows=along("", "it joins along the batch axis", default=-1))
def crelu(xp: Any, x: Any) -> Any:
    """relu(x) beside relu(-x) along the last axis."""
    return xp.concatenate([xp.maximum(x, 0), xp.maximum(-x, 0)], axis=-1)


@kernel("softmax", ints=("axis",), rows=along("axis", _NORMALISES, default=-1))
@in_float32
def softmax(xp: Any, x: Any, *, axis: int = -1) -> Any:
    """eˣ / Σ eˣ along `axis`."""
    x = floated(x)
    out = xp.subtract(x, x.max(axis, keepdims=True))
    xp.exp(out, out=out)
    out /= out.sum(axis, keepdims=True)
    return out


@kernel("log_softmax", ints=("axis",), rows=along("axis", _NORMALISES, default=-1))
@in_float32
def log_softmax(xp: Any, x: Any, *, axis: int = -1) -> Any:
    """ln(softmax(x)) along `axis`."""
    x = floated(x)
    out = xp.subtract(x, x.max(axis, keepdims=True))
    out -= xp.log(xp.exp(out).sum(axis, keepdims=True))
    return out
