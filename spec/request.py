"""One inference request on its way through the server, and how it is answered.

Everything here runs on the loop thread; other threads enter through `loop.call_soon_threadsafe`.
There is no task and no future per request: a Pending is a record with slots and two callbacks.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from .dtype import Array
from .errors import GraphServerError

Rows = Mapping[str, Array]
"""Arrays by tensor name."""

Deadline = float
"""Seconds on the loop's clock (`loop.time()`, which is `time.monotonic()`); NO_DEADLINE when none."""

NO_DEADLINE: Deadline = math.inf

_NO_PARAMETERS: Mapping[str, Any] = {}


class Pending:
    """A request and its answer: any number of replies, the last one final, or one failure.

    model, version: what to run; version None means the newest that serves.
    inputs: arrays by name. rows: how many rows it adds to a batch.
    outputs: asked names, or None for the model's default set.
    parameters: sequence id, flags and whatever else a protocol carries along.
    arrived, queued, started, executed: times on the loop's clock, 0.0 until they happen.
    on_reply(rows, final), on_fail(error): the caller's callbacks.
    """

    __slots__ = (
        "_on_end",
        "arrived",
        "cancelled",
        "deadline",
        "executed",
        "ignored",
        "inputs",
        "model",
        "on_cancel",
        "on_fail",
        "on_reply",
        "outputs",
        "over",
        "parameters",
        "priority",
        "queued",
        "request_id",
        "rows",
        "started",
        "version",
    )

    def __init__(
        self,
        model: str,
        inputs: dict[str, Array],
        *,
        on_reply: Callable[[Rows | None, bool], None],
        on_fail: Callable[[GraphServerError], None],
        version: int | None = None,
        outputs: tuple[str, ...] | None = None,
        parameters: Mapping[str, Any] = _NO_PARAMETERS,
        request_id: str = "",
        priority: int = 0,
        deadline: Deadline = NO_DEADLINE,
        arrived: float = 0.0,
    ) -> None:
        self.model = model
        self.version = version
        self.inputs = inputs
        self.rows = 1
        self.outputs = outputs
        self.parameters = parameters
        self.request_id = request_id
        self.priority = priority
        self.deadline = deadline
        self.on_reply = on_reply
        self.on_fail = on_fail
        self.on_cancel: Callable[[], None] | None = None
        self._on_end: Callable[[Pending], None] | None = None
        self.arrived = arrived
        self.queued = self.started = self.executed = 0.0
        self.cancelled = False
        self.over = False
        self.ignored = 0

    def at_end(self, callback: Callable[["Pending"], None]) -> None:
        """Have `callback(self)` run once when the request is over, in any way; the last added runs first."""
        before = self._on_end
        self._on_end = callback if before is None else _both(callback, before)

    def reply(self, rows: Rows | None, final: bool = False) -> None:
        """Answer with `rows`; `final` ends the request (and may carry no rows)."""
        if self.over:
            self.ignored += 1
            return
        if final:
            self._end()
        self.on_reply(rows, final)

    def fail(self, error: GraphServerError) -> None:
        """End the request with `error`."""
        if self.over:
            self.ignored += 1
            return
        self._end()
        self.on_fail(error)

    def cancel(self) -> None:
        """The caller went away: leave the present holder's queue at once; nothing is answered."""
        if self.over:
            return
        self.cancelled = True
        leave, self.on_cancel = self.on_cancel, None
        if leave is not None:
            leave()
        self._end()

    def _end(self) -> None:
        self.over = True
        self.on_cancel = None
        callback, self._on_end = self._on_end, None
        if callback is not None:
            callback(self)


def _both(first: Callable[[Pending], None], second: Callable[[Pending], None]) -> Callable[[Pending], None]:
    def run(pending: Pending) -> None:
        first(pending)
        second(pending)

    return run
