"""A batch: requests of one group and the assembled rows of their inputs."""

from collections.abc import Callable, Sequence

import numpy as np

from ..backend.arrays import aligned_empty, is_fit
from ..backend.instance import Selection
from ..spec.dtype import Array
from ..spec.errors import Cancelled, DeadlineExceeded
from ..spec.request import Pending


class RequestBatch:
    """Requests that run together (a backend.instance.Batch). Columns are assembled on demand, once."""

    __slots__ = ("_clock", "_columns", "items", "rows", "selection")

    def __init__(self, items: Sequence[Pending], selection: Selection, clock: Callable[[], float]) -> None:
        self.items = items
        self.selection = selection
        self.rows = sum(item.rows for item in items)
        self._clock = clock
        self._columns: dict[str, Array] = {}

    def column(self, name: str) -> Array:
        """All items' rows of one input: native-endian, C order, 64-byte aligned. Not to be written to."""
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = assemble([item.inputs[name] for item in self.items])
        return column

    def stamp(self) -> None:
        """Note in every item that the model has answered it now."""
        now = self._clock()
        for item in self.items:
            item.executed = now

    def check(self) -> None:
        """Raise DeadlineExceeded or Cancelled when nobody waits for this batch any more."""
        now = self._clock()
        waiting = [item for item in self.items if not item.over]
        if not waiting:
            raise Cancelled("every caller of this batch went away")
        if all(item.deadline <= now for item in waiting):
            raise DeadlineExceeded("the deadline passed while the model was running")


def assemble(arrays: Sequence[Array]) -> Array:
    """Arrays of equal type and row shape as one, along axis 0.

    A single array that is fit already is passed on as it is. Object arrays (strings) know no alignment.
    """
    first = arrays[0]
    if len(arrays) == 1 and is_fit(first):
        return first
    if first.dtype.hasobject:
        return np.concatenate(arrays)
    rows = sum(each.shape[0] for each in arrays) if first.ndim else 0
    whole = aligned_empty((rows, *first.shape[1:]) if first.ndim else (), first.dtype.newbyteorder("="))
    at = 0
    for each in arrays:
        if each.ndim:
            whole[at : at + each.shape[0]] = each
            at += each.shape[0]
        else:
            whole[...] = each
    return whole
