"""Stand-ins for the parts that have time, threads or models in them, so that logic is tested without any."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import numpy as np

from graphserver.backend.instance import Batch, Selection, Sink, Split
from graphserver.spec.dtype import FP32, Array
from graphserver.spec.errors import GraphServerError
from graphserver.spec.request import NO_DEADLINE, Pending, Rows
from graphserver.spec.tensor import Signature, TensorSpec


class FakeTimer:
    """What `FakeLoop.call_at` returns."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeLoop:
    """An event loop whose time stands still until `run` is told how far to go."""

    def __init__(self) -> None:
        self.now = 100.0
        self._soon: list[Callable[[], object]] = []
        self._later: list[tuple[float, int, Callable[[], object], FakeTimer]] = []
        self._count = count()

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Callable[[], object]) -> object:
        self._soon.append(callback)
        return None

    call_soon_threadsafe = call_soon

    def call_at(self, when: float, callback: Callable[[], object]) -> FakeTimer:
        timer = FakeTimer()
        heapq.heappush(self._later, (when, next(self._count), callback, timer))
        return timer

    def tick(self) -> None:
        """Run what was called soon before this tick, as one iteration of a loop does."""
        jobs, self._soon = self._soon, []
        for job in jobs:
            job()

    def settle(self) -> None:
        """Tick until nothing is left to do now."""
        while self._soon:
            self.tick()

    def run(self, seconds: float) -> None:
        """Let this much time pass, timers in order."""
        end = self.now + seconds
        self.settle()
        while self._later and self._later[0][0] <= end:
            when, _, callback, timer = heapq.heappop(self._later)
            self.now = max(self.now, when)
            if not timer.cancelled:
                callback()
            self.settle()
        self.now = end
        self.settle()


class FakeLane:
    """A lane that runs a batch when the test says so."""

    def __init__(self) -> None:
        self.batch: Any = None
        self.ran: list[int] = []
        self._done: Any = None

    def run(self, batch: Any, done: Any) -> None:
        assert self.batch is None, "a lane runs one batch at a time"
        self.batch, self._done = batch, done
        self.ran.append(len(batch.items))

    def finish(self, error: BaseException | None = None) -> None:
        """End the batch under way: by echoing every item's inputs, or by raising."""
        batch, self.batch = self.batch, None
        if error is None:
            batch.stamp()
            for item in batch.items:
                item.reply(dict(item.inputs), True)
        self._done(batch, error)

    def close(self, closed: Callable[[], None]) -> None:
        closed()


class FakeInstance:
    """A model in a line: `function` takes the columns of a batch and returns its outputs."""

    stateless = True
    keys: Mapping[str, tuple[int, int]] = {}

    def __init__(
        self,
        function: Callable[[Mapping[str, Array]], Mapping[str, Array]] = dict,
        *,
        inputs: tuple[str, ...] = ("x",),
        outputs: tuple[str, ...] = ("x",),
        batches: bool = True,
    ) -> None:
        self.function = function
        self.signature = Signature(
            tuple(TensorSpec(name, FP32, (None, 2)) for name in inputs),
            tuple(TensorSpec(name, FP32, (None, 2)) for name in outputs),
        )
        splits = dict.fromkeys(outputs, Split()) if batches else None
        self.selection = Selection(inputs, outputs, splits, "" if batches else "told so")
        self.batches: list[int] = []
        self.closed = False

    def select(self, fed: frozenset[str], asked: tuple[str, ...] | None) -> Selection:
        return self.selection

    def execute(self, batch: Batch, sink: Sink) -> None:
        self.batches.append(len(batch.items))
        sink.columns(self.function({name: batch.column(name) for name in self.selection.inputs}))

    def close(self) -> None:
        self.closed = True


class Answers:
    """Collects what a Pending is answered."""

    def __init__(self) -> None:
        self.rows: list[Rows | None] = []
        self.finals = 0
        self.error: GraphServerError | None = None

    def on_reply(self, rows: Rows | None, final: bool) -> None:
        self.rows.append(rows)
        self.finals += final

    def on_fail(self, error: GraphServerError) -> None:
        self.error = error

    @property
    def only(self) -> Rows:
        """The one answer of a unary request."""
        assert self.error is None, self.error
        assert self.finals == len(self.rows) == 1
        assert self.rows[0] is not None
        return self.rows[0]


def request(
    value: float = 0.0, rows: int = 1, *, model: str = "m", deadline: float = NO_DEADLINE, **more: Any
) -> tuple[Pending, Answers]:
    """A request for input x of shape [rows, 2] filled with `value`, and where its answer goes."""
    answers = Answers()
    inputs = more.pop("inputs", None) or {"x": np.full((rows, 2), value, np.float32)}
    pending = Pending(model, inputs, on_reply=answers.on_reply, on_fail=answers.on_fail, deadline=deadline, **more)
    return pending, answers
