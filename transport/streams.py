"""The calls of one HTTP/2 connection: what its streams carry (an http2 Owner)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from .budget import Budget
from .call import Handler
from .deadlines import Deadlines
from .grpc.call import GrpcCall
from .grpc.metadata import Head, Headers, read_head
from .http2.connection import Http2Connection
from .http2.stream import Stream
from .http2_request import Http2Request

_HEADS = 64
"""Request heads kept by one connection; callers mostly repeat theirs."""

LAG = 1 << 20
"""Bytes of a connection's answers that may be unread before streams are no longer `ready`."""

SHARES = 4
"""One connection's unread answers may be this part of the budget."""

_INVALID_ARGUMENT, _RESOURCE_EXHAUSTED = 3, 8
_NO_ERROR = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """What all connections of a door share.

    handler: takes the calls. streams: gRPC paths on which more than one message may travel in a direction.
    limit: bytes of one message.
    """

    handler: Handler
    streams: Collection[str]
    limit: int
    budget: Budget
    deadlines: Deadlines
    clock: Callable[[], float]


class StreamOwner:
    """Makes calls of requests and hands them over; a Carrier for its calls."""

    def __init__(self, exchange: Exchange, peer: str, flush_soon: Callable[[], None]) -> None:
        self._exchange = exchange
        self._heads: dict[int, tuple[Headers, Head]] = {}
        self._timed: dict[int, int] = {}
        self._lagging: dict[int, Stream] = {}
        self._unread = 0
        self.budget = exchange.budget
        self.flush_soon = flush_soon
        self.peer = peer
        self.sender: Http2Connection

    def on_request(self, stream: Stream, headers: Headers, ended: bool) -> None:
        """A request began."""
        head = self._head(headers)
        call = (
            self._grpc(stream, head) if head.is_grpc else Http2Request(self, stream, head, limit=self._exchange.limit)
        )
        stream.context = call
        if head.wrong:
            call.finish(_INVALID_ARGUMENT if head.is_grpc else 400, head.wrong)
        elif full := self._full():
            call.finish(_RESOURCE_EXHAUSTED if head.is_grpc else 429, full)
        else:
            self._exchange.handler(call)
        if ended and stream.context is call:
            call.received(memoryview(b""), True)

    def on_data(self, stream: Stream, data: memoryview, ended: bool) -> None:
        """Bytes of a request's body."""
        call = stream.context
        if call is None:
            self.sender.consumed(stream, len(data))
        else:
            call.received(data, ended)

    def on_trailers(self, stream: Stream, headers: Headers) -> None:  # noqa: ARG002 - no protocol of ours reads them
        """The request ended with trailers."""
        if stream.context is not None:
            stream.context.received(memoryview(b""), True)

    def on_reset(self, stream: Stream, code: int) -> None:  # noqa: ARG002 - whatever the reason, nobody waits
        """The stream is gone."""
        call, stream.context = stream.context, None
        self._untime(stream)
        if call is not None:
            call.left()

    def on_writable(self, stream: Stream) -> None:
        """What was queued on the stream has been sent."""
        if stream.context is not None:
            stream.context.writable()

    def answered(self, stream: Stream, size: int) -> bool:
        """`size` bytes of an answer were sent; False when the peer lags and `writable` follows (Carrier)."""
        self._unread += size
        self.budget.take(size)
        if self._unread >= LAG:
            self._lagging[stream.id] = stream
            return False
        return not stream.queued

    def flushed(self) -> None:
        """The socket takes more: all is on its way but what waits for the peer's windows."""
        if self._unread:
            self._read(self._unread - self.sender.queued)
        if self._lagging:
            lagging, self._lagging = self._lagging, {}
            for stream in lagging.values():
                if not stream.queued:
                    self.on_writable(stream)

    def _read(self, size: int) -> None:
        self._unread -= size
        self.budget.give(size)

    def over(self, stream: Stream) -> None:
        """The call of this stream has been answered in full (Carrier)."""
        stream.context = None
        self._untime(stream)

    def lost(self) -> None:
        """The connection is gone, and with it every call."""
        for stream in list(self.sender.streams.values()):
            self.on_reset(stream, _NO_ERROR)
        self._read(self._unread)

    def _full(self) -> str:
        """Why nothing new is begun, empty when it is. One caller that does not read must not take it all."""
        budget = self.budget
        if self._unread * SHARES > budget.limit:
            return f"{self._unread} bytes of answers wait to be read on this connection"
        if budget.exhausted:
            return f"{budget.used} bytes of requests and answers are under way, at most {budget.limit} may be"
        return ""

    def _head(self, headers: Headers) -> Head:
        known = self._heads.get(id(headers))
        if known is not None:
            return known[1]
        head = read_head(headers)
        if len(self._heads) >= _HEADS:
            self._heads.clear()
        self._heads[id(headers)] = headers, head  # held together: an id is an object's only while it lives
        return head

    def _grpc(self, stream: Stream, head: Head) -> GrpcCall:
        exchange = self._exchange
        deadline = float("inf") if head.timeout is None else exchange.clock() + head.timeout
        streaming = head.path in exchange.streams
        call = GrpcCall(self, stream, head, deadline=deadline, limit=exchange.limit, streaming=streaming)
        if head.timeout is not None:
            self._timed[stream.id] = exchange.deadlines.add(call)
        return call

    def _untime(self, stream: Stream) -> None:
        if self._timed and (number := self._timed.pop(stream.id, None)) is not None:
            self._exchange.deadlines.remove(number)
