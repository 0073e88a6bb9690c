"""Derivatives of activations, which files of trained models may carry as ops of their own."""

from collections.abc import Callable
from math import pi, sqrt
from typing import Any

from ...spec.graph import OpKind
from ..forms import operation
from ..precision import in_float32
from ..registry import Function, kernel
from ..rows import elementwise
from .activation import SELU_ALPHA, SELU_LAMBDA, sigmoid, softplus

_FORMULAS: dict[int, tuple[str, Callable[[Any, Any], Any]]] = {
    4: ("tanh", lambda xp, x: 1 - xp.square(xp.tanh(x))),
    5: ("hardtanh", lambda xp, x: 1.0 * (xp.abs(x) < 1)),
    6: ("sigmoid", lambda xp, x: _bell(sigmoid(xp, x))),
    7: ("softsign", lambda xp, x: 1 / xp.square(1 + xp.abs(x))),
    8: ("tan", lambda xp, x: 1 / xp.square(xp.cos(x))),
    9: ("selu", lambda xp, x: SELU_LAMBDA * xp.where(x > 0, 1.0, SELU_ALPHA * xp.exp(xp.minimum(x, 0)))),
    10: ("hardsigmoid", lambda xp, x: 0.2 * (xp.abs(x) < 2.5)),
    11: ("rationaltanh", lambda xp, x: _rational_tanh(xp, xp.abs(x) * (2 / 3))),
    12: ("rectifiedtanh", lambda xp, x: (x > 0) * (1 - xp.square(xp.tanh(x)))),
    13: ("swish", lambda xp, x: _self_gated(x, 1.0, sigmoid(xp, x))),
    14: ("acosh", lambda xp, x: 1 / (xp.sqrt(x - 1) * xp.sqrt(x + 1))),
    15: ("asinh", lambda xp, x: 1 / xp.sqrt(x * x + 1)),
    16: ("sinh", lambda xp, x: xp.cosh(x)),
    17: ("logsigmoid", lambda xp, x: sigmoid(xp, -x)),
    18: ("special", lambda _xp, x: x * (1 - x)),
    21: ("cube", lambda _xp, x: 3 * x * x),
    54: ("gelu", lambda xp, x: _self_gated(x, 1.702, sigmoid(xp, x * 1.702))),
    56: ("precise_gelu", lambda xp, x: _precise_gelu(xp, x)),
    58: ("mish", lambda xp, x: _mish(xp, x)),
}
"""By number in TRANSFORM_STRICT: of what, and the derivative at x."""


def _bell(s: Any) -> Any:
    return s * (1 - s)


def _self_gated(x: Any, slope: float, gate: Any) -> Any:
    return gate + x * slope * _bell(gate)


def _rational_tanh(_xp: Any, size: Any) -> Any:
    cubed = size * size * size
    denominator = 1 + size + size * size + 1.41645 * cubed * size
    return 1.7159 * (2 / 3) * (1 + 2 * size + 4 * 1.41645 * cubed) / (denominator * denominator)


def _precise_gelu(xp: Any, x: Any) -> Any:
    scale, inner = sqrt(2 / pi), 0.044715
    bent = xp.tanh(scale * (x + (inner * x) ** 3))
    return 0.5 * (1 + bent) + 0.5 * x * (1 - bent * bent) * scale * (1 + 3 * inner**3 * x * x)


def _mish(xp: Any, x: Any) -> Any:
    bent = xp.tanh(softplus(xp, x))
    return bent + x * (1 - bent * bent) * sigmoid(xp, x)


def _alike(formula: Function) -> Function:
    def run(xp: Any, x: Any) -> Any:
        return formula(xp, x).astype(x.dtype)

    return in_float32(run)


for _number, (_name, _formula) in _FORMULAS.items():
    _place = ((OpKind.TRANSFORM_STRICT, _number),)
    kernel(f"legacy:{_name}_derivative", rows=elementwise, legacy=_place)(_alike(_formula))


@operation(None, title="elu_derivative", scalar=8, default=1.0)
def elu_derivative(xp: Any, x: Any, y: Any) -> Any:
    """1, or y · eˣ below 0."""
    return xp.where(x >= 0, 1, y * xp.exp(xp.minimum(x, 0)))


@operation(None, title="leakyrelu_derivative", scalar=36)
def leaky_relu_derivative(xp: Any, x: Any, y: Any) -> Any:
    """1, or y below 0."""
    return xp.where(x >= 0, xp.ones_like(x), y)


@operation(None, title="relu_derivative", scalar=49)
def relu_derivative(_xp: Any, x: Any, y: Any) -> Any:
    """1 above y, else 0."""
    return x > y
