"""Batch policies: pure functions from what waits to what happens next.

A policy is asked until it answers WaitUntil. It holds no clock and no queue; both are given to it.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ..spec.request import NO_DEADLINE, Deadline


class Waiting(NamedTuple):
    """One request in a queue; tuples compare in service order: priority (0 first), then arrival."""

    priority: int
    id: int
    rows: int
    enqueued: float
    deadline: Deadline


class GroupView(Protocol):
    """Requests that may share a batch, in service order. Never empty."""

    @property
    def key(self) -> Hashable: ...
    @property
    def waiting(self) -> Sequence[Waiting]: ...


class QueueView(Protocol):
    """What waits at one target."""

    @property
    def groups(self) -> Sequence[GroupView]: ...

    @property
    def earliest_deadline(self) -> Deadline:
        """No waiting request has an earlier one; may be earlier than all of them."""
        ...

    def expired(self, now: float) -> tuple[int, ...]:
        """Ids of the requests whose deadline is not after `now`."""
        ...


class LaneView(NamedTuple):
    """How many lanes the target has, and how many of them are idle."""

    idle: int
    total: int


class Cost(Protocol):
    """What is known of the time a batch takes."""

    def seconds(self, rows: int) -> float | None:
        """Predicted seconds for a batch of `rows` rows, None while nothing is known."""
        ...


class Unknown:
    """The cost model that knows nothing."""

    def seconds(self, rows: int) -> float | None:  # noqa: ARG002 - the face of Cost
        """Nothing is known."""
        return None


@dataclass(frozen=True, slots=True)
class Take:
    """Run the first `n` requests of group `group` on an idle lane now. `reason` labels a metric."""

    group: Hashable
    n: int
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Answer these requests DEADLINE_EXCEEDED without running them."""

    ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Nothing to do before `at` (None: before something changes)."""

    at: float | None


Decision = Take | Drop | WaitUntil


class BatchPolicy(Protocol):
    """Decides what a target does next."""

    def next(self, queue: QueueView, lanes: LaneView, cost: Cost, now: float) -> Decision:
        """One step; asked again until it answers WaitUntil."""
        ...


@dataclass(frozen=True, slots=True)
class WorkConserving:
    """Never waits while a lane is idle: batches are what arrived while all lanes were busy.

    max_rows bounds a batch; a single request that is larger runs alone, since none is ever split.
    """

    max_rows: int = 64

    def next(self, queue: QueueView, lanes: LaneView, cost: Cost, now: float) -> Decision:  # noqa: ARG002
        """Drop what is too late, then serve the group whose first request is due first."""
        if queue.earliest_deadline <= now and (late := queue.expired(now)):
            return Drop(late, "deadline")
        if not queue.groups:
            return WaitUntil(None)
        if not lanes.idle:
            return WaitUntil(queue.earliest_deadline if queue.earliest_deadline < NO_DEADLINE else None)
        group = min(queue.groups, key=lambda each: each.waiting[0])
        n = requests_within(group.waiting, self.max_rows)
        return Take(group.key, n, "full" if n < len(group.waiting) else "idle")


def requests_within(waiting: Sequence[Waiting], max_rows: int) -> int:
    """How many requests from the head fit in `max_rows` rows; at least one."""
    rows = 0
    for n, each in enumerate(waiting):
        rows += each.rows
        if rows > max_rows:
            return max(n, 1)
    return len(waiting)
