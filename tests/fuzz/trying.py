"""One execution under watch, and what many of them add up to."""

import time
from collections import Counter
from dataclasses import dataclass, field

from graphserver.kernels.bounds import MOST_BYTES
from graphserver.spec.errors import GraphServerError

from .allocations import Watch
from .targets import Target

LONGEST = 15.0
"""Seconds of processor time that one execution may take: loading, where an op runs a dozen times, and three answers."""


class Finding(AssertionError):
    """An execution that was not answered as it should be."""


@dataclass
class Tally:
    """What became of the executions so far."""

    executions: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    slowest: float = 0.0
    largest: int = 0

    def __str__(self) -> str:
        outcomes = ", ".join(f"{count} {name}" for name, count in self.outcomes.most_common())
        return (
            f"{self.executions} executions ({outcomes}); slowest {self.slowest:.2f} s, "
            f"largest array {self.largest / 2**20:.1f} MB"
        )


def attempt(target: Target, data: bytes, watch: Watch, tally: Tally) -> None:
    """Execute once. Raises Finding for another error than a GraphServerError, for time, and for memory."""
    watch.largest, began = 0, time.process_time()
    try:
        target.run(data)
        outcome = "answered"
    except GraphServerError as error:
        outcome = type(error).__name__
    except Exception as error:
        raise Finding(f"{type(error).__name__}: {error}") from error
    seconds = time.process_time() - began
    tally.executions += 1
    tally.outcomes[outcome] += 1
    tally.slowest, tally.largest = max(tally.slowest, seconds), max(tally.largest, watch.largest)
    if seconds > LONGEST:
        raise Finding(f"it took {seconds:.1f} s, at most {LONGEST:g} s are allowed")
    if watch.largest > MOST_BYTES:
        raise Finding(f"it allocated an array of {watch.largest >> 20} MB, at most {MOST_BYTES >> 20} MB are allowed")
