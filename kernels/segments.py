"""Reductions over groups of rows, for any associative function, by array operations alone.

Rows are sorted by group; a scan then doubles its reach in every step, so that after log2(n) steps the last row of each
group holds the whole group. Array modules reduce by group only for sums, or only on one device.
"""

from collections.abc import Callable
from typing import Any

Combine = Callable[[Any, Any], Any]


def reduce_groups(xp: Any, rows: Any, groups: Any, count: int, combine: Combine, empty: Any) -> Any:
    """For each group 0 … count - 1 its rows combined, `empty` where there are none.

    rows: [n, …]. groups: [n], the group of each row. Answers [count, …] in the type of `rows`.
    """
    order = xp.argsort(groups, kind="stable")
    groups, rows = groups[order].astype("int64"), rows[order]
    numbers = xp.arange(count)
    last = xp.searchsorted(groups, numbers, side="right") - 1
    if not rows.shape[0]:
        return xp.full((count, *rows.shape[1:]), empty, rows.dtype)
    found = _column(groups[last.clip(0)] == numbers, rows.ndim) & _column(last >= 0, rows.ndim)
    return xp.where(found, _scan(xp, rows, groups, combine)[last.clip(0)], xp.asarray(empty, rows.dtype))


def group_sizes(xp: Any, groups: Any, count: int) -> Any:
    """How many rows each group 0 … count - 1 has: [count]."""
    edges = xp.searchsorted(xp.sort(groups.astype("int64")), xp.arange(count + 1))
    return edges[1:] - edges[:-1]


def _scan(xp: Any, rows: Any, groups: Any, combine: Combine) -> Any:
    """Each row combined with all rows of its group that stand before it."""
    reach = 1
    while reach < rows.shape[0]:
        together = _column(groups[reach:] == groups[:-reach], rows.ndim)
        tail = xp.where(together, combine(rows[:-reach], rows[reach:]), rows[reach:])
        rows = xp.concatenate([rows[:reach], tail])
        reach *= 2
    return rows


def _column(flags: Any, ndim: int) -> Any:
    return flags.reshape((-1,) + (1,) * (ndim - 1))
