"""A gRPC call on an HTTP/2 stream of our own engine."""

from typing import Protocol

from ..budget import Budget, Claim
from ..call import Buffer, Call, Metadata
from ..http2.hpack_encoder import encode
from ..http2.stream import Stream
from .framing import FramingError, MessageReader, pack_prefix
from .metadata import Head, write_message, write_metadata

_HEADERS = ((b":status", b"200"), (b"content-type", b"application/grpc"))
_OPENING = encode(_HEADERS)
_GOOD_END = encode(((b"grpc-status", b"0"),))

DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL = 4, 12, 13

UNCLAIMED = 1 << 16
"""Bytes of a message that need no claim on the budget; the number of streams bounds what they add up to."""


class Sender(Protocol):
    """The connection, as a call needs it (http2.connection.Http2Connection)."""

    def send_headers(self, stream: Stream, block: bytes, end: bool = False) -> None: ...
    def send_data(self, stream: Stream, data: bytes | memoryview, end: bool = False) -> None: ...
    def send_trailers(self, stream: Stream, block: bytes) -> None: ...
    def reset(self, stream: Stream, code: int) -> None: ...
    def consumed(self, stream: Stream, n: int) -> None: ...


class Carrier(Protocol):
    """What carries the calls of one connection (streams.StreamOwner)."""

    @property
    def sender(self) -> Sender: ...
    @property
    def budget(self) -> Budget: ...
    @property
    def peer(self) -> str: ...

    def flush_soon(self) -> None:
        """There is something to write at the end of this tick."""
        ...

    def answered(self, stream: Stream, size: int) -> bool:
        """`size` bytes of an answer were sent; False when the peer lags and `writable` follows."""
        ...

    def over(self, stream: Stream) -> None:
        """The call of this stream has been answered in full."""
        ...


class GrpcCall(Call):
    """Messages of the caller become on_message, answers become frames.

    A unary call is delivered once, whole. Where more than one message may travel (`streaming`), each is delivered as
    it comes with last False, and the end of them as an empty one with last True.
    """

    __slots__ = ("_carrier", "_claim", "_ended", "_owed", "_reader", "_started", "_stream", "_streaming", "_whole")

    def __init__(
        self, carrier: Carrier, stream: Stream, head: Head, *, deadline: float, limit: int, streaming: bool
    ) -> None:
        super().__init__("grpc", "POST", head.path, metadata=head.metadata, deadline=deadline, peer=carrier.peer)
        self._carrier = carrier
        self._stream = stream
        self._reader = MessageReader(limit, head.encoding)
        self._claim: Claim | None = None
        self._owed = 0
        self._streaming = streaming
        self._whole: memoryview | None = None
        self._started = self._ended = False

    def start(self, metadata: Metadata) -> None:
        if not self._started and not self._ended:
            self._open(encode((*_HEADERS, *write_metadata(metadata))))

    def reply(self, body: Buffer, final: bool = True) -> None:
        if self._ended:
            return
        if not self._started:
            self._open(_OPENING)
        sender, size = self._carrier.sender, len(body)
        if size < 1 << 14:
            sender.send_data(self._stream, b"".join((pack_prefix(0, size), body)))
        else:
            sender.send_data(self._stream, pack_prefix(0, size))
            sender.send_data(self._stream, body if isinstance(body, bytes) else memoryview(body).cast("B"))
        self.ready = self._carrier.answered(self._stream, size)
        if final:
            self._end(_GOOD_END)
        else:
            self._carrier.flush_soon()

    def finish(self, status: int, message: str = "", trailers: Metadata | None = None) -> None:
        if self._ended:
            return
        fields = [(b"grpc-status", b"%d" % status)]
        if message:
            fields.append((b"grpc-message", write_message(message)))
        fields += write_metadata(trailers or {})
        self._end(encode(fields if self._started else (*_HEADERS, *fields)))

    def received(self, data: memoryview, last: bool) -> None:
        """DATA of the caller; `last` ends its messages."""
        size = len(data)
        if not self._ended:
            try:
                self._read(data, last)
            except FramingError as error:
                self.finish(error.status, str(error))
        if self._claim is None or self._claim.held or self._ended:
            self._carrier.sender.consumed(self._stream, size)
        else:
            self._owed += size  # the window stays closed until there is room for the message

    def left(self) -> None:
        """The caller went away, or its connection."""
        if not self._ended:
            self._ended = True
            self._release()
            self.on_cancel()
            self.let_go()

    def too_late(self) -> None:
        """The deadline passed before the call was answered."""
        if not self._ended:
            self.on_cancel()
            self.finish(DEADLINE_EXCEEDED, "the deadline passed")

    def writable(self) -> None:
        """The caller has read what was queued."""
        if not self.ready:
            self.ready = True
            self.on_ready()

    def _read(self, data: memoryview, last: bool) -> None:
        for message in self._reader.feed(data):
            self._deliver(message)
        if self._claim is None and self._reader.held and (needed := self._reader.needed()) > UNCLAIMED:
            self._claim = self._carrier.budget.claim(needed, self._granted)
        if last:
            self._deliver_end()

    def _granted(self) -> None:
        owed, self._owed = self._owed, 0
        self._carrier.sender.consumed(self._stream, owed)
        self._carrier.flush_soon()

    def _release(self) -> None:
        claim, self._claim = self._claim, None
        if claim is not None:
            self._carrier.budget.release(claim)

    def _deliver(self, message: memoryview) -> None:
        if self._streaming:
            self._release()
            self.on_message(message, False)
        elif self._whole is not None:
            raise FramingError(UNIMPLEMENTED, "a unary call takes one message, got more")
        else:
            self._whole = message

    def _deliver_end(self) -> None:
        if self._reader.held:
            raise FramingError(INTERNAL, f"the call ended {self._reader.held} bytes into a message")
        if self._streaming:
            self.on_message(memoryview(b""), True)
        elif self._whole is None:
            raise FramingError(UNIMPLEMENTED, "a unary call takes one message, got none")
        else:
            whole, self._whole = self._whole, None
            self.on_message(whole, True)

    def _open(self, block: bytes) -> None:
        self._started = True
        self._carrier.sender.send_headers(self._stream, block)
        self._carrier.flush_soon()

    def _end(self, block: bytes) -> None:
        self._ended = True
        self._release()
        if self._started:
            self._carrier.sender.send_trailers(self._stream, block)
        else:
            self._carrier.sender.send_headers(self._stream, block, end=True)
        self._carrier.over(self._stream)
        self._carrier.flush_soon()
        self.let_go()
