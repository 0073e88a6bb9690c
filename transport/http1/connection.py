"""The server side of one HTTP/1.1 connection, sans-IO."""

import logging
from collections import deque
from collections.abc import Callable

from ..call import Buffer, Handler
from . import answer
from .call import Http1Call
from .head import Head
from .limits import Limits
from .patience import Patience, Phase
from .reader import RequestReader
from .refusal import Refused

_log = logging.getLogger(__name__)


def _nothing() -> None:
    """Until an owner listens."""


class Http1Connection:
    """Hands requests to `handler` as they become whole, and answers them in their order.

    clock: seconds, monotonic; the one of `next_timeout` and `on_time`. peer: HOST:PORT, for the calls.
    out: what is to be written; the owner takes it by putting a new list there, and calls `flushed`.
    closing: once `out` is written the socket is to be closed; what still comes is ignored.
    on_output: called when there is something to write again, or `closing` is set; look at `accepting` then.
    """

    def __init__(self, handler: Handler, limits: Limits, clock: Callable[[], float], peer: str) -> None:
        self.out: list[Buffer] = []
        self.closing = False
        self.on_output: Callable[[], None] = _nothing
        self._handler = handler
        self._peer = peer
        self._limits = limits
        self._reader = RequestReader(limits)
        self._patience = Patience(limits, clock)
        self._calls: deque[Http1Call] = deque()
        self._continued = 0  # the last request whose caller was told to go on with its body
        self._last = False  # no request is begun any more
        self._reading = False
        self._watch()

    @property
    def accepting(self) -> bool:
        """False while enough requests wait for answers; the owner then reads no more from the socket."""
        return self._reader.head is not None or len(self._calls) < self._limits.max_unanswered

    @property
    def next_timeout(self) -> float | None:
        """When `on_time` is to be called; None for never."""
        return self._patience.next_timeout

    def receive(self, data: bytes) -> None:
        """Bytes from the peer. Raises nothing for what a peer sends."""
        if self._reader.head is not None or not self._last:
            self._reader.feed(data)
            self._read()

    def flushed(self) -> None:
        """The owner has taken `out`, and the socket takes more: a stream may go on."""
        if self._calls:
            self._guard(self._calls[0], self._calls[0].flushed)

    def on_time(self, now: float) -> None:
        """End a connection that does not get on."""
        phase, limits = self._patience.over(now), self._limits
        if phase == "idle":
            self._close()
        elif phase == "head":
            self._refuse(Refused(408, f"the request head took longer than {limits.head_seconds:g} s"))
        elif phase == "body" and not self._patience.renew(self._reader.body_bytes):
            least = f"{limits.body_bytes} bytes in {limits.body_seconds:g} s"
            self._refuse(Refused(408, f"the request body came slower than {least}"))

    def drain(self) -> None:
        """Answer what was begun, then close."""
        self._last = True
        self._close_when_done()

    def lost(self) -> None:
        """The socket is gone."""
        self._close()

    # What calls ask of the line in which their answers leave.

    def send(self, buffers: tuple[Buffer, ...]) -> None:
        """Queue bytes of the first call in line."""
        was_empty = not self.out
        self.out.extend(buffers)
        if was_empty:
            self.on_output()

    def stays(self, call: Http1Call) -> bool:
        """Whether others may follow `call`."""
        return not self._last or self._reader.head is not None or call is not self._calls[-1]

    def ended(self, call: Http1Call) -> None:
        """All of `call` is said; go on with the answers that waited for it, and with reading."""
        call.let_go()
        while self._calls and self._calls[0].over:
            if not self._calls.popleft().keep:
                self._close()
                return
            if self._calls:
                self._calls[0].take_turn()
        self._read()

    def _read(self) -> None:
        """Take requests while they are there and may wait. Not from within itself: answers may come at once."""
        if self._reading or self.closing:
            return
        self._reading = True
        try:
            while self._reader.head is not None or (self.accepting and not self._last):
                request = self._reader.next()
                self._continue(request[0] if request else self._reader.head)
                if request is None:
                    break
                self._take(*request)
        except Refused as refused:
            self._refuse(refused)
        finally:
            self._reading = False
        self._close_when_done()

    def _continue(self, head: Head | None) -> None:
        """Ask for a body that is held back until then; in line like any answer."""
        if head and head.continues and not self._calls and self._continued < self._reader.requests:
            self._continued = self._reader.requests
            self.send((answer.CONTINUE,))

    def _take(self, head: Head, body: Buffer) -> None:
        self._last = self._last or not head.keep
        call = self._enqueue(head)
        self._guard(call, lambda: self._hand_over(call, memoryview(body)))

    def _hand_over(self, call: Http1Call, body: memoryview) -> None:
        self._handler(call)
        if call.over:
            call.let_go()  # of what the handler set after its answer
        else:
            call.on_message(body, True)

    def _enqueue(self, head: Head) -> Http1Call:
        call = Http1Call(self, head, self._peer)
        self._calls.append(call)
        if len(self._calls) == 1:
            call.take_turn()
        return call

    def _refuse(self, refused: Refused) -> None:
        """Answer what is no request, after those before it, and read no more."""
        culprit = self._reader.culprit
        self._last = True
        self._reader.drop()
        self._enqueue(Head(culprit.method, culprit.path)).finish(refused.status, refused.text)
        self._watch()

    def _guard(self, call: Http1Call, step: Callable[[], None]) -> None:
        """Run a protocol's code: what it raises ends its call alone."""
        try:
            step()
        except Exception:
            _log.exception("%s %s failed", call.method, call.path)
            call.finish(500, "internal error; the log says more")

    def _close_when_done(self) -> None:
        if self._last and not self._calls and self._reader.head is None:
            self._close()
        self._watch()

    def _close(self) -> None:
        if self.closing:
            return
        self.closing, self._last = True, True
        self._reader.drop()
        left, self._calls = self._calls, deque()
        for call in left:
            self._guard(call, call.cancel)
        self._watch()
        self.on_output()

    def _watch(self) -> None:
        self._patience.watch(self._phase(), self._reader.requests, self._reader.body_bytes)

    def _phase(self) -> Phase:
        reader = self._reader
        if reader.head is not None:
            held_back = reader.head.continues and self._continued < reader.requests
            return "busy" if held_back else "body"
        if self._last or not self.accepting:
            return "busy"
        if reader.in_head:
            return "head"
        return "busy" if self._calls else "idle"
