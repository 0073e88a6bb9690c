"""How the scheduler is watched: an observer it calls, never metrics strewn through it."""

from collections.abc import Sequence
from typing import Protocol


class Timed(Protocol):
    """The times of a request, seconds on the loop's clock, 0.0 for what did not happen (a Pending has them)."""

    @property
    def arrived(self) -> float: ...
    @property
    def queued(self) -> float: ...
    @property
    def started(self) -> float: ...
    @property
    def executed(self) -> float: ...


class SchedulerObserver(Protocol):
    """Called on the loop thread, per batch or per event, never per row."""

    def batch_taken(self, model: str, requests: int, rows: int, reason: str) -> None:
        """A batch left the queue. `reason`: why now (the policy's word)."""
        ...

    def batch_done(self, model: str, items: Sequence[Timed], seconds: float) -> None:
        """A batch was executed in `seconds` on its lane."""
        ...

    def batch_split(self, model: str) -> None:
        """A failing batch is run again by halves."""
        ...

    def dropped(self, model: str, reason: str, requests: int) -> None:
        """Requests left the queue unanswered by the model ("deadline", "cancelled", "full" …)."""
        ...


class RequestObserver(Protocol):
    """Called by a protocol when it has answered a request."""

    def request_done(self, model: str, method: str, code: str, arrived: float) -> None:
        """A request that arrived at `arrived` is over.

        model: "" when it concerns none. code: "ok" or the reason word of its error (spec.errors).
        """
        ...


class Silent:
    """An observer that looks away (tests, tools)."""

    def request_done(self, model: str, method: str, code: str, arrived: float) -> None:
        """Nothing."""

    def batch_taken(self, model: str, requests: int, rows: int, reason: str) -> None:
        """Nothing."""

    def batch_done(self, model: str, items: Sequence[Timed], seconds: float) -> None:
        """Nothing."""

    def batch_split(self, model: str) -> None:
        """Nothing."""

    def dropped(self, model: str, reason: str, requests: int) -> None:
        """Nothing."""
