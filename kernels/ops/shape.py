"""Another shape for the same entries, and the shapes themselves."""

from math import prod
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axes_of, axis_list, dtype_option
from ..axis_rules import inserts, permutes, removes, reshapes
from ..bounds import check_axes
from ..registry import Options, kernel
from ..rows import EXTENT, WHOLE, Mixes, RowCall, Rows, State, elementwise
from ..rules import extents, sizes

_ORDERS = (-99, -102)
"""DL4J's marks for 'c' and 'f' before a shape; the entries keep their row-major sequence either way."""


def _read_shape(args: OpArgs) -> Options:
    dims = args.ints[1:] if args.ints[:1] and args.ints[0] in _ORDERS else args.ints
    return {"shape": dims}


@kernel("reshape", read=_read_shape, rows=reshapes("shape"), host=(1,))
def reshape(_xp: Any, x: Any, dims: Any = None, *, shape: tuple[int, ...] = ()) -> Any:
    """x in the shape of a second input, else of `shape`: one size may be -1, a size 0 is that of x.

    Raises ValueError, as the array module does, when the sizes do not fit.
    """
    wanted = shape if dims is None else axis_list(dims)
    if 0 in wanted and x.size:
        wanted = tuple(size or x.shape[axis] for axis, size in enumerate(wanted))
    return x.reshape(wanted)


@kernel("reshapeas", aliases=("reshape_as",))
def reshape_as(_xp: Any, x: Any, y: Any) -> Any:
    """x in the shape of y."""
    return x.reshape(y.shape)


def _flat_rows(call: RowCall) -> list[State]:
    if len(call.inputs) > 1:
        raise Mixes("it joins whole arrays one after the other")
    return list(reshapes(None)(call))


@kernel("flatten", rows=_flat_rows)
def flatten(xp: Any, *arrays: Any) -> Any:
    """All entries of all inputs as one vector."""
    return arrays[0].reshape(-1) if len(arrays) == 1 else xp.concatenate([x.reshape(-1) for x in arrays])


@kernel("flatten_2d", ints=("axis",), rows=reshapes(None))
def flatten_2d(_xp: Any, x: Any, *, axis: int = 1) -> Any:
    """A matrix: the axes before `axis` and those from it on."""
    (axis,) = check_axes((axis,), x.ndim)
    return x.reshape(prod(x.shape[:axis]), prod(x.shape[axis:]))


def _read_order(args: OpArgs) -> Options:
    return {"order": args.ints}


@kernel("permute", read=_read_order, rows=permutes("order"), host=(1,))
def permute(_xp: Any, x: Any, axes: Any = None, *, order: tuple[int, ...] = ()) -> Any:
    """Axes in the given order, reversed when none is given."""
    chosen = order if axes is None else axis_list(axes)
    return x.transpose(chosen) if chosen else x.transpose()


@kernel("transpose", read=_read_order, rows=permutes("order"), host=(1,))
def transpose(xp: Any, x: Any, axes: Any = None, *, order: tuple[int, ...] = ()) -> Any:
    """Axes reversed, or in the given order."""
    return permute(xp, x, axes, order=order)


@kernel("expand_dims", ints=("axis",), rows=extents(inserts), host=(1,))
def expand_dims(xp: Any, x: Any, at: Any = None, *, axis: int = 0) -> Any:
    """x with an axis of size one at `axis`."""
    return xp.expand_dims(x, axis if at is None else axis_list(at)[0])


@kernel("squeeze", read=lambda args: {"axes": axes_of(args.ints)}, rows=extents(removes), host=(1,))
def squeeze(_xp: Any, x: Any, dims: Any = None, *, axes: tuple[int, ...] | None = None) -> Any:
    """x without the named axes of size one, or without all of them."""
    return x.squeeze(axes if dims is None else axes_of(axis_list(dims)))


def _passed(call: RowCall) -> list[State]:
    """Each output is the input in its place."""
    return [*call.states]


@kernel("identity", rows=extents(elementwise), aliases=("linear",))
def identity(_xp: Any, x: Any) -> Any:
    """x."""
    return x


@kernel("identity_n", rows=_passed)
def identity_n(_xp: Any, *arrays: Any) -> tuple[Any, ...]:
    """The inputs."""
    return arrays


@kernel("stop_gradient", rows=extents(elementwise), aliases=("StopGradient",))
def stop_gradient(_xp: Any, x: Any) -> Any:
    """x: only training knows the difference."""
    return x


@kernel("noop", rows=lambda call: call.all(WHOLE))
def noop(xp: Any, *_arrays: Any) -> Any:
    """An empty array."""
    return xp.zeros((0,), "float32")


@kernel("shape_of", read=dtype_option, rows=sizes, aliases=("shape",))
def shape_of(xp: Any, x: Any, *, dtype: Any = "int64") -> Any:
    """The sizes of the axes of x."""
    return xp.asarray(x.shape, dtype)


@kernel("shapes_of", read=dtype_option, rows=sizes, aliases=("shape_n",))
def shapes_of(xp: Any, *arrays: Any, dtype: Any = "int64") -> tuple[Any, ...]:
    """The sizes of the axes of each input."""
    return tuple(xp.asarray(x.shape, dtype) for x in arrays)


@kernel("size", rows=sizes)
def size(xp: Any, x: Any) -> Any:
    """How many entries x has."""
    return xp.asarray(x.size, "int64")


def _one_size(call: RowCall) -> list[State]:
    state = call.states[0]
    if isinstance(state, Rows) and call.options.get("axis", 0) % len(call.inputs[0]) != state.axis:
        return call.all(WHOLE)
    return call.all(EXTENT)


@kernel("size_at", ints=("axis",), rows=_one_size)
def size_at(xp: Any, x: Any, *, axis: int = 0) -> Any:
    """The size of one axis. Raises InvalidArgument for an axis that x does not have."""
    if not -x.ndim <= axis < x.ndim:
        raise InvalidArgument(f"size_at got axis {axis}; the input has {x.ndim} axes")
    return xp.asarray(x.shape[axis], "int64")


def _rank_rows(call: RowCall) -> list[State]:
    return call.all(WHOLE if isinstance(call.states[0], Rows) else EXTENT)


@kernel("rank", rows=_rank_rows)
def rank(xp: Any, x: Any) -> Any:
    """How many axes x has."""
    return xp.asarray(x.ndim, "int32")


@kernel("set_shape", rows=reshapes(None), host=(1,))
def set_shape(xp: Any, x: Any, dims: Any) -> Any:
    """x in the shape of a second input."""
    return reshape(xp, x, dims)


@kernel("order", rows=extents(elementwise))
def order(_xp: Any, x: Any) -> Any:
    """x: in which order its entries lie in memory is nobody's concern here."""
    return x
