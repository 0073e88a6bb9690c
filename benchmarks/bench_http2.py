"""HTTP/2 without sockets: what a small unary request costs to receive and its answer to send, against the h2 library.

    python benchmarks/bench_http2.py

Figures are microseconds a request, the median (and range) of interleaved rounds, and how many times less than h2.
Needs the [test] extra. Aims: at most 6 µs received, 4 µs sent.
"""

from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from time import monotonic, perf_counter

import h2.events
from h2.config import H2Configuration
from h2.connection import H2Connection
from hpack import Encoder

from graphserver.transport.http2.connection import Http2Connection
from graphserver.transport.http2.frames import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    MAX_WINDOW,
    PREFACE,
    frame,
    settings,
    window_update,
)
from graphserver.transport.http2.hpack_encoder import encode
from graphserver.transport.http2.settings import Limits
from graphserver.transport.http2.stream import Headers, Stream

ROUNDS, REQUESTS, AT_ONCE = 15, 960, 8
REQUEST_BODY, ANSWER_BODY = bytes(172), bytes(96)
OPENING = PREFACE + settings(()) + window_update(0, MAX_WINDOW - 65_535)
HEAD = (
    (b":method", b"POST"),
    (b":scheme", b"http"),
    (b":path", b"/inference.GRPCInferenceService/ModelInfer"),
    (b":authority", b"127.0.0.1:8001"),
    (b"content-type", b"application/grpc"),
    (b"user-agent", b"grpc-go/1.66.0"),
    (b"te", b"trailers"),
)
ANSWER = ((b":status", b"200"), (b"content-type", b"application/grpc"))
TRAILERS = ((b"grpc-status", b"0"),)


def requests(varying: bool) -> Iterator[bytes]:
    """What arrives at once: some requests of one client; with `varying`, each has a deadline of its own."""
    encoder, ids = Encoder(), count(1, 2)
    while True:
        arriving = b""
        for _, number in zip(range(AT_ONCE), ids, strict=False):
            timeout = (b"grpc-timeout", b"%du" % (9_000_000 + number * varying))
            arriving += frame(HEADERS, END_HEADERS, number, encoder.encode([*HEAD, timeout]))
            arriving += frame(DATA, END_STREAM, number, REQUEST_BODY)
        yield arriving


class Ours:
    """An owner that keeps the requests that ended."""

    def __init__(self) -> None:
        self.connection = Http2Connection(self, Limits(), monotonic)
        self.connection.receive(OPENING)
        self.answer, self.trailers = encode(ANSWER), encode(TRAILERS)
        self.ended: list[Stream] = []

    def receive(self, data: bytes) -> None:
        self.connection.receive(data)

    def reply(self) -> int:
        for stream in self.ended:
            self.connection.send_headers(stream, self.answer)
            self.connection.send_data(stream, ANSWER_BODY)
            self.connection.send_trailers(stream, self.trailers)
        answered = len(self.ended)
        self.ended.clear()
        b"".join(self.connection.out)
        self.connection.out = []
        return answered

    def on_request(self, stream: Stream, headers: Headers, ended: bool) -> None: ...

    def on_data(self, stream: Stream, data: memoryview, ended: bool) -> None:  # noqa: ARG002 - the face of an Owner  # noqa: ARG002 - only counted
        if ended:
            self.ended.append(stream)

    def on_trailers(self, stream: Stream, headers: Headers) -> None: ...
    def on_reset(self, stream: Stream, code: int) -> None: ...
    def on_writable(self, stream: Stream) -> None: ...


class Theirs:
    """The same on h2."""

    def __init__(self) -> None:
        self.connection = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        self.connection.initiate_connection()
        self.connection.receive_data(OPENING)
        self.ended: list[int] = []

    def receive(self, data: bytes) -> None:
        for event in self.connection.receive_data(data):
            if isinstance(event, h2.events.DataReceived):
                self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                self.ended.append(event.stream_id)

    def reply(self) -> int:
        for number in self.ended:
            self.connection.send_headers(number, ANSWER)
            self.connection.send_data(number, ANSWER_BODY)
            self.connection.send_headers(number, TRAILERS, end_stream=True)
        answered = len(self.ended)
        self.ended.clear()
        self.connection.data_to_send()
        return answered


def microseconds(server: Ours | Theirs, arriving: Iterator[bytes]) -> tuple[float, float]:
    """Microseconds a request, received and answered."""
    received = sent = 0.0
    for _ in range(REQUESTS // AT_ONCE):
        data = next(arriving)
        began = perf_counter()
        server.receive(data)
        half = perf_counter()
        answered = server.reply()
        sent += perf_counter() - half
        received += half - began
        assert answered == AT_ONCE, f"{answered} of {AT_ONCE} requests were answered"
    return received / REQUESTS * 1e6, sent / REQUESTS * 1e6


def compare(title: str, varying: bool) -> None:
    """Print both sides' figures, and their ratios."""
    kinds: dict[str, Callable[[], Ours | Theirs]] = {"ours": Ours, "h2": Theirs}
    sides = {name: (kind(), requests(varying)) for name, kind in kinds.items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, (server, arriving) in sides.items():
            times[name].append(microseconds(server, arriving))
    print(f"\n{title}, {AT_ONCE} requests at once")
    for place, what in enumerate(("received", "sent")):
        figures = {name: sorted(each[place] for each in rounds) for name, rounds in times.items()}
        shown = "   ".join(f"{name} {median(f):6.2f} ({f[0]:.2f}-{f[-1]:.2f}) µs" for name, f in figures.items())
        print(f"  {what:9} {shown}   {median(figures['h2']) / median(figures['ours']):.0f} × less")


if __name__ == "__main__":
    compare("Equal requests", varying=False)
    compare("Requests with deadlines of their own", varying=True)
