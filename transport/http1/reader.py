"""Bytes to whole requests."""

from ..call import Buffer
from .body import ChunkedBody, SizedBody
from .coding import inflated
from .head import Head, parse, target, too_long
from .limits import Limits
from .refusal import Refused


class RequestReader:
    """Takes bytes by `feed`, gives requests by `next`, one at a time: what follows a request stays unread until asked.

    head: of the request whose body is arriving, else None. requests: how many heads were read.
    body_bytes: how much of the body is there.
    """

    def __init__(self, limits: Limits) -> None:
        self.head: Head | None = None
        self.requests = 0
        self._limits = limits
        self._data, self._at = b"", 0
        self._body: SizedBody | ChunkedBody = SizedBody(0)

    def feed(self, data: bytes) -> None:
        """More bytes, immutable: a body that came in one piece is a view of them."""
        self._data = self._data[self._at :] + data if self._at < len(self._data) else data
        self._at = 0

    def next(self) -> tuple[Head, Buffer] | None:
        """The next request and its body, inflated; None when more bytes are needed. Raises Refused."""
        if self.head is None and not (self._data and self._read_head()):
            return None
        assert self.head is not None
        self._at = self._body.take(self._data, self._at)
        whole = self.head, self._body.content
        self._let_go_of_data()
        return self._taken(*whole) if self._body.done else None

    def drop(self) -> None:
        """Forget what has come and is not a whole request."""
        self._data, self._at, self.head, self._body = b"", 0, None, SizedBody(0)

    @property
    def body_bytes(self) -> int:
        return self._body.size

    @property
    def in_head(self) -> bool:
        """Whether a head has begun to arrive (or waits to be read)."""
        return self.head is None and self._at < len(self._data)

    @property
    def culprit(self) -> Head:
        """Method and path of what `next` refused, as far as they can be told."""
        return self.head or Head("", target(self._data[self._at : self._at + self._limits.max_head_bytes]))

    def _read_head(self) -> bool:
        data, most = self._data, self._limits.max_head_bytes
        while self._at < len(data) and data[self._at] in b"\r\n":
            self._at += 1  # empty lines before a request are allowed (RFC 9112, section 2.2)
        end = data.find(b"\r\n\r\n", self._at, self._at + most) + 4
        if end > 3:
            self.head = parse(data[self._at : end])
            self._at = end
            self.requests += 1
            self._body = self._body_of(self.head)
            return True
        if len(data) - self._at >= most:
            raise too_long(data[self._at : self._at + most], most)
        self._let_go_of_data()
        return False

    def _body_of(self, head: Head) -> SizedBody | ChunkedBody:
        most = self._limits.max_message_bytes
        if head.length is None:
            return ChunkedBody(most)
        if head.length > most:
            raise Refused(413, f"a request body is at most {most} bytes, not {head.length}")
        return SizedBody(head.length)

    def _taken(self, head: Head, body: Buffer) -> tuple[Head, Buffer]:
        if head.coding and len(body):
            body = inflated(body, head.coding, self._limits.max_inflated_bytes)
        self.head, self._body = None, SizedBody(0)
        return head, body

    def _let_go_of_data(self) -> None:
        """An idle connection keeps nothing of what it has read."""
        if self._at == len(self._data):
            self._data, self._at = b"", 0
