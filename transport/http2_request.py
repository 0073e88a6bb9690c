"""A plain HTTP request on an HTTP/2 stream: the REST routes and pages, for clients that speak HTTP/2."""

from .call import Buffer, Call, Metadata
from .grpc.call import Carrier
from .grpc.metadata import Head, write_metadata
from .http2.hpack_encoder import encode
from .http2.stream import Stream


class Http2Request(Call):
    """Delivered once, whole; a body over the limit is answered 413."""

    __slots__ = ("_carrier", "_ended", "_held", "_limit", "_parts", "_started", "_stream")

    def __init__(self, carrier: Carrier, stream: Stream, head: Head, *, limit: int) -> None:
        super().__init__("http", head.method, head.path, query=head.query, metadata=head.metadata, peer=carrier.peer)
        self._carrier = carrier
        self._stream = stream
        self._limit = limit
        self._parts: list[memoryview] = []
        self._held = 0
        self._started = self._ended = False

    def start(self, metadata: Metadata) -> None:
        if self._started or self._ended:
            return
        self._started = True
        rest = {name: value for name, value in metadata.items() if name != ":status"}
        status = str(metadata.get(":status", "200")).encode()
        self._carrier.sender.send_headers(self._stream, encode(((b":status", status), *write_metadata(rest))))
        self._carrier.flush_soon()

    def reply(self, body: Buffer, final: bool = True) -> None:
        if self._ended:
            return
        self.start({":status": "200"})
        whole = self.method != "HEAD"
        self._carrier.sender.send_data(self._stream, bytes(body) if whole else b"", end=final)
        self.ready = self._carrier.answered(self._stream, len(body))
        if final:
            self._end()
        self._carrier.flush_soon()

    def finish(self, status: int, message: str = "", trailers: Metadata | None = None) -> None:
        if self._ended:
            return
        if self._started:
            self._carrier.sender.reset(self._stream, 2)  # INTERNAL_ERROR: a begun answer cannot become another one
            self._end()
            return
        self.start({":status": str(status), "content-type": "text/plain; charset=utf-8", **(trailers or {})})
        self.reply(f"{message}\n".encode() if message else b"")

    def received(self, data: memoryview, last: bool) -> None:
        """DATA of the caller; `last` ends its body."""
        self._held += len(data)
        if self._held > self._limit:
            self._parts.clear()
            self.finish(413, f"a request body has at most {self._limit} bytes")
        elif not self._ended:
            self._parts.append(data)
            if last:
                self.on_message(memoryview(b"".join(self._parts)), True)
                self._parts.clear()
        self._carrier.sender.consumed(self._stream, len(data))

    def left(self) -> None:
        """The caller went away, or its connection."""
        if not self._ended:
            self._ended = True
            self.on_cancel()
            self.let_go()

    def writable(self) -> None:
        """The caller has read what was queued."""
        if not self.ready:
            self.ready = True
            self.on_ready()

    def _end(self) -> None:
        self._ended = True
        self._carrier.over(self._stream)
        self.let_go()
