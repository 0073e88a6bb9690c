"""Questions about whole arrays and single numbers; checks that stop a graph."""

from typing import Any

from ...spec.dtype import TABLE, by_code
from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs, OpKind
from ..arguments import result_type
from ..forms import Formula
from ..precision import is_float
from ..reductions import Axes, mean_of, reduction
from ..registry import Options, kernel
from ..rows import WHOLE, RowCall, State, elementwise
from .comparison import equals, greater, greater_equal, less, less_equal, not_equals

_ASKED: dict[str, tuple[Formula, tuple[str, ...]]] = {
    "eq_scalar": (equals, ("Equals",)),
    "neq_scalar": (not_equals, ("NotEquals", "notequals")),
    "gt_scalar": (greater, ()),
    "gte_scalar": (greater_equal, ("GreaterOrEquals", "greaterOrEquals")),
    "lt_scalar": (less, ()),
    "lte_scalar": (less_equal, ("LessOrEquals", "lessorequals")),
}

for _name, (_formula, _aliases) in _ASKED.items():
    kernel(_name, rows=elementwise, aliases=_aliases)(_formula)


def _same_for_all(call: RowCall) -> list[State]:
    return call.all(WHOLE)


@kernel("is_numeric_tensor", rows=_same_for_all)
def is_numeric(xp: Any, x: Any) -> Any:
    """Whether x is an array of numbers: no truth values, no strings."""
    return xp.asarray(x.dtype.kind in "iufV")


def _read_fraction(args: OpArgs) -> Options:
    return {"dtype": result_type(args, 0, "float64")}


@kernel("zero_fraction", read=_read_fraction)
def zero_fraction(_xp: Any, x: Any, *, dtype: Any = "float64") -> Any:
    """The share of entries that are 0."""
    return mean_of(x == 0, None, keep=False, dtype="float64").astype(dtype)


def _read_limit(args: OpArgs) -> Options:
    return {"kind": by_code(args.ints[0]).numpy, "highest": bool(args.ints[1])}


@kernel("min_max_datatype", read=_read_limit)
def limit_of_type(xp: Any, *, kind: Any, highest: bool) -> Any:
    """The lowest number of a type (I[0]), or the highest (I[1] = 1). Raises InvalidArgument for strings."""
    if kind.kind in "Ob":
        raise InvalidArgument(f"min_max_datatype got {kind}; expected one of {', '.join(map(str, TABLE[1:]))}")
    limits = xp.finfo(kind) if is_float(xp.zeros((), kind)) else xp.iinfo(kind)
    return xp.asarray(limits.max if highest else limits.min, kind)


@kernel("Assert", host=(0,))
def require(_xp: Any, condition: Any, *data: Any) -> Any:
    """The condition, if it holds everywhere. Raises InvalidArgument if not."""
    if not condition.all():
        shown = "; ".join(f"{x.dtype} of shape {x.shape}" for x in data)
        raise InvalidArgument(f"an assertion of the graph does not hold{f' (it names {shown})' if shown else ''}")
    return condition


@reduction(title="any_positive", legacy=(OpKind.REDUCE_BOOL, 6))
def any_positive(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Some entry is greater than 0."""
    return (x > 0).any(axes, keepdims=keep)


@reduction(title="any_negative", legacy=(OpKind.REDUCE_BOOL, 7))
def any_negative(_xp: Any, x: Any, axes: Axes, keep: bool) -> Any:
    """Some entry is less than 0."""
    return (x < 0).any(axes, keepdims=keep)
