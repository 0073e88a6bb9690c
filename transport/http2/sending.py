"""Answers as frames: chunked by the peer's windows, queued where these are closed (RFC 9113 §5.2, §6.9)."""

from collections import deque

from .errors import FLOW_CONTROL_ERROR, NO_ERROR, ConnectionFault
from .frames import (
    CONTINUATION,
    DEFAULT_FRAME_SIZE,
    DEFAULT_WINDOW,
    END_HEADERS,
    HEADERS,
    MAX_WINDOW,
    frame,
    pack_header,
)
from .hpack_encoder import SIZE_UPDATE_TO_ZERO
from .patience import Patience
from .settings import DEFAULT_TABLE_SIZE, HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, Limits
from .stream import OPEN, Owner, Stream
from .stream_table import ENDED, StreamTable


class Sending(StreamTable):
    """What is sent on the streams of a connection."""

    def __init__(self, owner: Owner, limits: Limits, patience: Patience) -> None:
        super().__init__(limits)
        self._owner = owner
        self._patience = patience
        self._send_window = self._initial_window = DEFAULT_WINDOW
        self._frame_size = DEFAULT_FRAME_SIZE
        self._forget_table = False

    def send_headers(self, stream: Stream, block: bytes, end: bool = False) -> None:
        """Send an encoded header block (hpack_encoder.encode), split when it is larger than the peer's frames."""
        if stream.ended:
            return
        self._write_block(stream, block, end)
        if end:
            self._answered(stream)

    def send_data(self, stream: Stream, data: bytes | memoryview, end: bool = False) -> None:
        """Send bytes (a view of bytes) as the peer takes them; they are kept, not copied."""
        if stream.ended:
            return
        size = len(data)
        fits = not size or (size <= stream.send_window and size <= self._send_window and size <= self._frame_size)
        if fits and not stream.queued:
            self._write_data(stream, data, size, end)
            if end:
                self._answered(stream)
        else:
            self._enqueue(stream, data, size, end)

    def send_trailers(self, stream: Stream, block: bytes) -> None:
        """Send a last header block, after all data that is queued."""
        if stream.queued and not stream.ended:
            stream.tail, stream.ended = block, True
        else:
            self.send_headers(stream, block, end=True)

    def _answered(self, stream: Stream) -> None:
        """All of the answer is sent; nobody will read what its request still sends (§8.1)."""
        if stream.state == OPEN:
            self.reset(stream, NO_ERROR)
        else:
            self._close(stream, ENDED)

    def _write_block(self, stream: Stream, block: bytes, end: bool) -> None:
        stream.ended = end
        if self._forget_table:
            self._forget_table, block = False, SIZE_UPDATE_TO_ZERO + block
        size, limit = len(block), self._frame_size
        if size <= limit:
            self.out += (pack_header(size << 8 | HEADERS, END_HEADERS | end, stream.id), block)
            return
        self.out.append(frame(HEADERS, end, stream.id, block[:limit]))
        for start in range(limit, size, limit):
            last = END_HEADERS if start + limit >= size else 0
            self.out.append(frame(CONTINUATION, last, stream.id, block[start : start + limit]))

    def _write_data(self, stream: Stream, data: bytes | memoryview, size: int, end: bool) -> None:
        stream.ended |= end
        stream.send_window -= size
        self._send_window -= size
        self.out += (pack_header(size << 8, end, stream.id), data)
        if self._patience.strikes:
            self._patience.strikes -= 1

    def _enqueue(self, stream: Stream, data: bytes | memoryview, size: int, end: bool) -> None:
        if stream.queue is None:
            stream.queue = deque()
        if size:
            stream.queue.append(data)
        stream.queued += size
        self.queued += size
        stream.ended = end
        self._pump(stream)

    def _pump(self, stream: Stream) -> None:
        """Send of a stream's queue what the windows let through."""
        queue = stream.queue
        while queue:
            room = min(stream.send_window, self._send_window, self._frame_size)
            if room <= 0:
                if stream.send_window > 0:
                    self._starved[stream.id] = stream
                return
            piece = queue.popleft()
            if len(piece) > room:
                whole = memoryview(piece)
                piece = whole[:room]
                queue.appendleft(whole[room:])
            stream.queued -= len(piece)
            self.queued -= len(piece)
            self._write_data(stream, piece, len(piece), stream.ended and stream.tail is None and not queue)
        self._starved.pop(stream.id, None)
        if stream.tail is not None:
            self._write_block(stream, stream.tail, end=True)
        if stream.ended:
            self._answered(stream)

    def _widened(self, stream: Stream) -> None:
        """A window opened for a stream that waits for it."""
        self._pump(stream)
        if not stream.queued and not stream.ended:
            self._owner.on_writable(stream)

    def _widen_connection(self, increment: int) -> None:
        """The peer takes more on the connection: streams that waited for it are served in turn."""
        self._send_window += increment
        if self._send_window > MAX_WINDOW:
            raise ConnectionFault(FLOW_CONTROL_ERROR, "WINDOW_UPDATE makes the connection's window too large")
        while self._starved and self._send_window > 0:
            self._widened(self._starved.pop(next(iter(self._starved))))

    def _apply(self, settings: dict[int, int]) -> None:
        """Follow the peer's settings. Raises ConnectionFault when a stream's window gets too large."""
        self._frame_size = settings.get(MAX_FRAME_SIZE, self._frame_size)
        if settings.get(HEADER_TABLE_SIZE, DEFAULT_TABLE_SIZE) < DEFAULT_TABLE_SIZE:
            self._forget_table = True
        if more := settings.get(INITIAL_WINDOW_SIZE, self._initial_window) - self._initial_window:
            self._initial_window += more
            self._shift_windows(more)

    def _shift_windows(self, more: int) -> None:
        """A new initial window changes that of every open stream, maybe below zero (§6.9.2)."""
        for stream in list(self.streams.values()):
            stream.send_window += more
            if stream.send_window > MAX_WINDOW:
                raise ConnectionFault(FLOW_CONTROL_ERROR, f"INITIAL_WINDOW_SIZE overflows the window of {stream.id}")
            if stream.queued and more > 0:
                self._widened(stream)
