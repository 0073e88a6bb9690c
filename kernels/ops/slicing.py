"""Parts of an array by position: slices, strided slices, gathers."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list
from ..axis_rules import gathers
from ..bounds import check_index
from ..registry import Options, kernel
from ..rows import WHOLE, Mixes, RowCall, Rows, State
from ..rules import extents, only

_END = 2**31 - 1
"""An end from here on means the end of the axis, whatever its size."""


def _read_slice(args: OpArgs) -> Options:
    half = len(args.ints) // 2
    return {"begin": args.ints[:half], "count": args.ints[half:]}


def _slice_rows(call: RowCall) -> list[State]:
    state = only(call)
    given = [axis_list(call.fixed_value(i)) for i in range(1, len(call.inputs))]
    begin, count = given or (call.options["begin"], call.options["count"])
    if begin[state.axis] != 0 or count[state.axis] != -1:
        raise Mixes("it cuts the batch axis")
    return call.all(state)


@kernel("slice", read=_read_slice, rows=extents(_slice_rows), host=(1, 2))
def cut(_xp: Any, x: Any, *parts: Any, begin: tuple[int, ...] = (), count: tuple[int, ...] = ()) -> Any:
    """`count` entries from `begin` on along each axis; -1 takes all that follow.

    Raises InvalidArgument where fewer entries follow.
    """
    begin, count = (axis_list(part) for part in parts) if parts else (begin, count)
    ends = [size if n == -1 else start + n for start, n, size in zip(begin, count, x.shape, strict=True)]
    if any(not 0 <= start <= end <= size for start, end, size in zip(begin, ends, x.shape, strict=True)):
        raise InvalidArgument(f"slice got begin {list(begin)}, size {list(count)}; the input has shape {x.shape}")
    return x[tuple(slice(start, end) for start, end in zip(begin, ends, strict=True))]


_MASKS = ("begin", "ellipsis", "end", "new_axis", "shrink")


def _read_strided(args: OpArgs) -> Options:
    masks, rest = args.ints[:5], args.ints[5:]
    third = len(rest) // 3
    return {"masks": masks, "parts": (rest[:third], rest[third : 2 * third], rest[2 * third :])}


def _index(masks: tuple[int, ...], begin: Any, end: Any, steps: Any) -> list[Any]:
    """What NumPy writes in the brackets: an int, a slice, None or Ellipsis for each part."""
    bits = dict(zip(_MASKS, masks, strict=True))
    found = list[Any]()
    for i, start in enumerate(begin):
        if bits["ellipsis"] >> i & 1:
            found.append(Ellipsis)
        elif bits["new_axis"] >> i & 1:
            found.append(None)
        elif bits["shrink"] >> i & 1:
            found.append(start)
        else:
            first = None if bits["begin"] >> i & 1 else start
            last = None if bits["end"] >> i & 1 else end[i]
            found.append(slice(first, last, steps[i] if steps else 1))
    return found


def _strided_rows(call: RowCall) -> list[State]:
    state, rank = only(call), len(call.inputs[0])
    hosts = [axis_list(call.fixed_value(i)) for i in range(1, len(call.inputs))]
    entries = _index(call.options["masks"], *((*hosts, (), ())[:3] if hosts else call.options["parts"]))
    missing = rank - sum(entry is not None and entry is not Ellipsis for entry in entries)
    at = entries.index(Ellipsis) if Ellipsis in entries else len(entries)
    spread = [*entries[:at], *[slice(None)] * missing, *entries[at + 1 :]]
    places = [i for i, entry in enumerate(spread) if entry is not None]
    place = places[state.axis]
    if not _takes_all(spread[place]):
        raise Mixes("it cuts the batch axis")
    return call.all(Rows(sum(not isinstance(entry, int) for entry in spread[:place]), state.per_row))


def _takes_all(entry: Any) -> bool:
    """True for a slice from the start to the end of an axis of any size."""
    if entry is None or isinstance(entry, int):
        return False
    return entry.start in (None, 0) and (entry.stop is None or entry.stop >= _END) and entry.step in (None, 1)


@kernel("strided_slice", read=_read_strided, rows=extents(_strided_rows), aliases=("stridedslice",), host=(1, 2, 3))
def strided_slice(_xp: Any, x: Any, *hosts: Any, masks: tuple[int, ...], parts: Any = ((), (), ())) -> Any:
    """x[begin:end:step] for each axis, with TensorFlow's masks (in DL4J's order).

    Raises InvalidArgument for an index outside the array.
    """
    given = (*(axis_list(host) for host in hosts), ())[:3] if hosts else parts
    begin, end, steps = (*given, ())[:3]
    try:
        return x[tuple(_index(masks, begin, end, steps))]
    except IndexError as error:
        raise InvalidArgument(f"strided_slice of shape {x.shape}: {error}") from error


def _read_gather(args: OpArgs) -> Options:
    return {"axis": args.ints[0] if args.ints else 0, "index": args.ints[1:]}


@kernel("gather", read=_read_gather, rows=extents(gathers), host=(2,))
def gather(xp: Any, x: Any, indices: Any = None, at: Any = None, *, axis: int = 0, index: tuple[int, ...] = ()) -> Any:
    """The entries of x at `indices` along `axis`; a single written index drops the axis.

    Raises InvalidArgument for an index outside the axis.
    """
    axis = axis if at is None else axis_list(at)[0]
    if indices is None:
        indices = xp.asarray(index[0] if len(index) == 1 else index)
    check_index(indices, x.shape[axis], "gather")
    return xp.take(x, indices, axis)


@kernel("embedding_lookup", rows=gathers)
def embedding_lookup(xp: Any, *inputs: Any) -> Any:
    """Rows of a table by number. Raises InvalidArgument for a number outside it, or for more than one table."""
    if len(inputs) != 2:
        raise InvalidArgument(f"embedding_lookup got {len(inputs) - 1} tables; expected one")
    return gather(xp, *inputs)


def _gather_nd_rows(call: RowCall) -> list[State]:
    if call.states[0] is not WHOLE:
        raise Mixes("it picks from the callers' rows by position")
    index = only(call, 1)
    if index.axis == len(call.inputs[1]) - 1:
        raise Mixes("it picks across the batch axis")
    return call.all(index)


@kernel("gather_nd", rows=_gather_nd_rows)
def gather_nd(_xp: Any, x: Any, indices: Any) -> Any:
    """The parts of x at the positions [..., k] over its first k axes.

    Raises InvalidArgument for a position outside x.
    """
    if indices.shape[-1] > x.ndim:
        raise InvalidArgument(f"gather_nd got positions over {indices.shape[-1]} axes; the input has {x.ndim}")
    parts = tuple(indices[..., i] for i in range(indices.shape[-1]))
    for part, size in zip(parts, x.shape, strict=False):
        check_index(part, size, "gather_nd")
    return x[parts]
