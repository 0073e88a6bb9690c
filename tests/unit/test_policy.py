"""Batch policies are pure: a queue as tuples in, one decision out."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import pytest

from graphserver.scheduler.policy import (
    Decision,
    Drop,
    LaneView,
    Take,
    Unknown,
    Waiting,
    WaitUntil,
    WorkConserving,
    requests_within,
)
from graphserver.spec.request import NO_DEADLINE

IDLE, BUSY = LaneView(1, 1), LaneView(0, 1)


@dataclass
class Group:
    key: Hashable
    waiting: list[Waiting]


@dataclass
class Queue:
    groups: list[Group] = field(default_factory=list)

    @property
    def earliest_deadline(self) -> float:
        return min((w.deadline for g in self.groups for w in g.waiting), default=NO_DEADLINE)

    def expired(self, now: float) -> tuple[int, ...]:
        return tuple(w.id for g in self.groups for w in g.waiting if w.deadline <= now)


def waiting(id: int, rows: int = 1, *, priority: int = 0, deadline: float = NO_DEADLINE) -> Waiting:
    return Waiting(priority, id, rows, 0.0, deadline)


def decide(queue: Queue, lanes: LaneView, max_rows: int = 8) -> Decision:
    return WorkConserving(max_rows).next(queue, lanes, Unknown(), 10.0)


@pytest.mark.parametrize(
    ("queue", "lanes", "expected"),
    [
        (Queue(), IDLE, WaitUntil(None)),
        (Queue([Group("a", [waiting(1)])]), IDLE, Take("a", 1, "idle")),
        (Queue([Group("a", [waiting(1)])]), BUSY, WaitUntil(None)),
        (Queue([Group("a", [waiting(1, deadline=12.0)])]), BUSY, WaitUntil(12.0)),
        (Queue([Group("a", [waiting(1, deadline=9.0)])]), BUSY, Drop((1,), "deadline")),
        (Queue([Group("a", [waiting(1), waiting(2, deadline=10.0)])]), IDLE, Drop((2,), "deadline")),
        (Queue([Group("a", [waiting(i, 3) for i in range(4)])]), IDLE, Take("a", 2, "full")),
        (Queue([Group("a", [waiting(1, 100), waiting(2)])]), IDLE, Take("a", 1, "full")),
        (Queue([Group("a", [waiting(2)]), Group("b", [waiting(1)])]), IDLE, Take("b", 1, "idle")),
        (Queue([Group("a", [waiting(1, priority=1)]), Group("b", [waiting(2)])]), IDLE, Take("b", 1, "idle")),
    ],
)
def test_work_conserving(queue: Queue, lanes: LaneView, expected: Decision) -> None:
    assert decide(queue, lanes) == expected


def test_a_request_larger_than_the_batch_runs_alone() -> None:
    assert requests_within([waiting(1, 9)], 8) == 1
    assert requests_within([waiting(1, 4), waiting(2, 4), waiting(3, 1)], 8) == 2
