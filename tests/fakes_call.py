"""A Call without a socket: a test sends messages into it and reads what the server answered."""

from graphserver.transport.call import Buffer, Call, Metadata


class FakeCall(Call):
    """Records what a protocol answers. `over` once ended; as on a real wire, nothing after that counts."""

    def __init__(self, path, protocol="grpc", method=None, **rest):
        super().__init__(protocol, method or ("POST" if protocol == "grpc" else "GET"), path, **rest)
        self.started: Metadata | None = None
        self.replies: list[bytes] = []
        self.status: int | None = None
        self.message = ""
        self.trailers: Metadata = {}
        self.over = False

    def start(self, metadata: Metadata) -> None:
        assert self.started is None, "start comes once"
        assert not self.replies, "start comes before any reply"
        if not self.over:
            self.started = metadata

    def reply(self, body: Buffer, final: bool = True) -> None:
        if self.over:
            return
        self.replies.append(bytes(body))
        if final:
            self._end(0 if self.protocol == "grpc" else 200)

    def finish(self, status: int, message: str = "", trailers: Metadata | None = None) -> None:
        if not self.over:
            self.message, self.trailers = message, trailers or {}
            self._end(status)

    def send(self, body: bytes = b"", last: bool = True) -> "FakeCall":
        """A message arrives."""
        self.on_message(memoryview(body), last)
        return self

    def cancel(self) -> None:
        """The caller goes away."""
        self.over = True
        self.on_cancel()

    @property
    def answer(self) -> tuple[int | None, str]:
        """Status and message, as a table of expectations wants them."""
        return self.status, self.message

    def _end(self, status: int) -> None:
        self.over, self.status = True, status


def sent(handler, path, body=b"", **rest) -> FakeCall:
    """A call that `handler` has taken and that has sent its one message."""
    call = FakeCall(path, **rest)
    handler(call)
    return call.send(body)
