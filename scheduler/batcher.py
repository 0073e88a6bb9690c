"""The dynamic batcher of one target: takes requests, asks its policy, feeds its lanes. Loop thread only."""

from collections import deque
from collections.abc import Hashable, Sequence
from functools import partial

from ..backend.instance import Selection
from ..metrics.observer import SchedulerObserver
from ..spec.errors import DeadlineExceeded, Overloaded
from ..spec.request import Pending
from .batch import RequestBatch
from .failures import as_error, may_blame_one
from .lanes import Runner
from .outbox import Loop, Timer
from .policy import BatchPolicy, Cost, Decision, Drop, LaneView, Take, Unknown
from .queue import RequestQueue

MAX_QUEUE = 16384
"""Requests that may wait at one target before new ones are refused."""


class DynamicBatcher:
    """Batches grow while the lanes are busy. What arrives in one tick of the loop is looked at once."""

    def __init__(
        self,
        model: str,
        lanes: Sequence[Runner],
        loop: Loop,
        policy: BatchPolicy,
        observer: SchedulerObserver,
        *,
        stateless: bool = True,
        cost: Cost | None = None,
        max_queue: int = MAX_QUEUE,
    ) -> None:
        self._model = model
        self._loop = loop
        self._policy = policy
        self._observer = observer
        self._stateless = stateless
        self._cost = cost or Unknown()
        self._max_queue = max_queue
        self._queue = RequestQueue()
        self._again: deque[RequestBatch] = deque()
        self._idle = list(lanes)
        self._total = len(lanes)
        self._awake = False
        self._timer: tuple[float, Timer] | None = None

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, key: Hashable, selection: Selection, pending: Pending) -> None:
        """Queue a request in its group; it is answered through `pending`."""
        if len(self._queue) >= self._max_queue:
            self._observer.dropped(self._model, "full", 1)
            pending.fail(Overloaded(f"model '{self._model}' has {self._max_queue} requests waiting already"))
            return
        pending.queued = self._loop.time()
        id = self._queue.add(key, selection, pending)
        pending.on_cancel = partial(self._leave, id)
        if not self._awake:
            self._awake = True
            self._loop.call_soon(self._work)

    def _work(self) -> None:
        self._awake = False
        while self._idle and self._again:
            self._start(self._again.popleft())
        while self._step(self._next()):
            pass

    def _next(self) -> Decision:
        lanes = LaneView(len(self._idle), self._total)
        return self._policy.next(self._queue, lanes, self._cost, self._loop.time())

    def _step(self, decision: Decision) -> bool:
        if isinstance(decision, Take):
            self._take(decision)
        elif isinstance(decision, Drop):
            self._drop(decision)
        else:
            self._wake_at(decision.at)
            return False
        return True

    def _take(self, take: Take) -> None:
        selection, items = self._queue.take(take.group, take.n)
        batch = RequestBatch(items, selection, self._loop.time)
        self._observer.batch_taken(self._model, len(items), batch.rows, take.reason)
        self._start(batch)

    def _start(self, batch: RequestBatch) -> None:
        lane, now = self._idle.pop(), self._loop.time()
        for item in batch.items:
            item.started, item.on_cancel = now, None
        lane.run(batch, partial(self._done, lane))

    def _done(self, lane: Runner, batch: RequestBatch, error: BaseException | None) -> None:
        self._idle.append(lane)
        if error is None:
            first = batch.items[0]
            self._observer.batch_done(self._model, batch.items, max(0.0, first.executed - first.started))
        else:
            self._failed(batch, error)
        self._work()

    def _failed(self, batch: RequestBatch, error: BaseException) -> None:
        items = [item for item in batch.items if not item.over]
        if len(items) > 1 and self._stateless and may_blame_one(error):
            self._observer.batch_split(self._model)
            middle = len(items) // 2
            for half in (items[:middle], items[middle:]):
                self._again.append(RequestBatch(half, batch.selection, self._loop.time))
            return
        for item in items:
            item.fail(as_error(error, self._model))

    def _drop(self, drop: Drop) -> None:
        self._observer.dropped(self._model, drop.reason, len(drop.ids))
        for id in drop.ids:
            if (pending := self._queue.remove(id)) is not None:
                waited = self._loop.time() - pending.queued
                pending.fail(
                    DeadlineExceeded(
                        f"waited {waited * 1000:.0f} ms for model '{self._model}', then the deadline passed"
                    )
                )

    def _leave(self, id: int) -> None:
        if self._queue.remove(id) is not None:
            self._observer.dropped(self._model, "cancelled", 1)

    def _wake_at(self, at: float | None) -> None:
        if self._timer is not None:
            if self._timer[0] == at:
                return
            self._timer[1].cancel()
        self._timer = None if at is None else (at, self._loop.call_at(at, self._on_timer))

    def _on_timer(self) -> None:
        self._timer = None
        self._work()
