"""The streams of a connection: open ones, closed ones that still matter, and the bytes they may send (RFC 9113 §5)."""

from collections import deque

from .frames import rst_stream, window_update
from .settings import Limits
from .stream import CLOSED, OPEN, Stream

ENDED, RESET_BY_PEER, RESET_BY_US = range(3)
"""How a stream was closed: what may still come on it depends on that (§5.1)."""

_REMEMBERED = 512
"""Closed streams that are told from others; the oldest are forgotten."""


class StreamTable:
    """Closes streams and gives their windows back.

    out: what is to be written; the owner takes it once a tick and leaves a new list.
    closing: once `out` is written the socket is to be closed. queued: bytes that wait for windows, of all streams.
    """

    def __init__(self, limits: Limits) -> None:
        self.out: list[bytes | memoryview] = [limits.announcement()]
        self.closing = False
        self.streams: dict[int, Stream] = {}
        self.queued: int = 0
        self._limits = limits
        self._refusing = False
        self._starved: dict[int, Stream] = {}
        self._closed: deque[int] = deque(maxlen=_REMEMBERED)
        self._recv_window = limits.connection_window
        self._credit = 0

    def reset(self, stream: Stream, code: int) -> None:
        """Give a stream up; its owner knows."""
        if stream.state != CLOSED:
            self.out.append(rst_stream(stream.id, code))
            self._close(stream, RESET_BY_US)

    def consumed(self, stream: Stream, n: int) -> None:
        """The owner has dealt with `n` bytes that on_data gave it: the peer may send as many again.

        What a stream still holds when it closes is given back then.
        """
        if stream.state == CLOSED:
            return
        n = min(n, stream.held)
        stream.held -= n
        stream.credit += n
        self._give_back(n)
        if stream.credit > self._limits.initial_window >> 1 and stream.state == OPEN:
            self.out.append(window_update(stream.id, stream.credit))
            stream.recv_window += stream.credit
            stream.credit = 0

    def _give_back(self, n: int) -> None:
        """Bytes of the connection's window are free; the peer is told of many at a time."""
        self._credit += n
        if self._credit > self._limits.connection_window >> 1:
            self.out.append(window_update(0, self._credit))
            self._recv_window += self._credit
            self._credit = 0

    def _close(self, stream: Stream, how: int) -> None:
        if stream.queued:
            self._starved.pop(stream.id, None)
            self.queued -= stream.queued
            stream.queued, stream.queue, stream.tail = 0, None, None
        if stream.held:
            self._give_back(stream.held)
            stream.held = 0
        stream.state, stream.ended = CLOSED, True
        self._closed.append(stream.id << 2 | how)
        del self.streams[stream.id]
        if self._refusing and not self.streams:
            self.closing = True

    def _was(self, stream_id: int, how: int) -> bool:
        """Whether a stream was lately closed in that way."""
        return (stream_id << 2 | how) in self._closed
