"""Checks of values that only a device knows: noted while kernels run, judged with the results.

To look at such a value at once would make the host wait in the middle of a run. Until then the kernel goes on with
whatever its array module makes of it; an answer is only sent after the checks have been judged.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..spec.errors import InvalidArgument

Number = Callable[[Any], int]
"""An array of one whole number as that number."""


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """Indices of op `what` from `low` to `high` (arrays of one entry) must lie in 0 … size - 1."""

    what: str
    low: Any
    high: Any
    size: int

    def judge(self, number: Number) -> None:
        """Raise InvalidArgument unless they do."""
        low, high = number(self.low), number(self.high)
        if low < 0 or high >= self.size:
            raise InvalidArgument(f"{self.what} got indices {low} to {high}; expected 0 to {self.size - 1}")


class _Noted(threading.local):
    checks: list[IndexCheck] | None = None


_NOTED = _Noted()


@contextmanager
def deferred_checks() -> Generator[Sequence[IndexCheck]]:
    """Collect the checks that this thread's kernels defer; whoever collects judges them, or drops them with reason."""
    outer, _NOTED.checks = _NOTED.checks, []
    try:
        yield _NOTED.checks
    finally:
        _NOTED.checks = outer


def defer(check: IndexCheck) -> None:
    """Leave a check to who collects them; where nobody does, as at load, it is judged at once."""
    if _NOTED.checks is None:
        check.judge(lambda value: int(value.get()))
    else:
        _NOTED.checks.append(check)
