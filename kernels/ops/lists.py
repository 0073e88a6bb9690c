"""Lists of arrays: SameDiff's TensorArrays, which loops fill and read entry by entry.

DL4J keeps a list behind its handle and changes it in place. Here a list is a value like any other: who writes answers
with a new one, and what SameDiff calls a flow is that list. Where the flow is an array (Java gives the written value as
the first flow) the list is the one of the handle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...spec.errors import InvalidArgument
from ..arguments import axis_list
from ..bounds import MOST_GROWN, check_size
from ..registry import kernel
from ..rows import Mixes, RowCall, State

LONGEST = 2**14
"""Entries of a list: each write copies their references."""


@dataclass(frozen=True, slots=True, eq=False)
class TensorList:
    """An immutable list of arrays, None where nothing was written. nbytes: of all its arrays."""

    entries: tuple[Any, ...] = ()
    nbytes: int = 0


def _listed(_call: RowCall) -> Sequence[State]:
    raise Mixes("entries of a list may hold rows of several callers")


@kernel(
    "create_list",
    read=lambda _args: {},
    rows=_listed,
    lists="makes",
    aliases=("TensorArrayCreateV3", "tensorarraycreatev3", "TensorArrayV3", "tensorarrayv3"),
)
def create_list(_xp: Any, *_sizes: Any) -> tuple[TensorList, TensorList]:
    """An empty list, as handle and as flow; it grows when written to, whatever size it was created with."""
    empty = TensorList()
    return empty, empty


@kernel("clone_list", rows=_listed, lists="makes", aliases=("TensorArrayIdentityV3", "tensorarrayidentityv3"))
def clone_list(_xp: Any, handle: Any, flow: Any = None) -> TensorList:
    """The list."""
    return _list(handle, flow)


@kernel("write_list", rows=_listed, lists="makes", host=(1,), aliases=("TensorArrayWriteV3", "tensorarraywritev3"))
def write_list(_xp: Any, handle: Any, index: Any, value: Any, flow: Any = None) -> TensorList:
    """The list with `value` as entry `index`."""
    return _written(_list(handle, flow), _indices(index), [value])


@kernel(
    "scatter_list", rows=_listed, lists="makes", host=(1,), aliases=("TensorArrayScatterV3", "tensorarrayscatterv3")
)
def scatter_list(_xp: Any, handle: Any, indices: Any, value: Any, flow: Any = None) -> TensorList:
    """The list with the entries of axis 0 of `value` at `indices`; -1 alone puts them in order, from 0."""
    chosen = _indices(indices)
    count = _count(value)
    return _written(_list(handle, flow), range(count) if chosen == (-1,) else chosen, [value[i] for i in range(count)])


@kernel("split_list", rows=_listed, lists="makes", host=(2,), aliases=("TensorArraySplitV3", "tensorarraysplitv3"))
def split_list(_xp: Any, handle: Any, value: Any, sizes: Any, flow: Any = None) -> TensorList:
    """The list with pieces of `value` along axis 0, of these sizes, in order."""
    pieces, start, lengths = list[Any](), 0, _indices(sizes)
    if len(lengths) > LONGEST or min(lengths, default=0) < 0 or sum(lengths) != (value.shape or (0,))[0]:
        raise InvalidArgument(f"a list got an array of shape {list(value.shape)} to split into {list(lengths[:8])}")
    for length in lengths:
        pieces.append(value[start : start + length])
        start += length
    return _written(_list(handle, flow), range(len(pieces)), pieces)


@kernel("unstack_list", ints=("axis",), rows=_listed, lists="makes")
def unstack_list(xp: Any, *given: Any, axis: int = 0) -> TensorList:
    """The entries of `axis` of the array, whatever the list given before it holds."""
    value = next((each for each in given if not isinstance(each, TensorList)), None)
    if value is None:
        raise InvalidArgument("a list got no array to unstack")
    if not -value.ndim <= axis < value.ndim:
        raise InvalidArgument(f"a list got an array of shape {list(value.shape)} to unstack along axis {axis}")
    moved = xp.moveaxis(value, axis, 0)
    return _written(TensorList(), range(_count(moved)), [moved[i] for i in range(len(moved))])


@kernel("read_list", rows=_listed, lists="reads", host=(1,), aliases=("TensorArrayReadV3", "tensorarrayreadv3"))
def read_list(_xp: Any, handle: Any, index: Any, flow: Any = None) -> Any:
    """Entry `index`."""
    (found,) = _read(_list(handle, flow), _indices(index)[:1])
    return found


@kernel("gather_list", rows=_listed, lists="reads", host=(1,), aliases=("TensorArrayGatherV3", "tensorarraygatherv3"))
def gather_list(xp: Any, handle: Any, indices: Any, flow: Any = None) -> Any:
    """The entries at `indices` along a new axis 0; -1 alone is all of them."""
    held, chosen = _list(handle, flow), _indices(indices)
    found = _read(held, range(len(held.entries)) if chosen == (-1,) else chosen)
    _check_alike([(entry.dtype, entry.shape) for entry in found])
    check_size((len(found), *found[0].shape), found[0].dtype.itemsize, held.nbytes)
    return xp.stack(found)


@kernel("stack_list", rows=_listed, lists="reads", aliases=("TensorArrayConcatV3", "tensorarrayconcatv3"))
def stack_list(xp: Any, handle: Any, flow: Any = None) -> Any:
    """All entries, one after the other along axis 0; numbers as a vector.

    SameDiff writes this op for TensorArray.concat, and runs it as that; native DL4J would stack.
    """
    held = _list(handle, flow)
    found = [entry if entry.ndim else entry.reshape(1) for entry in _read(held, range(len(held.entries)))]
    _check_alike([(entry.dtype, entry.shape[1:]) for entry in found])
    return xp.concatenate(found)


@kernel("size_list", rows=_listed, lists="reads", aliases=("TensorArraySizeV3", "tensorarraysizev3"))
def size_list(xp: Any, handle: Any, flow: Any = None) -> Any:
    """How many entries there are: int32."""
    return xp.full((), len(_list(handle, flow).entries), "int32")


def _list(handle: Any, flow: Any) -> TensorList:
    """The list to work on."""
    held = flow if isinstance(flow, TensorList) else handle
    if not isinstance(held, TensorList):
        raise InvalidArgument("it got an array; expected the handle of a list")
    return held


def _indices(value: Any) -> tuple[int, ...]:
    if value.dtype.kind not in "iu" or not 0 < value.size <= LONGEST:
        raise InvalidArgument(
            f"a list got {value.dtype}{list(value.shape)} as indices; expected 1 to {LONGEST} whole numbers"
        )
    return axis_list(value)


def _count(value: Any) -> int:
    if not value.ndim or len(value) > LONGEST:
        raise InvalidArgument(f"a list got an array of shape {list(value.shape)}; expected up to {LONGEST} entries")
    return len(value)


def _written(held: TensorList, indices: Iterable[int], values: Sequence[Any]) -> TensorList:
    at = list(indices)
    if len(at) != len(values):
        raise InvalidArgument(f"a list got {len(values)} entries for {len(at)} indices")
    if at and not 0 <= min(at) <= max(at) < LONGEST:
        raise InvalidArgument(f"a list got indices {min(at)} to {max(at)}; expected 0 to {LONGEST - 1}")
    entries: list[Any] = [*held.entries, *[None] * (max(at, default=-1) + 1 - len(held.entries))]
    size = held.nbytes
    for i, value in zip(at, values, strict=True):
        size += value.nbytes - (0 if entries[i] is None else entries[i].nbytes)
        entries[i] = value
    if size > MOST_GROWN:
        raise InvalidArgument(f"a list would hold {size >> 20} MB; expected at most {MOST_GROWN >> 20} MB")
    return TensorList(tuple(entries), size)


def _read(held: TensorList, indices: Iterable[int]) -> list[Any]:
    """These entries, at least one. Raises InvalidArgument for what was never written."""
    found = list[Any]()
    for i in indices:
        entry = held.entries[i] if 0 <= i < len(held.entries) else None
        if entry is None:
            raise InvalidArgument(f"entry {i} of a list of {len(held.entries)} was never written")
        found.append(entry)
    if not found:
        raise InvalidArgument("a list has no entries to put together")
    return found


def _check_alike(kinds: Iterable[tuple[Any, tuple[int, ...]]]) -> None:
    different = [f"{dtype}{list(shape)}" for dtype, shape in dict.fromkeys(kinds)]
    if len(different) > 1:
        raise InvalidArgument(f"entries of a list differ: {', '.join(different[:4])}")
