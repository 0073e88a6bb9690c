"""Choosing entries by a condition, clipping by norms, merging arrays entry by entry."""

from functools import reduce
from math import prod
from typing import Any

from ...spec.dtype import by_code
from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axes_of
from ..precision import cast_like, in_float32, wide
from ..registry import Options, kernel
from ..rows import Mixes, RowCall, Rows, State, elementwise
from ..rules import along


def _where_rows(call: RowCall) -> list[State]:
    if len(call.inputs) == 1:
        raise Mixes("it lists positions over all rows")
    return list(elementwise(call))


@kernel("Where", rows=_where_rows)
def where(xp: Any, condition: Any, *choices: Any) -> Any:
    """x where the condition holds, else y; without choices the positions [n, rank] where it holds.

    Raises InvalidArgument for one choice alone.
    """
    if len(choices) == 1:
        raise InvalidArgument("Where got one choice; expected two, or none")
    if not choices:
        return xp.stack(xp.nonzero(condition), -1).astype("int64")
    return cast_like(xp.where(condition != 0, *choices), choices[0])


@kernel("where_np", rows=_where_rows)
def where_np(xp: Any, condition: Any, *choices: Any) -> Any:
    """As Where; without choices one vector of positions for each axis."""
    if choices:
        return where(xp, condition, *choices)
    return tuple(found.astype("int64") for found in xp.nonzero(condition))


def _select_rows(call: RowCall) -> list[State]:
    condition, *choices = call.inputs
    if len(condition) != 1 or len(choices[0]) == 1:
        return list(elementwise(call))
    if any(state != call.states[0] or not isinstance(state, Rows) or state.axis for state in call.states):
        raise Mixes("its choices do not all carry the callers' rows first")
    return call.all(call.states[0])


@kernel("select", rows=_select_rows)
def select(xp: Any, condition: Any, x: Any, y: Any) -> Any:
    """x where the condition holds, else y; a vector of conditions chooses along axis 0."""
    if condition.ndim == 1 and x.ndim > 1:
        condition = condition.reshape((-1,) + (1,) * (x.ndim - 1))
    return cast_like(xp.where(condition != 0, x, y), x)


def _read_clip(args: OpArgs) -> Options:
    return {"most": args.floats[0], "axes": axes_of(args.ints)} if args.floats else {}


@kernel("clipbynorm", read=_read_clip, rows=along("axes", "it takes one norm over the batch"))
@in_float32
def clip_by_norm(xp: Any, x: Any, *, most: float, axes: tuple[int, ...] | None = None) -> Any:
    """x scaled down where its L2 norm over `axes` exceeds `most`."""
    norm = xp.sqrt(xp.square(x).sum(axes, keepdims=True))
    return x * (most / xp.maximum(norm, most))


@kernel("clipbyavgnorm", read=_read_clip, rows=along("axes", "it takes one norm over the batch"))
@in_float32
def clip_by_average_norm(
    xp: Any, x: Any, bound: Any = None, *, most: float = 0.0, axes: tuple[int, ...] | None = None
) -> Any:
    """x scaled down where its L2 norm over `axes`, divided by the number of entries, exceeds `most` (or input 1)."""
    count = prod(x.shape if axes is None else [x.shape[axis] for axis in axes])
    norm = xp.sqrt(xp.square(x).sum(axes, keepdims=True)) / max(count, 1)
    most = most if bound is None else bound
    return x * (most / xp.maximum(norm, most))


@kernel("clip_by_global_norm", floats=("most",))
def clip_by_global_norm(xp: Any, *arrays: Any, most: float) -> tuple[Any, ...]:
    """All inputs scaled down alike if their common L2 norm exceeds `most`; and that norm."""
    norm = xp.sqrt(sum(xp.square(wide(x)).sum() for x in arrays))
    scale = most / xp.maximum(norm, most)
    return *(cast_like(wide(x) * scale, x) for x in arrays), cast_like(norm, arrays[0])


@kernel(
    "mergeadd",
    rows=elementwise,
    aliases=("accumulate_n", "accumulaten", "add_n", "addn", "mergesum"),
)
def merge_add(xp: Any, *arrays: Any) -> Any:
    """The sum of all inputs, entry by entry."""
    return reduce(xp.add, arrays)


@kernel("mergemax", rows=elementwise, aliases=("MergeMax",))
def merge_max(xp: Any, *arrays: Any) -> Any:
    """The largest of all inputs, entry by entry."""
    return reduce(xp.maximum, arrays)


@kernel("mergeavg", rows=elementwise)
def merge_average(xp: Any, *arrays: Any) -> Any:
    """The mean of all inputs, entry by entry."""
    return cast_like(reduce(xp.add, arrays) / len(arrays), arrays[0])


@kernel(
    "mergemaxindex",
    read=lambda args: {"dtype": by_code(args.ints[0]).numpy} if args.ints else {},
    rows=elementwise,
    aliases=("MergeMaxIndex",),
)
def merge_max_index(xp: Any, *arrays: Any, dtype: Any = "int32") -> Any:
    """Which input, by number, holds the largest entry, for each entry; the first of equals."""
    return xp.stack(xp.broadcast_arrays(*arrays)).argmax(0).astype(dtype)
