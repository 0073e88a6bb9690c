"""The bytes of all messages in flight share one budget, so that memory is bounded however many callers there are.

A message asks for its whole length before its body is let in. Granted ones can always be received to their end, so
two half-received messages never wait for each other; the others wait in order behind their closed windows.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

Granted = Callable[[], None]


@dataclass(slots=True, eq=False)
class Claim:
    """Bytes held, or waited for, by one call."""

    size: int
    granted: Granted
    held: bool = False


class Budget:
    """`limit` bytes. A message larger than all of it is granted when it would be alone."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._waiting: deque[Claim] = deque()
        self.used = 0

    def claim(self, size: int, granted: Granted) -> Claim:
        """Ask for `size` bytes; `granted` is called later unless the claim is `held` at once."""
        claim = Claim(size, granted)
        if not self._waiting and self._fits(size):
            self._hold(claim)
        else:
            self._waiting.append(claim)
        return claim

    def release(self, claim: Claim) -> None:
        """Give back what is held, or stop waiting."""
        if claim.held:
            self.give(claim.size)
        else:
            self._waiting.remove(claim)

    @property
    def exhausted(self) -> bool:
        """Whether nothing new is to be begun."""
        return self.used >= self.limit

    def take(self, size: int) -> None:
        """Count bytes that are there already: answers that wait to be read."""
        self.used += size

    def give(self, size: int) -> None:
        """Bytes are gone; who waited may have them."""
        self.used -= size
        while self._waiting and self._fits(self._waiting[0].size):
            following = self._waiting.popleft()
            self._hold(following)
            following.granted()

    def _fits(self, size: int) -> bool:
        return not self.used or self.used + size <= self.limit

    def _hold(self, claim: Claim) -> None:
        claim.held = True
        self.used += claim.size
