"""How calls of DL4J's service end: with bytes or a status, a count, and a line in the log when refused."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from ...metrics.observer import RequestObserver
from ...spec.errors import Cancelled, GraphServerError
from ...transport.call import Buffer, Call
from ..errors import DL4J, PRECISE, grpc_status
from ..refusals import RefusalLog

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Context:
    """What all calls of the service share. clock: the loop's. dl4j_compat: the original's statuses and texts."""

    observer: RequestObserver
    refusals: RefusalLog
    clock: Callable[[], float]
    dl4j_compat: bool = False


class Answer:
    """The one answer of one call; whatever comes after it counts for nothing.

    model: its name, graph: the id that the call is about; both once known.
    """

    __slots__ = ("_call", "_context", "_method", "_over", "arrived", "graph", "model")

    def __init__(self, context: Context, call: Call) -> None:
        self._context = context
        self._call = call
        self._method = call.path.rpartition("/")[2]
        self._over = False
        self.arrived = context.clock()
        self.model = ""
        self.graph: int | None = None

    def send(self, body: Buffer) -> None:
        """End the call with OK."""
        if self._ends("ok"):
            self._call.reply(body)

    def refuse(self, error: GraphServerError) -> None:
        """End the call with the error's status."""
        if self._ends(error.reason):
            self._context.refusals.refused(error.reason, str(error))
            self._call.finish(*grpc_status(error, DL4J if self._context.dl4j_compat else PRECISE, self.graph))

    def crash(self) -> None:
        """End the call for an exception that nobody expected; to be called where it is being handled."""
        _log.exception("%s failed", self._call.path)
        if self._ends(GraphServerError.reason):
            self._call.finish(13, "internal error; the log says more")

    def cancelled(self) -> None:
        """The caller went away."""
        self._ends(Cancelled.reason)

    def _ends(self, code: str) -> bool:
        """Count the end; False when it has come before."""
        first, self._over = not self._over, True
        if first:
            self._context.observer.request_done(self.model, self._method, code, self.arrived)
        return first
