"""Reductions of rows by the number of a segment: segment_* take them sorted, unsorted_segment_* in any sequence."""

from collections.abc import Callable
from typing import Any

from ...spec.errors import InvalidArgument
from ..arguments import axis_list
from ..bounds import check_index, check_size
from ..precision import FLOAT32, cast_like, in_float32, is_float
from ..registry import Function, kernel
from ..rows import Mixes, RowCall, Rows, State
from ..rules import only
from ..segments import group_sizes, reduce_groups

Formula = Callable[[Any, Any, Any, int], Any]
"""`(xp, rows, segments, count)` to [count, …]."""


def _inner_rows(call: RowCall) -> list[State]:
    state, joined = only(call), len(call.inputs[1])
    if state.axis < joined:
        raise Mixes("it joins rows of the batch axis")
    return call.all(Rows(state.axis - joined + 1, state.per_row))


def _sorted(name: str) -> Callable[[Formula], Formula]:
    def declare(formula: Formula) -> Formula:
        kernel(name, rows=_inner_rows, host=(1,))(_of_sorted(name, formula))
        return formula

    return declare


def _of_sorted(name: str, formula: Formula) -> Function:
    def run(xp: Any, x: Any, segments: Any) -> Any:
        numbers = axis_list(segments)
        if segments.shape != x.shape[:1] or list(numbers) != sorted(numbers):
            raise InvalidArgument(f"{name} got segments of shape {segments.shape}; expected {x.shape[:1]}, ascending")
        count = numbers[-1] + 1 if numbers else 0
        check_index(segments, max(count, 1), name)
        check_size((count, *x.shape[1:]), x.itemsize, x.nbytes)
        return formula(xp, x, xp.asarray(segments), count)

    return run


def _unsorted(name: str) -> Callable[[Formula], Formula]:
    def declare(formula: Formula) -> Formula:
        kernel(name, ints=("count",), rows=_inner_rows, host=(2,))(_of_unsorted(name, formula))
        return formula

    return declare


def _of_unsorted(name: str, formula: Formula) -> Function:
    def run(xp: Any, x: Any, segments: Any, size: Any = None, *, count: int = 0) -> Any:
        count = count if size is None else axis_list(size)[0]
        if segments.shape != x.shape[: segments.ndim]:
            raise InvalidArgument(f"{name} got segments of shape {segments.shape} for an input of {x.shape}")
        check_size((count, *x.shape[segments.ndim :]), x.itemsize, x.nbytes)
        check_index(segments, count, name)
        return formula(xp, x.reshape(-1, *x.shape[segments.ndim :]), segments.reshape(-1), count)

    return run


@_unsorted("unsorted_segment_sum")
@_sorted("segment_sum")
@in_float32
def segment_sum(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """The sum of each segment, 0 for an empty one."""
    return reduce_groups(xp, x, segments, count, xp.add, 0)


@_unsorted("unsorted_segment_prod")
@_sorted("segment_prod")
@in_float32
def segment_product(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """The product of each segment, 1 for an empty one."""
    return reduce_groups(xp, x, segments, count, xp.multiply, 1)


def _sizes(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """Rows by segment, at least one, beside the axes of x and in a type to divide it by."""
    sizes = group_sizes(xp, segments, count).clip(1).reshape((-1,) + (1,) * (x.ndim - 1))
    return sizes.astype(x.dtype if is_float(x) else FLOAT32)


@_unsorted("unsorted_segment_mean")
@_sorted("segment_mean")
@in_float32
def segment_mean(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """The mean of each segment, 0 for an empty one."""
    return cast_like(segment_sum(xp, x, segments, count) / _sizes(xp, x, segments, count), x)


@_unsorted("unsorted_segment_sqrt_n")
@in_float32
def segment_sqrt_n(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """The sum of each segment by the square root of its size."""
    return cast_like(segment_sum(xp, x, segments, count) / xp.sqrt(_sizes(xp, x, segments, count)), x)


@_sorted("segment_max")
def segment_max(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """The largest entries of each segment, 0 for an empty one."""
    return reduce_groups(xp, x, segments, count, xp.maximum, 0)


@_sorted("segment_min")
def segment_min(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """The smallest entries of each segment, 0 for an empty one."""
    return reduce_groups(xp, x, segments, count, xp.minimum, 0)


@_unsorted("unsorted_segment_max")
def unsorted_max(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """The largest entries of each segment, the type's lowest number for an empty one."""
    return reduce_groups(xp, x, segments, count, xp.maximum, _limits(xp, x).min)


@_unsorted("unsorted_segment_min")
def unsorted_min(xp: Any, x: Any, segments: Any, count: int) -> Any:
    """The smallest entries of each segment, the type's highest number for an empty one."""
    return reduce_groups(xp, x, segments, count, xp.minimum, _limits(xp, x).max)


def _limits(xp: Any, x: Any) -> Any:
    return xp.finfo(x.dtype) if is_float(x) else xp.iinfo(x.dtype)
