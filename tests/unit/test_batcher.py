"""The dynamic batcher under a clock that stands still."""

from typing import Any

import pytest
from fakes import Answers, FakeLane, FakeLoop, request

from graphserver.backend.instance import Selection, Split
from graphserver.metrics.observer import Silent
from graphserver.scheduler.batcher import DynamicBatcher
from graphserver.scheduler.policy import WorkConserving
from graphserver.spec.errors import DeadlineExceeded, ExecutionFailed, InvalidArgument, Overloaded

ANY = Selection(("x",), ("x",), {"x": Split()})


class Recorder(Silent):
    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def batch_taken(self, model: str, requests: int, rows: int, reason: str) -> None:
        self.events.append(("taken", requests, rows, reason))

    def batch_split(self, model: str) -> None:
        self.events.append(("split",))

    def dropped(self, model: str, reason: str, requests: int) -> None:
        self.events.append(("dropped", reason, requests))


class Bench:
    """A batcher with one fake lane."""

    def __init__(self, lanes: int = 1, **more: Any) -> None:
        self.loop, self.seen = FakeLoop(), Recorder()
        self.lanes = [FakeLane() for _ in range(lanes)]
        self.lane = self.lanes[0]
        self.batcher = DynamicBatcher("m", self.lanes, self.loop, WorkConserving(8), self.seen, **more)

    def add(self, value: float = 0.0, *, key: str = "g", **more: Any) -> Answers:
        pending, answers = request(value, **more)
        pending.rows = pending.inputs["x"].shape[0]
        self.batcher.add(key, ANY, pending)
        return answers


def test_what_arrives_in_one_tick_is_one_batch() -> None:
    bench = Bench()
    answers = [bench.add(i) for i in range(3)]
    assert bench.lane.batch is None
    bench.loop.settle()
    assert bench.seen.events == [("taken", 3, 3, "idle")]
    bench.lane.finish()
    assert [a.only["x"][0, 0] for a in answers] == [0, 1, 2]


def test_batches_grow_while_the_lane_is_busy() -> None:
    bench = Bench()
    bench.add()
    bench.loop.settle()
    for _ in range(5):
        bench.add()
        bench.loop.settle()
    bench.lane.finish()
    assert bench.lane.ran == [1, 5]


def test_two_lanes_take_two_batches_at_once() -> None:
    bench = Bench(lanes=2)
    bench.add(key="a")
    bench.add(key="b")
    bench.loop.settle()
    assert [lane.ran for lane in bench.lanes] == [[1], [1]]


def test_groups_never_share_a_batch() -> None:
    bench = Bench()
    for key in ("a", "b", "a"):
        bench.add(key=key)
    bench.loop.settle()
    bench.lane.finish()
    assert bench.lane.ran == [2, 1]


def test_a_deadline_passes_in_the_queue() -> None:
    bench = Bench()
    bench.add()
    bench.loop.settle()
    late = bench.add(deadline=bench.loop.now + 0.5)
    kept = bench.add()
    bench.loop.run(1.0)
    assert isinstance(late.error, DeadlineExceeded)
    assert "waited 500 ms" in str(late.error)
    bench.lane.finish()
    bench.lane.finish()
    assert kept.only
    assert ("dropped", "deadline", 1) in bench.seen.events


def test_a_cancelled_request_leaves_the_queue_at_once() -> None:
    bench = Bench()
    bench.add()
    bench.loop.settle()
    pending, answers = request()
    bench.batcher.add("g", ANY, pending)
    pending.cancel()
    assert len(bench.batcher) == 0
    bench.lane.finish()
    assert bench.lane.ran == [1]
    assert (answers.rows, answers.error) == ([], None)
    assert bench.seen.events[-1] == ("dropped", "cancelled", 1)


def test_a_full_queue_refuses() -> None:
    bench = Bench(max_queue=2)
    answers = [bench.add() for _ in range(3)]
    assert isinstance(answers[2].error, Overloaded)
    bench.loop.settle()
    bench.lane.finish()
    assert [a.finals for a in answers] == [1, 1, 0]


def test_a_failing_batch_is_halved_until_only_the_bad_request_fails() -> None:
    bench = Bench()
    answers = [bench.add(i) for i in range(8)]
    bench.loop.settle()
    while bench.lane.batch is not None:
        bad = any(item.inputs["x"][0, 0] == 5 for item in bench.lane.batch.items)
        bench.lane.finish(InvalidArgument("row 5 is bad") if bad else None)
    assert [str(a.error) for a in answers if a.error] == ["row 5 is bad"]
    assert [a.only["x"][0, 0] for a in answers if not a.error] == [0, 1, 2, 3, 4, 6, 7]
    assert bench.lane.ran == [8, 4, 4, 2, 2, 1, 1]


@pytest.mark.parametrize("error", [DeadlineExceeded("late"), ExecutionFailed("boom")])
def test_what_nobody_is_to_blame_for_is_not_run_again(error: Exception) -> None:
    bench = Bench(stateless=not isinstance(error, ExecutionFailed))
    answers = [bench.add() for _ in range(2)]
    bench.loop.settle()
    bench.lane.finish(error)
    assert [a.error for a in answers] == [error, error]
    assert bench.lane.ran == [2]


def test_an_unforeseen_exception_is_an_execution_failure(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    answers = bench.add()
    bench.loop.settle()
    bench.lane.finish(ZeroDivisionError("oops"))
    assert isinstance(answers.error, ExecutionFailed)
    assert str(answers.error) == "model 'm' failed: ZeroDivisionError: oops"
    assert "oops" in caplog.text
