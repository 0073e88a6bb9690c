"""The deadlines of calls under way: one timer for all of a door's calls. Loop thread only."""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from math import inf
from typing import Protocol


class Timed(Protocol):
    """A call that can be told that it is too late."""

    @property
    def deadline(self) -> float: ...
    def too_late(self) -> None: ...


class Timers(Protocol):
    """What this needs of an event loop."""

    def time(self) -> float: ...
    def call_at(self, when: float, callback: Callable[[], object]) -> object: ...


_SLACK = 1024
"""Entries of calls that are over, at least this many, before they are swept out."""


class Deadlines:
    """A heap of deadlines and the calls behind them. A call that is over is let go at once, its entry later."""

    def __init__(self, loop: Timers) -> None:
        self._loop = loop
        self._heap: list[tuple[float, int]] = []
        self._calls: dict[int, Timed] = {}
        self._number = 0
        self._wake = inf

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, call: Timed) -> int:
        """Watch a call; the number is for `remove`."""
        self._number = number = self._number + 1
        self._calls[number] = call
        heappush(self._heap, (call.deadline, number))
        self._wake_at(call.deadline)
        return number

    def remove(self, number: int) -> None:
        """The call is over."""
        self._calls.pop(number, None)
        if len(self._heap) > 2 * len(self._calls) + _SLACK:
            self._heap = [entry for entry in self._heap if entry[1] in self._calls]
            heapify(self._heap)

    def _wake_at(self, when: float) -> None:
        if when < self._wake:
            self._wake = when
            self._loop.call_at(when, self._expire)

    def _expire(self) -> None:
        self._wake, now = inf, self._loop.time()
        while self._heap and self._heap[0][0] <= now:
            call = self._calls.pop(heappop(self._heap)[1], None)
            if call is not None:
                call.too_late()
        if self._heap:
            self._wake_at(self._heap[0][0])
