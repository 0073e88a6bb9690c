"""Arithmetic on two operands: x and a broadcast y, a number, or a y laid along axes of x. Division: division.py."""

from typing import Any

from ...spec.graph import OpArgs
from ..forms import operation
from ..precision import cast_like, whole_numbers
from ..registry import Options, kernel
from ..rows import WHOLE, RowCall, State, elementwise
from ..rules import extents


def _scales(call: RowCall) -> list[State]:
    """multiply: a size made of the batch size may be multiplied by a fixed number."""
    fixed = any(state is WHOLE for state in call.states) or len(call.states) == 1
    return list((extents(elementwise) if fixed else elementwise)(call))


@operation("add", scalar=0, pairwise=0, broadcast=0)
def add(xp: Any, x: Any, y: Any) -> Any:
    """x + y."""
    return xp.add(x, y)


@operation("subtract", scalar=1, pairwise=6, broadcast=1, aliases=("Sub", "sub"))
def subtract(xp: Any, x: Any, y: Any) -> Any:
    """x - y."""
    return xp.subtract(x, y)


@operation("reversesubtract", scalar=5, pairwise=5, broadcast=5, aliases=("RSub",))
def reverse_subtract(xp: Any, x: Any, y: Any) -> Any:
    """y - x."""
    return xp.subtract(y, x)


@operation("multiply", scalar=2, pairwise=3, broadcast=2, aliases=("Mul",), rows=_scales)
def multiply(xp: Any, x: Any, y: Any) -> Any:
    """x · y."""
    return xp.multiply(x, y)


@operation("Pow", scalar=31, pairwise=4, broadcast=7)
def power(xp: Any, x: Any, y: Any) -> Any:
    """x to the power of y; whole numbers are computed in float64."""
    return xp.power(x.astype("float64"), y) if whole_numbers(x, y) else x**y


@operation(None, title="reverse_power", scalar=45)
def reverse_power(xp: Any, x: Any, y: Any) -> Any:
    """y to the power of x."""
    return xp.power(y, x.astype("float64")) if whole_numbers(x, y) else xp.power(y, x)


@operation(None, title="power_derivative", scalar=32, pairwise=31, broadcast=34)
def power_derivative(_xp: Any, x: Any, y: Any) -> Any:
    """y · x^(y-1)."""
    return y * x ** (y - 1)


@operation("squaredsubtract", scalar=22, pairwise=20, broadcast=17, aliases=("squareddifference",))
def squared_subtract(xp: Any, x: Any, y: Any) -> Any:
    """(x - y)²."""
    difference = xp.subtract(x, y)
    return difference * difference


@operation(None, title="squared_reverse_subtract", scalar=44)
def squared_reverse_subtract(xp: Any, x: Any, y: Any) -> Any:
    """(y - x)²."""
    return squared_subtract(xp, x, y)


@operation("maximum", scalar=6, pairwise=7, broadcast=14)
def maximum(xp: Any, x: Any, y: Any) -> Any:
    """The larger of both."""
    return xp.maximum(x, y)


@operation("minimum", scalar=13, pairwise=8, broadcast=13)
def minimum(xp: Any, x: Any, y: Any) -> Any:
    """The smaller of both."""
    return xp.minimum(x, y)


@operation(None, title="absolute_maximum", scalar=24, pairwise=34, broadcast=16)
def absolute_maximum(xp: Any, x: Any, y: Any) -> Any:
    """The one with the larger absolute value."""
    return xp.where(xp.abs(x) > xp.abs(y), x, y)


@operation(None, title="absolute_minimum", scalar=25, pairwise=35, broadcast=15)
def absolute_minimum(xp: Any, x: Any, y: Any) -> Any:
    """The one with the smaller absolute value."""
    return xp.where(xp.abs(x) < xp.abs(y), x, y)


@operation("tf_atan2")
def arctangent2(xp: Any, x: Any, y: Any) -> Any:
    """The angle of the point (y, x): the first operand is the ordinate."""
    return xp.arctan2(x, y)


@operation(None, title="atan2", scalar=26, pairwise=16, broadcast=26)
def legacy_arctangent2(xp: Any, x: Any, y: Any) -> Any:
    """The angle of the point (x, y): in the legacy tables the second operand is the ordinate."""
    return xp.arctan2(y, x)


def _read_factor(args: OpArgs) -> Options:
    return {"alpha": args.floats[0]} if args.floats else {}


@operation(None, title="axpy", pairwise=10, read=_read_factor)
def axpy(_xp: Any, x: Any, y: Any, *, alpha: float = 1.0) -> Any:
    """alpha · x + y."""
    return alpha * x + y


@kernel("axpy", read=_read_factor, rows=elementwise)
def axpy_of(_xp: Any, x: Any, y: Any, factor: Any = None, *, alpha: float = 1.0) -> Any:
    """alpha · x + y in the type of x; the factor is T[0] or a third input."""
    return cast_like((alpha if factor is None else factor.reshape(())) * x + y, x)
