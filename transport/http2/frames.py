"""Frames as bytes (RFC 9113 §4, §6): their kinds, flags and how those that are sent are written."""

from collections.abc import Iterable
from struct import Struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client sends first (§3.4)."""

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)

END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
WITH_PRIORITY = 0x20

HEADER_BYTES = 9
MAX_ID = MAX_WINDOW = (1 << 31) - 1
DEFAULT_WINDOW = 65_535
DEFAULT_FRAME_SIZE = 1 << 14

_HEADER = Struct(">IBI")
_LONG = Struct(">I")
_SETTING = Struct(">HI")
_GOAWAY = Struct(">II")

pack_header = _HEADER.pack
"""(size << 8 | kind, flags, stream id) → the nine bytes before a frame's payload."""
unpack_header = _HEADER.unpack_from
unpack_long = _LONG.unpack_from
unpack_settings = _SETTING.iter_unpack


def frame(kind: int, flags: int, stream_id: int, payload: bytes = b"") -> bytes:
    """One whole frame."""
    return pack_header(len(payload) << 8 | kind, flags, stream_id) + payload


def settings(values: Iterable[tuple[int, int]]) -> bytes:
    """SETTINGS of (identifier, value) pairs."""
    return frame(SETTINGS, 0, 0, b"".join(_SETTING.pack(*pair) for pair in values))


def rst_stream(stream_id: int, code: int) -> bytes:
    """RST_STREAM."""
    return frame(RST_STREAM, 0, stream_id, _LONG.pack(code))


def window_update(stream_id: int, increment: int) -> bytes:
    """WINDOW_UPDATE; stream 0 is the connection."""
    return frame(WINDOW_UPDATE, 0, stream_id, _LONG.pack(increment))


def goaway(last_id: int, code: int, reason: str = "") -> bytes:
    """GOAWAY with words for the person who reads the peer's log."""
    return frame(GOAWAY, 0, 0, _GOAWAY.pack(last_id, code) + reason.encode())
