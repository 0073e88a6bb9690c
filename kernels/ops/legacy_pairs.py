"""Two-operand numbers of the legacy tables without a custom op: relative errors, Java's old numbers."""

from typing import Any

from ...spec.graph import OpArgs, OpKind
from ..conditions import holds, read_condition
from ..forms import Formula, operation
from ..precision import cast_like
from ..registry import Function, Options, ReadArgs, kernel
from ..rows import elementwise
from .arithmetic import power_derivative
from .comparison import compare_and_replace, compare_and_set, legacy_and, legacy_or, legacy_xor, pair_condition
from .division import remainder


@operation(None, title="relative_error", pairwise=24)
def relative_error(xp: Any, x: Any, y: Any) -> Any:
    """|x - y| / (|x| + |y|), and 0 for two zeros."""
    size = xp.abs(x) + xp.abs(y)
    return xp.abs(x - y) / xp.where(size == 0, xp.ones_like(size), size)


def _read_thresholds(args: OpArgs) -> Options:
    return dict(zip(("relative", "absolute"), args.floats, strict=False))


@operation(None, title="binary_relative_error", pairwise=25, read=_read_thresholds)
def exceeds_relative(xp: Any, x: Any, y: Any, *, relative: float = 0.0) -> Any:
    """1 where the relative error exceeds T[0], else 0."""
    return relative_error(xp, x, y) > relative


@operation(None, title="binary_minimum_relative_error", pairwise=26, read=_read_thresholds)
def exceeds_both(xp: Any, x: Any, y: Any, *, relative: float = 0.0, absolute: float = 0.0) -> Any:
    """1 where the relative error exceeds T[0] and the difference is at least T[1], else 0."""
    return exceeds_relative(xp, x, y, relative=relative) & (xp.abs(x - y) >= absolute)


@operation(None, title="match_condition_of", scalar=5, pairwise=5, broadcast=5, logical=True, read=read_condition)
def match_condition_of(xp: Any, x: Any, _y: Any, *, compare: float, eps: float, mode: int) -> Any:
    """Where the condition holds for x; the second operand does not count."""
    return holds(xp, x, compare, eps, mode)


@operation(None, title="compare_and_set_to", scalar=33, read=pair_condition)
def compare_and_set_to(xp: Any, x: Any, y: Any, *, compare: float, eps: float, mode: int) -> Any:
    """The number y if the condition holds for it, else x."""
    return compare_and_set(xp, x, xp.asarray(y, x.dtype), compare=compare, eps=eps, mode=mode)


def _nothing(_args: OpArgs) -> Options:
    return {}


_JAVA: dict[int, tuple[Formula, ReadArgs]] = {
    45: (compare_and_set, pair_condition),
    46: (compare_and_replace, pair_condition),
    56: (legacy_and, _nothing),
    57: (legacy_or, _nothing),
    58: (legacy_xor, _nothing),
    59: (remainder, _nothing),
    92: (power_derivative, _nothing),
}
"""Java's old numbers in PAIRWISE that the native table does not have; those that it has mean what they mean there."""


def _like_x(formula: Formula) -> Function:
    def run(xp: Any, x: Any, y: Any, **options: Any) -> Any:
        return cast_like(formula(xp, x, y, **options), x)

    return run


for _number, (_formula, _read) in _JAVA.items():
    kernel(f"legacy:java_{_number}", read=_read, rows=elementwise, legacy=((OpKind.PAIRWISE, _number),))(
        _like_x(_formula)
    )
