"""The client's side of an HTTP/2 connection, by hand: frames as bytes, and an owner that records what it is told."""

from dataclasses import dataclass, field

from graphserver.transport.http2.connection import Http2Connection
from graphserver.transport.http2.hpack_encoder import encode
from graphserver.transport.http2.settings import Limits

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, WITH_PRIORITY = 1, 1, 4, 8, 32

REQUEST = ((b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/a"), (b":authority", b"localhost"))
BLOCK = encode(REQUEST)
ANSWER = encode(((b":status", b"200"),))
TRAILERS = encode(((b"grpc-status", b"0"),))


def frame(kind, flags=0, stream=0, payload=b""):
    return len(payload).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + payload


def settings(**values):
    """`settings(_4=100)`: identifiers are numbers."""
    return frame(SETTINGS, 0, 0, b"".join(int(n[1:]).to_bytes(2) + v.to_bytes(4) for n, v in values.items()))


def headers(stream, *, end=True, block=BLOCK, flags=END_HEADERS):
    return frame(HEADERS, flags | end, stream, block)


def data(stream, body, *, end=False):
    return frame(DATA, end, stream, body)


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, increment.to_bytes(4))


def rst_stream(stream, code=8):
    return frame(RST_STREAM, 0, stream, code.to_bytes(4))


@dataclass(frozen=True)
class Sent:
    """A frame that the connection sent."""

    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def code(self):
        """Of RST_STREAM and GOAWAY."""
        return int.from_bytes(self.payload[4:8] if self.kind == GOAWAY else self.payload)


@dataclass
class Client:
    """Speaks to a connection of ours, which is already open, and keeps what its owner heard.

    events: ("request", id, headers, ended), ("data", id, bytes, ended), ("trailers", id, headers),
    ("reset", id, code), ("writable", id); consecutive data of a stream is one event.
    """

    limits: Limits = field(default_factory=Limits)
    opening: bytes = PREFACE + settings()
    now: float = 0.0
    consumes: bool = True
    events: list = field(default_factory=list)
    opened: dict = field(default_factory=dict)

    def __post_init__(self):
        self.connection = Http2Connection(self, self.limits, lambda: self.now)
        self.announced = self.taken()
        if self.opening:
            self.send(self.opening)

    def send(self, *frames):
        """The frames that answer these."""
        self.connection.receive(b"".join(frames))
        return self.taken()

    def taken(self):
        """The frames in `out`, which is emptied."""
        written, self.connection.out = b"".join(self.connection.out), []
        return parse(written)

    def request(self, stream=1, *, end=True):
        """Open a stream; the connection's object for it. Nothing is taken from `out`."""
        self.connection.receive(headers(stream, end=end))
        return self.opened[stream]

    @property
    def closing(self):
        return self.connection.closing

    def on_request(self, stream, headers, ended):
        self.opened[stream.id] = stream
        self.events.append(("request", stream.id, headers, ended))

    def on_data(self, stream, data, ended):
        body = bytes(data)
        if self.events and self.events[-1][:2] == ("data", stream.id):
            body = self.events.pop()[2] + body
        self.events.append(("data", stream.id, body, ended))
        if self.consumes:
            self.connection.consumed(stream, len(data))

    def on_trailers(self, stream, headers):
        self.events.append(("trailers", stream.id, headers))

    def on_reset(self, stream, code):
        self.events.append(("reset", stream.id, code))

    def on_writable(self, stream):
        self.events.append(("writable", stream.id))


def parse(written):
    """Bytes as frames; they must be whole."""
    frames = []
    while written:
        size, kind, flags = int.from_bytes(written[:3]), written[3], written[4]
        assert len(written) >= 9 + size, "a frame is cut off"
        frames.append(Sent(kind, flags, int.from_bytes(written[5:9]), written[9 : 9 + size]))
        written = written[9 + size :]
    return frames


def kinds(frames):
    return [each.kind for each in frames]


def outcome(client, frames):
    """How the last frames went down: ("stream", id, code), ("connection", code) or "fine"."""
    for each in frames:
        if each.kind == GOAWAY and each.code:
            return ("connection", each.code)
        if each.kind == RST_STREAM:
            return ("stream", each.stream, each.code)
    assert not client.closing
    return "fine"
