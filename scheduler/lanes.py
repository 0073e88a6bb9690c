"""Lanes: one thread each, giving batches to an instance."""

import logging
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Protocol

from ..backend.instance import Instance
from .batch import RequestBatch
from .outbox import Outbox
from .sink import BatchSink

LOG = logging.getLogger(__name__)

Done = Callable[[RequestBatch, BaseException | None], None]
"""Called on the loop thread when `execute` came back: the batch, and what it raised."""


class Runner(Protocol):
    """Runs one batch at a time (a Lane, or a fake in tests)."""

    def run(self, batch: RequestBatch, done: Done) -> None: ...
    def close(self, closed: Callable[[], None]) -> None: ...


class Lane:
    """A thread that owns the right to call `instance.execute`. Starts with its first batch."""

    def __init__(self, name: str, instance: Instance, outbox: Outbox) -> None:
        self._name = name
        self._instance = instance
        self._outbox = outbox
        self._batches: SimpleQueue[tuple[RequestBatch, Done] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._on_exit: Callable[[], None] | None = None

    def run(self, batch: RequestBatch, done: Done) -> None:
        """Hand a batch over; `done` is called on the loop thread."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._batches.put((batch, done))

    def close(self, closed: Callable[[], None]) -> None:
        """End the thread after what it was given; then `closed` is called on the loop thread."""
        if self._thread is None:
            self._outbox.put(closed)
            return
        self._thread, self._on_exit = None, closed
        self._batches.put(None)

    def _work(self) -> None:
        while (job := self._batches.get()) is not None:
            self._execute(*job)
            del job  # a waiting lane must not keep the last batch's arrays alive
        if self._on_exit is not None:
            self._outbox.put(self._on_exit)

    def _execute(self, batch: RequestBatch, done: Done) -> None:
        sink, error = BatchSink(batch, self._outbox), None
        try:
            self._instance.execute(batch, sink)
        except BaseException as raised:
            error = raised
        sink.running = False
        self._outbox.put(partial(done, batch, error))
