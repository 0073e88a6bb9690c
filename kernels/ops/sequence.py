"""Entries moved along axes: rolled, reversed up to a length, repeated to a shape; grids of coordinates."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list
from ..bounds import check_index, check_size
from ..registry import Options, kernel
from ..rows import WHOLE, Mixes, RowCall, Rows, State
from ..rules import only


def _read_roll(args: OpArgs) -> Options:
    """I = [shift, axes…]."""
    return {"shifts": args.ints[:1] * max(len(args.ints) - 1, 1), "axes": args.ints[1:]} if args.ints else {}


def _roll_rows(call: RowCall) -> list[State]:
    state = only(call)
    given = axis_list(call.fixed_value(2)) if len(call.inputs) > 2 else call.options["axes"]
    if not given or state.axis in {axis % len(call.inputs[0]) for axis in given}:
        raise Mixes("it moves entries along the batch axis")
    return call.all(state)


@kernel("roll", read=_read_roll, rows=_roll_rows, host=(1, 2))
def roll(xp: Any, x: Any, *hosts: Any, shifts: tuple[int, ...] = (), axes: tuple[int, ...] = ()) -> Any:
    """x with its entries moved `shifts` places along `axes`, round the end; without axes in row-major order.

    Both are written, or come as two further inputs. Raises InvalidArgument when their numbers differ.
    """
    shifts, axes = (axis_list(host) for host in hosts) if len(hosts) == 2 else (shifts, axes)
    if len(shifts) != max(len(axes), 1):
        raise InvalidArgument(f"roll got {len(shifts)} shifts for axes {list(axes)}")
    return xp.roll(x, shifts, axes) if axes else xp.roll(x, shifts[0])


def _reversed_rows(call: RowCall) -> list[State]:
    rank = len(call.inputs[0])
    along, batch = (call.options.get(name, 0) % rank for name in ("along", "batch"))
    state = call.states[0]
    if not isinstance(state, Rows) or state.axis == along:
        raise Mixes("it reverses the batch")
    if call.states[1] != (Rows(0, state.per_row) if state.axis == batch else WHOLE):
        raise Mixes("its lengths do not go with the callers' rows")
    return call.all(state)


@kernel("reverse_sequence", ints=("along", "batch"), rows=_reversed_rows)
def reverse_sequence(xp: Any, x: Any, lengths: Any, *, along: int = 0, batch: int = 0) -> Any:
    """x with the first `lengths[i]` entries along one axis reversed, for each entry i of axis `batch`.

    Raises InvalidArgument for lengths that do not match.
    """
    size, along, batch = x.shape[along], along % x.ndim, batch % x.ndim
    if lengths.shape != (x.shape[batch],) or along == batch:
        raise InvalidArgument(f"reverse_sequence got lengths {lengths.shape} for axis {batch} of {x.shape}")
    check_index(lengths, size + 1, "reverse_sequence")
    places = xp.arange(size).reshape(_beside(x.ndim, along, size))
    limits = lengths.reshape(_beside(x.ndim, batch, x.shape[batch]))
    return xp.take_along_axis(x, xp.where(places < limits, limits - 1 - places, places), along)


def _beside(rank: int, axis: int, size: int) -> tuple[int, ...]:
    return (1,) * axis + (size,) + (1,) * (rank - 1 - axis)


@kernel("tile_to_shape", read=lambda args: {"shape": args.ints})
def tile_to_shape(xp: Any, x: Any, *, shape: tuple[int, ...]) -> Any:
    """x laid side by side until it fills `shape`. Raises InvalidArgument for sizes that are no multiples."""
    own = (1,) * (len(shape) - x.ndim) + x.shape
    if len(own) != len(shape) or any(size < 1 or whole % size for whole, size in zip(shape, own, strict=True)):
        raise InvalidArgument(f"tile_to_shape got shape {list(shape)} for an input of {x.shape}")
    check_size(shape, x.itemsize, x.nbytes)
    return xp.tile(x, [whole // size for whole, size in zip(shape, own, strict=True)])


@kernel("meshgrid", read=lambda args: {"swap": bool(args.ints[0])} if args.ints else {})
def meshgrid(xp: Any, *vectors: Any, swap: bool = True) -> tuple[Any, ...]:
    """For each vector its coordinates on the grid of all; `swap` lets the first run along columns, the second along
    rows.
    """
    check_size([vector.size for vector in vectors], vectors[0].itemsize)
    grid = xp.meshgrid(*(vector.reshape(-1) for vector in vectors), indexing="xy" if swap else "ij")
    return tuple(grid)
