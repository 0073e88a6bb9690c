"""Exponentials, logarithms, circular and hyperbolic functions, and their relatives."""

from typing import Any

from ...spec.graph import OpArgs, OpKind
from ..precision import cast_like, floated, in_float32
from ..registry import Function, Options, kernel
from ..rows import elementwise
from ..special import special

_STRICT = OpKind.TRANSFORM_STRICT

_NAMES = {
    22: "cos",
    23: "exp",
    24: "log",
    27: "sin",
    30: "arccos",
    31: "arcsin",
    32: "arctan",
    39: "sinh",
    40: "cosh",
    41: "tan",
    46: "arccosh",
    47: "arcsinh",
    51: "expm1",
    52: "arctanh",
}
"""The array module's own functions by their number."""


def _named(name: str) -> Function:
    def run(xp: Any, x: Any) -> Any:
        return getattr(xp, name)(floated(x))

    return run


for _number, _name in _NAMES.items():
    kernel(f"legacy:{_name}", rows=elementwise, legacy=((_STRICT, _number),))(_named(_name))


@kernel("Log1p", aliases=("log1p",), rows=elementwise, legacy=((_STRICT, 44),))
def log1p(xp: Any, x: Any) -> Any:
    """ln(1 + x)."""
    return xp.log1p(floated(x))


@kernel("legacy:erf", rows=elementwise, legacy=((_STRICT, 45),))
@in_float32
def erf(xp: Any, x: Any) -> Any:
    """The error function."""
    return special(xp).erf(floated(x))


@kernel("legacy:erfc", rows=elementwise, legacy=((_STRICT, 50),))
@in_float32
def erfc(xp: Any, x: Any) -> Any:
    """1 - erf(x)."""
    return special(xp).erfc(floated(x))


def _read_pair(args: OpArgs) -> Options:
    return {"a": args.floats[0], "b": args.floats[1]} if len(args.floats) > 1 else {}


@kernel("legacy:scaled_tanh", read=_read_pair, rows=elementwise, legacy=((_STRICT, 2),))
@in_float32
def scaled_tanh(xp: Any, x: Any, *, a: float = 1.7159, b: float = 0.6666667) -> Any:
    """a · tanh(b · x)."""
    return a * xp.tanh(b * x)


@kernel("legacy:affine", read=_read_pair, rows=elementwise, legacy=((_STRICT, 3),))
@in_float32
def affine(_xp: Any, x: Any, *, a: float = 1.0, b: float = 0.0) -> Any:
    """a · x + b."""
    return a * x + b


@kernel("legacy:stabilize", floats=("k",), rows=elementwise, legacy=((_STRICT, 19),))
@in_float32
def stabilize(xp: Any, x: Any, *, k: float = 1.0) -> Any:
    """x held where |k · x| stays below the cutoff at which float16 exponentials overflow."""
    return xp.clip(x * k, -_CUTOFF, _CUTOFF) / k


_CUTOFF = 3.79297773665


@kernel("legacy:stabilize_fp16", rows=elementwise, legacy=((_STRICT, 20),))
def stabilize_half(xp: Any, x: Any) -> Any:
    """x, with zeros replaced by the smallest positive half."""
    return cast_like(xp.where(x == 0, xp.full_like(x, 5.960464477539063e-08), x), x)


@kernel("legacy:set_range", read=_read_pair, rows=elementwise, legacy=((_STRICT, 25),))
@in_float32
def set_range(xp: Any, x: Any, *, a: float = 0.0, b: float = 1.0) -> Any:
    """x where it lies in [a, b], else the floor of x (of its sigmoid, for the range 0 to 1) laid into the range."""
    outside = 1 / (1 + xp.exp(-x)) if (a, b) == (0.0, 1.0) else x
    return xp.where((x >= a) & (x <= b), x, xp.floor(outside * (b - a)) + a)
