"""Quotients and remainders, with DL4J's rules for whole numbers."""

from typing import Any

from ..forms import operation
from ..precision import whole_numbers


@operation("divide", scalar=3, pairwise=2, broadcast=3, aliases=("Div",))
def divide(xp: Any, x: Any, y: Any) -> Any:
    """x / y; whole numbers truncate toward zero."""
    return truncate_divide(xp, x, y) if whole_numbers(x, y) else xp.divide(x, y)


@operation("realdiv", aliases=("RealDiv",))
def real_divide(xp: Any, x: Any, y: Any) -> Any:
    """x / y."""
    return divide(xp, x, y)


@operation("reversedivide", scalar=4, pairwise=11, broadcast=4, aliases=("RDiv",))
def reverse_divide(xp: Any, x: Any, y: Any) -> Any:
    """y / x."""
    return divide(xp, y, x)


@operation("truncatediv", scalar=19, pairwise=17, broadcast=23)
def truncate_divide(xp: Any, x: Any, y: Any) -> Any:
    """x / y toward zero."""
    if whole_numbers(x, y):
        return xp.floor_divide(xp.subtract(x, xp.fmod(x, y)), y)
    return xp.trunc(xp.divide(x, y))


@operation("floordiv", scalar=20, pairwise=18, broadcast=19)
def floor_divide(xp: Any, x: Any, y: Any) -> Any:
    """Floor of x / y; whole numbers truncate, as M2.1 does."""
    return truncate_divide(xp, x, y) if whole_numbers(x, y) else xp.floor(xp.divide(x, y))


@operation("divide_no_nan", scalar=46, pairwise=38, broadcast=31)
def divide_no_nan(xp: Any, x: Any, y: Any) -> Any:
    """x / y, and 0 where y is 0."""
    zero = xp.equal(y, 0)
    return xp.where(zero, 0, divide(xp, x, xp.where(zero, xp.ones_like(y), y)))


@operation(None, title="safe_divide", scalar=23, pairwise=22, broadcast=21)
def safe_divide(xp: Any, x: Any, y: Any) -> Any:
    """x / y, and 0 where y is 0."""
    return divide_no_nan(xp, x, y)


@operation("floormod", scalar=21, pairwise=19, broadcast=18)
def floor_modulo(xp: Any, x: Any, y: Any) -> Any:
    """Remainder with the sign of y."""
    return xp.remainder(x, y)


@operation("mod", scalar=15, pairwise=23, broadcast=22)
def modulo(xp: Any, x: Any, y: Any) -> Any:
    """Remainder: of floats with the sign of y, of whole numbers with the sign of x."""
    return xp.fmod(x, y) if whole_numbers(x, y) else xp.remainder(x, y)


@operation("reversemod", scalar=16, pairwise=21, broadcast=20)
def reverse_modulo(xp: Any, x: Any, y: Any) -> Any:
    """C remainder of the whole parts, y by x."""
    return xp.fmod(xp.trunc(y), xp.trunc(x))


@operation(None, title="truncate_modulo", scalar=43, pairwise=36)
def truncate_modulo(xp: Any, x: Any, y: Any) -> Any:
    """C remainder of the whole parts, x by y."""
    return xp.fmod(xp.trunc(x), xp.trunc(y))


@operation(None, title="remainder", scalar=17, pairwise=14)
def remainder(xp: Any, x: Any, y: Any) -> Any:
    """IEEE remainder: x less the nearest multiple of y."""
    return x - xp.rint(xp.divide(x, y)) * y


@operation(None, title="fmod", scalar=18, pairwise=15)
def c_fmod(xp: Any, x: Any, y: Any) -> Any:
    """Remainder with the sign of x."""
    return xp.fmod(x, y)
