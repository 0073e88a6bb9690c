"""Shapes that follow from shapes: what arrays broadcast to, and what a reduction leaves."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list
from ..registry import Options, kernel
from ..rows import mixes
from ..rules import extents

Shape = tuple[int, ...]


def _broadcast(*shapes: Shape) -> Shape:
    rank = max(map(len, shapes), default=0)
    columns = zip(*((1,) * (rank - len(shape)) + shape for shape in shapes), strict=True)
    return tuple(_common({size for size in sizes if size != 1}, shapes) for sizes in columns)


def _common(sizes: set[int], shapes: tuple[Shape, ...]) -> int:
    if len(sizes) > 1:
        raise InvalidArgument(f"shapes {' and '.join(map(str, map(list, shapes)))} do not broadcast")
    return sizes.pop() if sizes else 1


@kernel("broadcast_dynamic_shape", rows=extents(mixes), host=(0, 1))
def broadcast_dynamic_shape(xp: Any, x: Any, y: Any) -> Any:
    """The shape that arrays of shapes x and y broadcast to. Raises InvalidArgument when they do not."""
    return xp.asarray(_broadcast(axis_list(x), axis_list(y)), x.dtype)


@kernel("broadcastgradientargs", aliases=("BroadcastGradientArgs",), host=(0, 1))
def broadcast_gradient_axes(xp: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """For arrays of shapes x and y, the axes of their broadcast shape along which each of them was repeated."""
    shapes = axis_list(x), axis_list(y)
    whole = _broadcast(*shapes)
    axes = [
        [axis for axis, size in enumerate((1,) * (len(whole) - len(shape)) + shape) if size == 1] for shape in shapes
    ]
    return xp.asarray(axes[0], x.dtype), xp.asarray(axes[1], y.dtype)


def _read_reduction(args: OpArgs) -> Options:
    """B = [keep, the old form that never leaves less than two axes]."""
    return dict(zip(("keep", "old"), args.bools, strict=False))


@kernel("evaluate_reduction_shape", read=_read_reduction, host=(0, 1))
def reduction_shape(xp: Any, shape: Any, dims: Any, *, keep: bool = False, old: bool = False) -> Any:
    """The shape that a reduction over the axes `dims` leaves of `shape`. Raises InvalidArgument for other axes.

    The `old` form left matrices of what would be vectors or numbers.
    """
    sizes, axes = axis_list(shape), axis_list(dims)
    if any(not -len(sizes) <= axis < len(sizes) for axis in axes):
        raise InvalidArgument(f"evaluate_reduction_shape got axes {list(axes)} for shape {list(sizes)}")
    gone = {axis % len(sizes) for axis in axes}
    kept = [1 if axis in gone else size for axis, size in enumerate(sizes) if keep or axis not in gone]
    left = [1] * (2 - len(kept)) + kept if old and not keep else kept
    return xp.asarray(left, "int64")
