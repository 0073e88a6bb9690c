"""HTTP/2 frames and header blocks as an attacker writes them: any bytes go, nothing is checked (RFC 9113, 4; 7541)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (0, 1, 2, 3, 4, 6, 7, 8, 9)
END_STREAM, END_HEADERS = 0x1, 0x4
INITIAL_WINDOW_SIZE = 4
PROTOCOL_ERROR, FLOW_CONTROL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM = 1, 3, 7, 8, 11


class Frame(NamedTuple):
    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def code(self) -> int:
        """The error code of a GOAWAY or RST_STREAM."""
        return int.from_bytes(self.payload[4:8] if self.kind == GOAWAY else self.payload[:4], "big")


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def parse(buffer: bytearray) -> Iterator[Frame]:
    """The whole frames at the head of `buffer`, which are taken out of it."""
    while len(buffer) >= 9 and len(buffer) >= 9 + (size := int.from_bytes(buffer[:3], "big")):
        stream = int.from_bytes(buffer[5:9], "big") & 0x7FFFFFFF
        yield Frame(buffer[3], buffer[4], stream, bytes(buffer[9 : 9 + size]))
        del buffer[: 9 + size]


def settings(values: Mapping[int, int]) -> bytes:
    return frame(SETTINGS, payload=b"".join(n.to_bytes(2, "big") + v.to_bytes(4, "big") for n, v in values.items()))


def reset(stream: int, code: int = CANCEL) -> bytes:
    return frame(RST_STREAM, 0, stream, code.to_bytes(4, "big"))


def window_update(stream: int, increment: int) -> bytes:
    return frame(WINDOW_UPDATE, 0, stream, increment.to_bytes(4, "big"))


def request(stream: int, path: str = "/a.B/Echo", *more: bytes, end: bool = False) -> bytes:
    """HEADERS of a gRPC call; `more` are fields that are already encoded."""
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block(path, *more))


def block(path: str, *more: bytes) -> bytes:
    """The header block of a gRPC call."""
    return b"".join(
        (
            field(b":method", b"POST"),
            field(b":scheme", b"http"),
            field(b":authority", b"victim"),
            field(b":path", path.encode()),
            field(b"te", b"trailers"),
            field(b"content-type", b"application/grpc"),
            *more,
        )
    )


def message(stream: int, body: bytes, *, end: bool = True, compressed: bool = False) -> bytes:
    """A gRPC message in DATA frames of the least size that everybody must take."""
    sent = bytes((compressed,)) + len(body).to_bytes(4, "big") + body
    pieces = [sent[at : at + 16384] for at in range(0, len(sent), 16384)]
    last = len(pieces) - 1
    return b"".join(frame(DATA, END_STREAM if end and i == last else 0, stream, p) for i, p in enumerate(pieces))


def field(name: bytes, value: bytes, *, indexed: bool = False) -> bytes:
    """A literal field with a new name; `indexed` puts it into the receiver's dynamic table."""
    return (b"\x40" if indexed else b"\x00") + _string(name) + _string(value)


def _string(text: bytes) -> bytes:
    return _integer(len(text), 7) + text


def _integer(value: int, bits: int) -> bytes:
    limit = (1 << bits) - 1
    if value < limit:
        return bytes((value,))
    value, written = value - limit, [limit]
    while value >= 128:
        written.append(value % 128 + 128)
        value //= 128
    return bytes((*written, value))
