"""Comparisons and logic on two operands; the answers are booleans."""

from typing import Any

from ...spec.graph import OpArgs
from ..conditions import holds, read_condition
from ..forms import operation
from ..registry import Options, kernel
from ..rows import elementwise


def _comparable(args: OpArgs) -> Options:
    return {"neutral": args.floats[0]} if args.floats else {}


def pair_condition(args: OpArgs) -> Options:
    """T = [compare, unused, eps, mode]."""
    return read_condition(OpArgs(floats=(args.floats[0], *args.floats[2:4])))


@operation("equals", scalar=0, pairwise=0, broadcast=0, logical=True, aliases=("equal",))
def equals(xp: Any, x: Any, y: Any) -> Any:
    """x == y."""
    return xp.equal(x, y)


@operation("not_equals", scalar=6, pairwise=6, broadcast=6, logical=True)
def not_equals(xp: Any, x: Any, y: Any) -> Any:
    """x != y."""
    return xp.not_equal(x, y)


@operation("greater", scalar=1, pairwise=1, broadcast=1, logical=True)
def greater(xp: Any, x: Any, y: Any) -> Any:
    """x > y."""
    return xp.greater(x, y)


@operation("greater_equal", scalar=4, pairwise=4, broadcast=4, logical=True)
def greater_equal(xp: Any, x: Any, y: Any) -> Any:
    """x >= y."""
    return xp.greater_equal(x, y)


@operation("less", scalar=2, pairwise=2, broadcast=2, logical=True)
def less(xp: Any, x: Any, y: Any) -> Any:
    """x < y."""
    return xp.less(x, y)


@operation("less_equal", scalar=11, pairwise=11, broadcast=11, logical=True)
def less_equal(xp: Any, x: Any, y: Any) -> Any:
    """x <= y."""
    return xp.less_equal(x, y)


@operation(None, title="close", scalar=3, pairwise=3, broadcast=3, logical=True)
def close(xp: Any, x: Any, y: Any) -> Any:
    """|x - y| <= 1e-12."""
    return xp.abs(xp.subtract(x, y)) <= 1e-12


@operation(None, title="differs", scalar=10, pairwise=10, broadcast=10, logical=True)
def differs(xp: Any, x: Any, y: Any) -> Any:
    """x != y: the legacy tables' two-operand Not."""
    return xp.not_equal(x, y)


@operation("boolean_and", logical=True)
def boolean_and(xp: Any, x: Any, y: Any) -> Any:
    """Both are true (not zero)."""
    return xp.logical_and(x, y)


@operation("boolean_or", logical=True)
def boolean_or(xp: Any, x: Any, y: Any) -> Any:
    """One of both is true (not zero)."""
    return xp.logical_or(x, y)


@operation("boolean_xor", logical=True)
def boolean_xor(xp: Any, x: Any, y: Any) -> Any:
    """Exactly one is true (not zero)."""
    return xp.logical_xor(x, y)


@kernel("boolean_not", rows=elementwise)
def boolean_not(xp: Any, x: Any) -> Any:
    """True where x is false (zero)."""
    return xp.logical_not(x)


@operation(None, title="and", scalar=7, pairwise=7, broadcast=7, logical=True, read=_comparable)
def legacy_and(_xp: Any, x: Any, y: Any, *, neutral: float = 0.0) -> Any:
    """Both differ from `neutral`."""
    return (x != neutral) & (y != neutral)


@operation(None, title="or", scalar=8, pairwise=8, broadcast=8, logical=True, read=_comparable)
def legacy_or(_xp: Any, x: Any, y: Any, *, neutral: float = 0.0) -> Any:
    """One of both differs from `neutral`."""
    return (x != neutral) | (y != neutral)


@operation(None, title="xor", scalar=9, pairwise=9, broadcast=9, logical=True, read=_comparable)
def legacy_xor(_xp: Any, x: Any, y: Any, *, neutral: float = 0.0) -> Any:
    """Exactly one differs from `neutral`."""
    return (x != neutral) ^ (y != neutral)


@operation(None, title="bit_or", scalar=27, pairwise=27, broadcast=27)
def bit_or(_xp: Any, x: Any, y: Any) -> Any:
    """Bits of the whole parts, either."""
    return _whole(x) | _whole(y)


@operation(None, title="bit_xor", scalar=28, pairwise=28, broadcast=28)
def bit_xor(_xp: Any, x: Any, y: Any) -> Any:
    """Bits of the whole parts, exactly one."""
    return _whole(x) ^ _whole(y)


@operation(None, title="not_and", scalar=29, pairwise=29, broadcast=29)
def not_and(_xp: Any, x: Any, y: Any) -> Any:
    """1 unless both are true."""
    return ~((x != 0) & (y != 0))


@operation(None, title="bit_and", scalar=30, pairwise=30, broadcast=30)
def bit_and(_xp: Any, x: Any, y: Any) -> Any:
    """Bits of the whole parts, both."""
    return _whole(x) & _whole(y)


@operation(None, title="compare_and_set", pairwise=12, read=pair_condition)
def compare_and_set(xp: Any, x: Any, y: Any, *, compare: float, eps: float, mode: int) -> Any:
    """y where the condition holds for y, else x."""
    return xp.where(holds(xp, y, compare, eps, mode), y, x)


@operation(None, title="compare_and_replace", pairwise=13, read=pair_condition)
def compare_and_replace(xp: Any, x: Any, y: Any, *, compare: float, eps: float, mode: int) -> Any:
    """y where the condition holds for x, else x."""
    return xp.where(holds(xp, x, compare, eps, mode), y, x)


def _whole(x: Any) -> Any:
    return x.astype("int64") if hasattr(x, "dtype") else int(x)
