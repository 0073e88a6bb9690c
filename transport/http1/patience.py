"""How long a peer is waited for."""

from collections.abc import Callable
from typing import Literal

from .limits import Limits

Phase = Literal["idle", "head", "body", "busy"]
"""Between requests; in a head; in a body; waiting for the server's own answer, which takes the time it takes."""


class Patience:
    """A phase has its time from when it begins; bytes that come one by one do not start it anew.

    next_timeout: when it runs out, on the clock given; None for never.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.next_timeout: float | None = None
        self._clock = clock
        self._seconds: dict[Phase, float] = {
            "idle": limits.idle_seconds,
            "head": limits.head_seconds,
            "body": limits.body_seconds,
        }
        self._least_bytes = limits.body_bytes
        self._now: tuple[Phase, int] | None = None
        self._body_bytes = 0

    def watch(self, phase: Phase, request: int, body_bytes: int = 0) -> None:
        """What is waited for now, in which request, and how much of its body there is."""
        if (phase, request) != self._now:
            self._now = phase, request
            self._begin(body_bytes)

    def over(self, now: float) -> Phase | None:
        """The phase that has had its time, if any."""
        if self._now is None or self.next_timeout is None or now < self.next_timeout:
            return None
        return self._now[0]

    def renew(self, body_bytes: int) -> bool:
        """Whether enough of a body came to wait for more of it."""
        if body_bytes - self._body_bytes < self._least_bytes:
            return False
        self._begin(body_bytes)
        return True

    def _begin(self, body_bytes: int) -> None:
        seconds = self._seconds.get(self._now[0]) if self._now else None
        self.next_timeout = None if seconds is None else self._clock() + seconds
        self._body_bytes = body_bytes
