"""The requests that wait at one target, grouped by what may share a batch. Loop thread only."""

from bisect import bisect_left, insort
from collections.abc import Hashable, Sequence
from heapq import heappop, heappush

from ..backend.instance import Selection
from ..spec.request import NO_DEADLINE, Deadline, Pending
from .policy import Waiting


class Group:
    """Requests with the same outputs, inputs, types and row shapes, in service order."""

    __slots__ = ("key", "pendings", "selection", "waiting")

    def __init__(self, key: Hashable, selection: Selection) -> None:
        self.key = key
        self.selection = selection
        self.waiting: list[Waiting] = []
        self.pendings: dict[int, Pending] = {}


class RequestQueue:
    """Groups by key, with a look-up by request id and the deadlines in a heap (stale entries are skipped)."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, Group] = {}
        self._homes: dict[int, tuple[Group, Waiting]] = {}
        self._deadlines: list[tuple[Deadline, int]] = []
        self._next_id = 0

    def __len__(self) -> int:
        return len(self._homes)

    @property
    def groups(self) -> Sequence[Group]:
        """All groups that have a waiting request."""
        return list(self._groups.values())

    @property
    def earliest_deadline(self) -> Deadline:
        """The earliest deadline of what waits, NO_DEADLINE when there is none."""
        heap = self._deadlines
        while heap and heap[0][1] not in self._homes:
            heappop(heap)
        return heap[0][0] if heap else NO_DEADLINE

    def expired(self, now: float) -> tuple[int, ...]:
        """Ids of the requests whose deadline is not after `now`."""
        return tuple(id for deadline, id in self._deadlines if deadline <= now and id in self._homes)

    def add(self, key: Hashable, selection: Selection, pending: Pending) -> int:
        """Put a request in its group; returns its id."""
        self._next_id = id = self._next_id + 1
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(key, selection)
        waiting = Waiting(pending.priority, id, pending.rows, pending.queued, pending.deadline)
        insort(group.waiting, waiting)
        group.pendings[id] = pending
        self._homes[id] = group, waiting
        if pending.deadline < NO_DEADLINE:
            heappush(self._deadlines, (pending.deadline, id))
        return id

    def take(self, key: Hashable, n: int) -> tuple[Selection, list[Pending]]:
        """Remove and return the first `n` requests of a group."""
        group = self._groups[key]
        taken, group.waiting[:n] = group.waiting[:n], []
        for each in taken:
            del self._homes[each.id]
        self._forget_if_empty(group)
        return group.selection, [group.pendings.pop(each.id) for each in taken]

    def remove(self, id: int) -> Pending | None:
        """Remove one request; None when it no longer waits."""
        home = self._homes.pop(id, None)
        if home is None:
            return None
        group, waiting = home
        del group.waiting[bisect_left(group.waiting, waiting)]
        self._forget_if_empty(group)
        return group.pendings.pop(id)

    def _forget_if_empty(self, group: Group) -> None:
        if not group.waiting:
            del self._groups[group.key]
