"""How much work for nothing a peer may ask for: rapid resets, floods of SETTINGS, PING, empty DATA (§10.5)."""

from collections.abc import Callable

from .errors import ENHANCE_YOUR_CALM, ConnectionFault
from .settings import Limits


class Patience:
    """Counts frames that serve nothing. strikes: those not made up for; whoever sends DATA takes one off."""

    __slots__ = ("_clock", "_limits", "_out_length", "_since", "_unread", "strikes")

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._since = clock()
        self._unread = self._out_length = 0
        self.strikes = 0

    def strike(self, out_length: int) -> None:
        """One more such frame, while `out_length` buffers wait to be written. Raises ConnectionFault."""
        self.strikes += 1
        if self.strikes > self._limits.max_strikes:
            now = self._clock()
            if now - self._since < self._limits.strike_seconds:
                raise ConnectionFault(ENHANCE_YOUR_CALM, f"{self.strikes} frames that serve nothing")
            self.strikes, self._since = 0, now
        self._count_unread(out_length)

    def _count_unread(self, out_length: int) -> None:
        """Bound the answers that nobody reads: the output grows from strike to strike until it is taken."""
        if out_length > self._out_length:
            self._unread += 1
        elif out_length < self._out_length:
            self._unread = 0
        self._out_length = out_length
        if self._unread > self._limits.max_unread_controls:
            raise ConnectionFault(ENHANCE_YOUR_CALM, f"{self._unread} answers wait to be read")
