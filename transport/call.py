"""One call on the wire, whatever carries it: the face between transports and protocols.

Statuses are already the wire's (gRPC codes, HTTP statuses); a transport knows no error words and no model.
All methods and callbacks run on the loop thread. Nothing is awaited.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Literal

Metadata = Mapping[str, str | bytes]
Buffer = bytes | bytearray | memoryview

_NOTHING: Metadata = {}


def _ignore_message(_body: memoryview, _last: bool) -> None:
    """Until a protocol takes the call."""


def _ignore() -> None:
    """Until a protocol takes the call."""


class Call(ABC):
    """A request as it arrives and its answer as it leaves.

    protocol: "grpc" or "http". method: "POST", "GET" … path: "/package.Service/Method" or "/v2/…", without the query.
    metadata: header names in lower case; values are bytes where the name ends in "-bin".
    deadline: seconds on the loop's clock, math.inf when none. peer: "127.0.0.1:4321".
    on_message(body, last): set by the protocol that takes the call; unary calls deliver once, with last True.
    on_cancel: the caller went away; nothing can be answered any more.
    ready, on_ready: whether the peer takes more bytes now, and the call-back when it does again (streams only).
    """

    __slots__ = (
        "deadline",
        "metadata",
        "method",
        "on_cancel",
        "on_message",
        "on_ready",
        "path",
        "peer",
        "protocol",
        "query",
        "ready",
    )

    def __init__(
        self,
        protocol: Literal["grpc", "http"],
        method: str,
        path: str,
        *,
        query: str = "",
        metadata: Metadata = _NOTHING,
        deadline: float = float("inf"),
        peer: str = "",
    ) -> None:
        self.protocol = protocol
        self.method = method
        self.path = path
        self.query = query
        self.metadata = metadata
        self.deadline = deadline
        self.peer = peer
        self.on_message: Callable[[memoryview, bool], None] = _ignore_message
        self.on_cancel: Callable[[], None] = _ignore
        self.on_ready: Callable[[], None] = _ignore
        self.ready = True

    def let_go(self) -> None:
        """The call is over (for its transport to say): drop what the protocol set, which leads back to the call.

        Without this each call would be a cycle, and its messages kept until the garbage collector comes by.
        """
        self.on_message, self.on_cancel, self.on_ready = _ignore_message, _ignore, _ignore

    @abstractmethod
    def start(self, metadata: Metadata) -> None:
        """Send the first metadata (HTTP: ":status" and headers). Optional; at most once, before any reply."""

    @abstractmethod
    def reply(self, body: Buffer, final: bool = True) -> None:
        """Send one message (HTTP: a piece of the body). `final` ends the call with OK (200)."""

    @abstractmethod
    def finish(self, status: int, message: str = "", trailers: Metadata = _NOTHING) -> None:
        """End the call with a status of its wire; a later call of any of the three does nothing."""


Handler = Callable[[Call], None]
"""Takes every call that arrives: sets its callbacks, answers when it can."""
