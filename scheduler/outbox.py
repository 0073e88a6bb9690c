"""The way back from other threads to the loop: many results, one wake-up."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

Job = Callable[[], None]


class Loop(Protocol):
    """What the scheduler needs of an event loop; asyncio's and uvloop's have it, so has the tests' fake."""

    def time(self) -> float: ...
    def call_soon(self, callback: Callable[[], object]) -> object: ...
    def call_at(self, when: float, callback: Callable[[], object]) -> "Timer": ...
    def call_soon_threadsafe(self, callback: Callable[[], object]) -> object: ...


class Timer(Protocol):
    """A call that can still be called off."""

    def cancel(self) -> None: ...


class Outbox:
    """Jobs put by any thread, run on the loop thread in order, at most one wake-up a tick."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._jobs: deque[Job] = deque()
        self._woken = False

    def put(self, job: Job, wake: bool = True) -> None:
        """Add a job; without `wake` it waits for the next one that wakes."""
        self._jobs.append(job)
        if wake and not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # the loop has been closed: nobody waits for this job any more
                self._loop.call_soon_threadsafe(self._run)

    def _run(self) -> None:
        # Lowered first: a job put from here on either is seen below or wakes the loop again.
        self._woken = False
        while self._jobs:
            self._jobs.popleft()()
