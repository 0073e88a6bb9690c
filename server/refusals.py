"""Refused requests in the log: told, but never a flood."""

import logging
from collections.abc import Callable

from .errors import one_line

_SECONDS = 1.0


class RefusalLog:
    """Writes at most one WARNING a second for each reason; the next line tells how many were left out.

    Reasons are words of the program (GraphServerError.reason), never of a caller, so their number is bounded.
    """

    def __init__(self, log: logging.Logger, clock: Callable[[], float]) -> None:
        self._log = log
        self._clock = clock
        self._last: dict[str, float] = {}
        self._silent: dict[str, int] = {}

    def refused(self, reason: str, text: str) -> None:
        """A request was refused for `reason`; `text` is what the caller was told."""
        now = self._clock()
        if now - self._last.get(reason, -_SECONDS) < _SECONDS:
            self._silent[reason] = self._silent.get(reason, 0) + 1
            return
        self._last[reason] = now
        silent = self._silent.pop(reason, 0)
        more = f" ({silent} more since the last such line)" if silent else ""
        self._log.warning("refused, %s: %s%s", reason, one_line(text), more)
