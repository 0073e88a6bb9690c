"""One request and its answer on a connection, and who is told about it (RFC 9113 §5)."""

from collections import deque
from typing import Any, Protocol

Headers = tuple[tuple[bytes, bytes], ...]

OPEN, HALF_CLOSED, CLOSED = range(3)
"""States: the request is coming in; it has ended, the answer has not; both have ended, or one side reset the stream.

There is no half-closed (local): an answer that ends before its request resets the stream with NO_ERROR (§8.1).
"""


class Stream:
    """An open stream.

    send_window: bytes of DATA that the peer takes now. recv_window: bytes that it may send now.
    held: bytes delivered to the owner and not `consumed` yet. credit: consumed, the peer not told yet.
    expected: bytes still to come by content-length, −1 when it was not given.
    queued: bytes in `queue`, which waits for a window; `tail`: the trailers after it. ended: the answer's end is given.
    context: the owner's.
    """

    __slots__ = (
        "context",
        "credit",
        "ended",
        "expected",
        "held",
        "id",
        "queue",
        "queued",
        "recv_window",
        "send_window",
        "state",
        "tail",
    )

    def __init__(self, id: int, send_window: int, recv_window: int, expected: int = -1) -> None:
        self.id = id
        self.state = OPEN
        self.send_window = send_window
        self.recv_window = recv_window
        self.held = self.credit = self.queued = 0
        self.expected = expected
        self.queue: deque[bytes | memoryview] | None = None
        self.tail: bytes | None = None
        self.ended = False
        self.context: Any = None


class Owner(Protocol):
    """Who serves the streams of a connection; called from within `receive`, must not raise."""

    def on_request(self, stream: Stream, headers: Headers, ended: bool) -> None:
        """A request begins. Its `headers` are valid (§8.2, §8.3); the same tuple object for the same cached block."""
        ...

    def on_data(self, stream: Stream, data: memoryview, ended: bool) -> None:
        """Bytes of the request, valid for as long as they are kept. Each counts until `consumed`."""
        ...

    def on_trailers(self, stream: Stream, headers: Headers) -> None:
        """The request ends with trailers."""
        ...

    def on_reset(self, stream: Stream, code: int) -> None:
        """The stream is over before its answer: reset by the peer, or by us for the peer's fault."""
        ...

    def on_writable(self, stream: Stream) -> None:
        """`stream.queued` went to zero, and the answer has not ended."""
        ...
