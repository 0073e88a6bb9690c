"""Joining, cutting, repeating and padding along axes."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list
from ..axis_rules import concats, spreads, stacks, unstacks, untouched
from ..bounds import check_size, check_steps
from ..registry import Options, kernel
from ..rows import Mixes, RowCall, Rows, State
from ..rules import along, extents, only


def _read_concat(args: OpArgs) -> Options:
    return {"axis": args.ints[0] if args.ints else 0, "dynamic": bool(args.bools and args.bools[0])}


def _concat_host(count: int, options: Options) -> tuple[int, ...]:
    return (count - 1,) if options["dynamic"] else ()


@kernel(
    "concat",
    read=_read_concat,
    rows=extents(concats),
    aliases=("ParallelConcat", "concat_v2", "concatv2"),
    host=_concat_host,
)
def concat(xp: Any, *arrays: Any, axis: int = 0, dynamic: bool = False) -> Any:
    """The inputs one after the other along `axis`; when `dynamic`, along the axis that the last input holds."""
    if dynamic:
        return xp.concatenate(arrays[:-1], axis_list(arrays[-1])[0])
    return xp.concatenate(arrays, axis)


@kernel("stack", ints=("axis",), rows=extents(stacks), aliases=("Pack", "pack"))
def stack(xp: Any, *arrays: Any, axis: int = 0) -> Any:
    """The inputs side by side along a new axis."""
    return xp.stack(arrays, axis)


@kernel("unstack", ints=("axis",), rows=unstacks, aliases=("unpack",))
def unstack(xp: Any, x: Any, *, axis: int = 0) -> tuple[Any, ...]:
    """The entries of one axis, each without it."""
    check_steps(x.shape[axis])
    return tuple(xp.moveaxis(x, axis, 0))


def _split_host(count: int, _options: Options) -> tuple[int, ...]:
    return (0,) if count > 1 else ()


@kernel("split", ints=("count", "axis"), rows=untouched, host=_split_host)
def split(xp: Any, *inputs: Any, count: int, axis: int = 0) -> tuple[Any, ...]:
    """`count` equal parts along `axis`; of two inputs the first holds the axis.

    Raises ValueError, as the array module does, when the parts would not be equal.
    """
    x = inputs[-1]
    check_steps(count)
    return tuple(xp.split(x, count, axis if len(inputs) == 1 else axis_list(inputs[0])[0]))


@kernel("split_v", ints=("axis",), rows=untouched, host=(1, 2))
def split_v(xp: Any, x: Any, sizes: Any, at: Any = None, *, axis: int = 0) -> tuple[Any, ...]:
    """Parts of the given sizes along `axis`; one size may be -1.

    Raises InvalidArgument when the sizes do not add up.
    """
    axis = axis if at is None else axis_list(at)[0]
    lengths, whole = list(axis_list(sizes)), x.shape[axis]
    check_steps(len(lengths))
    if -1 in lengths:
        lengths[lengths.index(-1)] = whole - sum(lengths) - 1
    if sum(lengths) != whole or min(lengths, default=0) < 0:
        raise InvalidArgument(f"split_v got sizes {list(axis_list(sizes))}; axis {axis} has {whole} entries")
    ends = [sum(lengths[:i]) for i in range(1, len(lengths))]
    return tuple(xp.split(x, ends, axis))


def _tile_rows(call: RowCall) -> list[State]:
    state = only(call)
    times = axis_list(call.fixed_value(1)) if len(call.inputs) > 1 else call.options["times"]
    axis = state.axis + len(call.outputs[0]) - len(call.inputs[0])
    if times[len(times) - len(call.outputs[0]) + axis] != 1:
        raise Mixes("it repeats the whole batch")
    return call.all(Rows(axis, state.per_row))


@kernel("tile", read=lambda args: {"times": args.ints}, rows=_tile_rows, host=(1,))
def tile(xp: Any, x: Any, repeats: Any = None, *, times: tuple[int, ...] = ()) -> Any:
    """x laid side by side, so many times along each axis.

    Raises InvalidArgument when there is not one number for each axis.
    """
    counts = times if repeats is None else axis_list(repeats)
    if len(counts) < x.ndim:
        raise InvalidArgument(f"tile got {len(counts)} repeats; the input has {x.ndim} axes")
    shape = (1,) * (len(counts) - x.ndim) + x.shape
    check_size([size * count for size, count in zip(shape, counts, strict=True)], x.itemsize, x.nbytes)
    return xp.tile(x, counts)


def _read_repeat(args: OpArgs) -> Options:
    if not args.ints:
        return {"axis": int((args.properties.get("axis") or (0,))[0])}
    return {"counts": args.ints[:-1], "axis": args.ints[-1]}


def _repeat_rows(call: RowCall) -> list[State]:
    state = only(call)
    if call.options["axis"] % len(call.inputs[0]) != state.axis:
        return call.all(state)
    counts = axis_list(call.fixed_value(1)) if len(call.inputs) > 1 else call.options["counts"]
    if len(counts) != 1 or counts[0] < 1:
        raise Mixes("it repeats each row its own number of times")
    return call.all(Rows(state.axis, state.per_row * counts[0]))


@kernel("repeat", read=_read_repeat, rows=_repeat_rows, host=(1,))
def repeat(xp: Any, x: Any, repeats: Any = None, *, counts: tuple[int, ...] = (), axis: int = 0) -> Any:
    """Each entry along `axis` so many times: one number for all, or one for each."""
    chosen = counts if repeats is None else axis_list(repeats)
    total = chosen[0] * x.shape[axis] if len(chosen) == 1 else sum(chosen)
    check_size((total, x.size // max(x.shape[axis], 1)), x.itemsize, x.nbytes)
    return xp.repeat(x, chosen[0] if len(chosen) == 1 else list(chosen), axis)


def _read_reverse(args: OpArgs) -> Options:
    return {"axes": args.ints}


def _reverse_rows(call: RowCall) -> list[State]:
    state = only(call)
    if len(call.inputs) == 1 and not call.options.get("axes"):
        return call.all(state)
    return list(along("axes", "it reverses the batch", host=1)(call))


@kernel("reverse", read=_read_reverse, rows=_reverse_rows, aliases=("reverse_v2",), host=(1,))
def reverse(xp: Any, x: Any, dims: Any = None, *, axes: tuple[int, ...] = ()) -> Any:
    """x backwards along the given axes, unchanged without any."""
    chosen = axes if dims is None else axis_list(dims)
    return xp.flip(x, chosen) if chosen else x


@kernel("broadcast_to", rows=spreads, host=(1,))
def broadcast_to(xp: Any, x: Any, shape: Any) -> Any:
    """x repeated to fill a shape."""
    return xp.broadcast_to(x, check_size(axis_list(shape), x.itemsize, x.nbytes))


_MODES = ("constant", "reflect", "symmetric")


def _read_pad(args: OpArgs) -> Options:
    return {"mode": args.ints[0] if args.ints else 0, "value": args.floats[0] if args.floats else 0.0}


@kernel("pad", read=_read_pad, rows=untouched, host=(1, 2))
def pad(xp: Any, x: Any, widths: Any, fill: Any = None, *, mode: int = 0, value: float = 0.0) -> Any:
    """x with margins of [before, after] entries for each axis: of one value (0), reflected (1) or symmetric (2).

    Raises InvalidArgument for another mode or for widths of another shape than [rank, 2].
    """
    if mode not in range(len(_MODES)) or widths.shape != (x.ndim, 2):
        raise InvalidArgument(f"pad got mode {mode} and widths {widths.shape}; expected 0 to 2 and ({x.ndim}, 2)")
    margins = widths.tolist()
    check_size([size + sum(margin) for size, margin in zip(x.shape, margins, strict=True)], x.itemsize, x.nbytes)
    if mode:
        return xp.pad(x, margins, _MODES[mode])
    chosen = value if fill is None else fill.reshape(-1)[0].item()
    return xp.pad(x, margins, _MODES[0], constant_values=chosen)


@kernel("mirror_pad", ints=("mode",), rows=untouched, host=(1,))
def mirror_pad(xp: Any, x: Any, widths: Any, *, mode: int = 0) -> Any:
    """x with reflected (0) or symmetric (1) margins."""
    return pad(xp, x, widths, mode=mode + 1)
