"""Which requests may share a batch: same outputs, same inputs, same types, same shapes without the rows."""

from collections.abc import Hashable

from ..backend.instance import Selection
from ..spec.request import Pending


class Alone:
    """A group key that equals only itself: the request runs by itself."""

    __slots__ = ()


def group_key(pending: Pending, selection: Selection) -> tuple[Hashable, int]:
    """The key of the request's group and its number of rows.

    Rows are the entries of axis 0 that all inputs share. A request whose selection is not proven row-independent,
    or whose inputs disagree, runs alone and counts as one row.
    """
    if selection.splits is None:
        return Alone(), 1
    rows, parts = -1, list[Hashable]([selection])
    for name in selection.inputs:
        array = pending.inputs[name]
        n = array.shape[0] if array.ndim else -1
        if n < 1 or rows not in (-1, n):
            return Alone(), 1
        rows = n
        parts += array.dtype, array.shape[1:]
    return (tuple(parts), rows) if rows > 0 else (Alone(), 1)
