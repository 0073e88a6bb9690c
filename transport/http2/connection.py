"""The server's side of one HTTP/2 connection: bytes in, calls of the owner and bytes out (RFC 9113)."""

from collections.abc import Callable
from typing import ClassVar, Self

from .control_frames import Control
from .errors import FRAME_SIZE_ERROR, PROTOCOL_ERROR, ConnectionFault
from .frames import (
    ACK,
    CONTINUATION,
    DATA,
    GOAWAY,
    HEADER_BYTES,
    HEADERS,
    MAX_ID,
    PADDED,
    PING,
    PREFACE,
    PRIORITY,
    PUSH_PROMISE,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    goaway,
    unpack_header,
)
from .settings import Limits
from .stream import Owner
from .stream_table import RESET_BY_US


class Http2Connection(Control):
    """Server side of one HTTP/2 connection, sans-IO.

    The owner feeds `receive`, takes `out` once a tick (leaving a new list), and closes the socket once `out` is
    written and `closing` is set. Requests reach it by Owner's methods, called from within `receive`.
    clock: seconds, monotonic. unanswered_ping_at: when the keepalive PING was sent that still has no answer.
    """

    _handlers: ClassVar[dict[int, Callable[[Self, int, int, bytes], None]]] = {
        HEADERS: Control._on_headers,
        PRIORITY: Control._on_priority,
        RST_STREAM: Control._on_rst_stream,
        SETTINGS: Control._on_settings,
        PUSH_PROMISE: Control._on_push_promise,
        PING: Control._on_ping,
        GOAWAY: Control._on_goaway,
        WINDOW_UPDATE: Control._on_window_update,
        CONTINUATION: Control._on_continuation,
    }

    def __init__(self, owner: Owner, limits: Limits, clock: Callable[[], float]) -> None:
        super().__init__(owner, limits, clock)
        self._rest = bytearray()
        self._opening = True
        self._data_left = 0
        self._data_head = (0, 0)

    def receive(self, data: bytes) -> None:
        """Feed bytes from the peer. Never raises for what a peer does: its error queues GOAWAY and sets `closing`."""
        if self.closing:
            return
        try:
            pos = self._resume(data) if self._rest or self._data_left or self._opening else 0
            pos = self._take_frames(data, pos)
            if pos < len(data):
                self._rest += memoryview(data)[pos:]
        except ConnectionFault as fault:
            self._fail(fault)

    def _take_frames(self, data: bytes, pos: int) -> int:
        """Handle the frames that `data` holds from `pos` on; where the first unfinished one begins."""
        end, most, handlers = len(data), self._limits.max_frame_size, self._handlers
        while end - pos >= HEADER_BYTES:
            head, flags, stream_id = unpack_header(data, pos)
            kind, size = head & 0xFF, head >> 8
            start = pos + HEADER_BYTES
            stop = start + size
            stream_id &= MAX_ID
            if size > most:
                raise ConnectionFault(FRAME_SIZE_ERROR, f"a frame has {size} bytes, at most {most} are taken")
            if self._fragments is not None and kind != CONTINUATION:
                raise ConnectionFault(PROTOCOL_ERROR, f"a frame of kind {kind} inside a header block")
            if kind == DATA and (stop <= end or not flags & PADDED):
                if stop > end:
                    return self._begin_data(flags, stream_id, data, start, size)
                self._on_data(flags, stream_id, data, start, stop)
            elif stop > end:
                break
            elif handler := handlers.get(kind):
                handler(self, flags, stream_id, data[start:stop])
            pos = stop
        return pos

    def _begin_data(self, flags: int, stream_id: int, data: bytes, start: int, size: int) -> int:
        """Hand on what is there of a DATA frame: large ones are not collected here."""
        self._data_head, self._data_left = (flags, stream_id), size
        return self._more_data(data, start)

    def _more_data(self, data: bytes, pos: int) -> int:
        """Hand on more of a begun DATA frame, which ends the stream only with its last byte; where it ends."""
        stop = min(pos + self._data_left, len(data))
        self._data_left -= stop - pos
        flags, stream_id = self._data_head
        if stop > pos:
            self._on_data(0 if self._data_left else flags, stream_id, data, pos, stop)
        return stop

    def _resume(self, data: bytes) -> int:
        """Finish what earlier bytes began; where the next frame begins."""
        pos = self._open(data) if self._opening else 0
        while self._rest and pos < len(data):
            pos = self._complete(data, pos)
        return self._more_data(data, pos) if self._data_left else pos

    def _complete(self, data: bytes, pos: int) -> int:
        """Move bytes to the cut-off frame in `_rest` until its header is whole, then until all of it is."""
        rest = self._rest
        missing = _wanted(rest) - len(rest)
        rest += memoryview(data)[pos : pos + missing]
        if len(rest) == HEADER_BYTES or len(rest) == _wanted(rest):
            del rest[: self._take_frames(bytes(rest), 0)]
        return min(pos + missing, len(data))

    def _open(self, data: bytes) -> int:
        """The client's preface, and the SETTINGS that must follow it (§3.4)."""
        held = len(self._rest)
        self._rest += memoryview(data)[: len(PREFACE) + HEADER_BYTES - held]
        if not PREFACE.startswith(self._rest[: len(PREFACE)]):
            raise ConnectionFault(PROTOCOL_ERROR, "the connection does not begin with HTTP/2's preface")
        if len(self._rest) < len(PREFACE) + HEADER_BYTES:
            return len(data)
        head, flags, _ = unpack_header(self._rest, len(PREFACE))
        if head & 0xFF != SETTINGS or flags & ACK:
            raise ConnectionFault(PROTOCOL_ERROR, "the first frame is not SETTINGS")
        self._opening = False
        del self._rest[: len(PREFACE)]
        del self._rest[: self._take_frames(bytes(self._rest), 0)]
        return len(PREFACE) + HEADER_BYTES - held

    def _fail(self, fault: ConnectionFault) -> None:
        """Tell the peer why, and its streams' owner that they are over (§5.4.1)."""
        for stream in list(self.streams.values()):
            self._close(stream, RESET_BY_US)
            self._owner.on_reset(stream, fault.code)
        self.out.append(goaway(self._last_id, fault.code, str(fault)))
        self.closing = True


def _wanted(rest: bytearray) -> int:
    """Bytes up to the end of the frame that `rest` begins, or of its header while that is incomplete."""
    return HEADER_BYTES if len(rest) < HEADER_BYTES else HEADER_BYTES + (unpack_header(rest)[0] >> 8)
