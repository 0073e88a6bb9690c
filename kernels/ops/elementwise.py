"""Functions of single entries that keep the type or answer with booleans."""

from typing import Any

from ...spec.graph import OpArgs, OpKind
from ..conditions import holds, read_condition, read_marked
from ..precision import cast_like, floated, in_float32, is_float
from ..registry import Options, kernel
from ..rows import elementwise
from ..rules import extents

_SAME, _FLOAT, _BOOL = OpKind.TRANSFORM_SAME, OpKind.TRANSFORM_FLOAT, OpKind.TRANSFORM_BOOL


@kernel("legacy:sqrt", rows=elementwise, legacy=((_FLOAT, 1),))
def sqrt(xp: Any, x: Any) -> Any:
    """Square root; of integers in float32."""
    return xp.sqrt(floated(x))


@kernel("legacy:rsqrt", rows=elementwise, legacy=((_FLOAT, 3),))
@in_float32
def rsqrt(xp: Any, x: Any) -> Any:
    """1 / √x; of integers in float32."""
    return 1 / xp.sqrt(floated(x))


@kernel("legacy:abs", rows=elementwise, legacy=((_SAME, 0),))
def absolute(xp: Any, x: Any) -> Any:
    """|x|."""
    return xp.abs(x)


@kernel("legacy:sign", rows=elementwise, legacy=((_SAME, 1),))
def sign(xp: Any, x: Any) -> Any:
    """-1, 0 or 1."""
    return xp.sign(x)


@kernel("legacy:ones", rows=elementwise, legacy=((_SAME, 2),))
def ones(xp: Any, x: Any) -> Any:
    """1 everywhere."""
    return xp.ones_like(x)


@kernel("legacy:neg", rows=elementwise, legacy=((_SAME, 3),))
def negative(xp: Any, x: Any) -> Any:
    """-x."""
    return xp.negative(x)


@kernel("legacy:round", rows=elementwise, legacy=((_SAME, 4),))
def round_half_away(xp: Any, x: Any) -> Any:
    """The nearest whole number; halves away from zero, as C rounds."""
    return cast_like(xp.copysign(xp.floor(xp.abs(x) + 0.5), x), x) if is_float(x) else x


@kernel("legacy:times_one_minus", rows=elementwise, legacy=((_SAME, 5),))
def times_one_minus(_xp: Any, x: Any) -> Any:
    """x · (1 - x)."""
    return x * (1 - x)


@kernel("cube", rows=elementwise, legacy=((_SAME, 6),))
def cube(_xp: Any, x: Any) -> Any:
    """x³."""
    return x * x * x


@kernel("legacy:one_minus", rows=elementwise, legacy=((_SAME, 7),))
def one_minus(_xp: Any, x: Any) -> Any:
    """1 - x."""
    return 1 - x


@kernel("legacy:reciprocal", rows=elementwise, legacy=((_SAME, 11),))
def reciprocal(_xp: Any, x: Any) -> Any:
    """1 / x."""
    return cast_like(1 / x, x)


@kernel("square", rows=elementwise, legacy=((_SAME, 12),))
def square(xp: Any, x: Any) -> Any:
    """x²."""
    return xp.square(x)


@kernel("legacy:replace_where", read=read_marked, rows=elementwise, legacy=((_SAME, 13),))
def replace_where(xp: Any, x: Any, other: Any = None, *, compare: float, value: float, eps: float, mode: int) -> Any:
    """`value`, or the entry of `other`, where the condition holds for x; else x."""
    return cast_like(xp.where(holds(xp, x, compare, eps, mode), value if other is None else other, x), x)


@kernel("legacy:identity", rows=extents(elementwise), legacy=((_SAME, 15), (_SAME, 21)))
def identity(_xp: Any, x: Any) -> Any:
    """x."""
    return x


@kernel("legacy:ceil", rows=elementwise, legacy=((_SAME, 17),))
def ceil(xp: Any, x: Any) -> Any:
    """The next whole number upward."""
    return xp.ceil(x) if is_float(x) else x


@kernel("Floor", rows=elementwise, aliases=("floor",), legacy=((_SAME, 18),))
def floor(xp: Any, x: Any) -> Any:
    """The next whole number downward."""
    return xp.floor(x) if is_float(x) else x


@kernel("rint", rows=elementwise, legacy=((OpKind.TRANSFORM_STRICT, 48),))
def round_half_even(xp: Any, x: Any) -> Any:
    """The nearest whole number; halves to the even one."""
    return xp.rint(x) if is_float(x) else x


def _read_clip(args: OpArgs) -> Options:
    return {"low": args.floats[0], "high": args.floats[1]} if args.floats else {}


@kernel("clipbyvalue", read=_read_clip, rows=elementwise, aliases=("ClipByValue",), legacy=((_SAME, 19),))
def clip_by_value(xp: Any, x: Any, *bounds: Any, low: float = 0.0, high: float = 0.0) -> Any:
    """x held between T[0] and T[1], or between two further inputs."""
    least, most = bounds if len(bounds) == 2 else (low, high)
    return cast_like(xp.minimum(xp.maximum(x, least), most), x)


@kernel("legacy:isinf", rows=elementwise, legacy=((_BOOL, 1),))
def is_inf(xp: Any, x: Any) -> Any:
    """x is infinite."""
    return xp.isinf(x)


@kernel("legacy:isnan", rows=elementwise, legacy=((_BOOL, 2),))
def is_nan(xp: Any, x: Any) -> Any:
    """x is no number."""
    return xp.isnan(x)


@kernel("legacy:isfinite", rows=elementwise, legacy=((_BOOL, 3),))
def is_finite(xp: Any, x: Any) -> Any:
    """x is a finite number."""
    return xp.isfinite(x)


@kernel("legacy:is_inf_or_nan", rows=elementwise, legacy=((_BOOL, 4),))
def is_inf_or_nan(xp: Any, x: Any) -> Any:
    """x is no finite number."""
    return ~xp.isfinite(x)


@kernel("legacy:match_condition_transform", read=read_condition, rows=elementwise, legacy=((_BOOL, 5),))
def match_condition_transform(xp: Any, x: Any, *, compare: float, eps: float, mode: int) -> Any:
    """Where the condition holds."""
    return holds(xp, x, compare, eps, mode)


@kernel("legacy:is_positive", rows=elementwise, legacy=((_BOOL, 6),))
def is_positive(_xp: Any, x: Any) -> Any:
    """x > 0."""
    return x > 0


@kernel("legacy:not", rows=elementwise, legacy=((_BOOL, 7),))
def logical_not(xp: Any, x: Any) -> Any:
    """True where x is false (zero)."""
    return xp.logical_not(x)


@kernel("legacy:is_negative", rows=elementwise, legacy=((_BOOL, 8),))
def is_negative(_xp: Any, x: Any) -> Any:
    """x < 0."""
    return x < 0
