"""A Call over HTTP/1.1: answers in one piece, or piece by piece."""

from typing import Protocol

from ..call import Buffer, Call, Metadata
from . import answer
from .coding import deflated, worth_deflating
from .head import Head

_QUEUED_BYTES = 64 << 10
_NOTHING: Metadata = {}
_BODILESS = (204, 304)


class Line(Protocol):
    """Where the answers of one connection queue up, in the order of their requests."""

    def send(self, buffers: tuple[Buffer, ...]) -> None:
        """Bytes of the first call in line."""
        ...

    def stays(self, call: "Http1Call") -> bool:
        """Whether the connection is to stay after this call, for all that the connection knows."""
        ...

    def ended(self, call: "Http1Call") -> None:
        """All bytes of `call` are given."""
        ...


class Http1Call(Call):
    """One request and its answer; the first in line writes, later ones hold what they have until it is their turn.

    The head leaves with the first piece of the body. A stream is sent in chunks, to HTTP/1.0 until the connection
    closes; it is not `ready` while 64 KiB of it wait. An error in the middle of a stream can only cut it.
    """

    __slots__ = ("_head", "_held", "_line", "_metadata", "_queued", "_status", "_streams", "keep", "over")

    def __init__(self, line: Line, head: Head, peer: str) -> None:
        super().__init__("http", head.method, head.path, query=head.query, metadata=head.metadata, peer=peer)
        self._line = line
        self._head = head
        self._metadata = _NOTHING
        self._status = 200
        self._streams = False
        self._held: list[Buffer] | None = []
        self._queued = 0
        self.keep = head.keep
        self.over = False

    def start(self, metadata: Metadata) -> None:
        if not self.over and not self._streams:
            self._metadata, self._status = metadata, int(metadata.get(":status", 200))

    def reply(self, body: Buffer, final: bool = True) -> None:
        if self.over:
            return
        if self._streams or not final:
            self._stream(body, final)
        else:
            self._whole(body)

    def finish(self, status: int, message: str = "", trailers: Metadata = _NOTHING) -> None:
        if self.over:
            return
        if self._streams:
            self._end_stream(status, trailers)
        elif status < 400 and not message:
            self._metadata, self._status = {**self._metadata, **trailers}, status
            self._whole(b"")
        else:
            content_type, body = answer.error(self.path, message)
            self._metadata, self._status = {"content-type": content_type, **trailers}, status
            self._whole(body)

    def take_turn(self) -> None:
        """The calls before this one are over."""
        held, self._held = self._held, None
        if held:
            self._line.send(tuple(held))

    def flushed(self) -> None:
        """What was sent has left."""
        self._queued = 0
        if not self.ready:
            self.ready = True
            self.on_ready()

    def cancel(self) -> None:
        """The caller has gone."""
        self.over = True
        on_cancel = self.on_cancel
        self.let_go()
        on_cancel()

    def _whole(self, body: Buffer) -> None:
        framing: tuple[bytes, ...] = ()
        coding = self._head.accepts
        if coding and worth_deflating(len(body)) and "content-encoding" not in self._metadata:
            body = deflated(body, coding)
            framing = (b"content-encoding: %s\r\nvary: accept-encoding\r\n" % coding.encode(),)
        if self._status not in _BODILESS:
            framing += (answer.length(body),)
        head = self._encoded_head(*framing)
        self._send(*((head, body) if self._has_body else (head,)))
        self._end()

    def _stream(self, body: Buffer, final: bool) -> None:
        if not self._streams:
            self._begin_stream()
        if self._has_body:
            self._send(*(answer.chunk(body) if self._head.modern else (body,)))
        if final:
            self._end_stream(200, _NOTHING)

    def _begin_stream(self) -> None:
        self._streams = True
        self.keep = self.keep and self._head.modern
        chunked = self._head.modern and self._status not in _BODILESS
        self._send(self._encoded_head(*((answer.CHUNKED,) if chunked else ())))

    def _end_stream(self, status: int, trailers: Metadata) -> None:
        if status >= 400:
            self.keep = False
        elif self._head.modern and self._has_body:
            wanted = "trailers" in str(self.metadata.get("te", "")).lower()
            self._send(answer.last_chunk(trailers if wanted else _NOTHING))
        self._end()

    def _encoded_head(self, *framing: bytes) -> bytes:
        self.keep = self.keep and self._line.stays(self)
        stay = answer.CLOSE if not self.keep else b"" if self._head.modern else answer.STAY
        return answer.head(self._status, self._metadata, *framing, stay)

    @property
    def _has_body(self) -> bool:
        return self.method != "HEAD" and self._status not in _BODILESS

    def _send(self, *buffers: Buffer) -> None:
        if self._held is None:
            self._line.send(buffers)
        else:
            self._held.extend(buffers)
        self._queued += sum(map(len, buffers))
        self.ready = self._queued < _QUEUED_BYTES

    def _end(self) -> None:
        self.over = True
        self._line.ended(self)
