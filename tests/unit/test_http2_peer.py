"""Our connection and another implementation's client (h2) exchange random requests and answers in memory."""

import h2.events as happened
from fakes_http2 import Client
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.settings import SettingCodes
from hypothesis import given, settings
from hypothesis import strategies as st

from graphserver.transport.http2.hpack_encoder import encode
from graphserver.transport.http2.settings import Limits

token = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map(lambda text: f"x-{text}".encode())
value = st.text("abc XYZ0189;=/", max_size=30).map(lambda text: text.strip().encode())
fields = st.lists(st.tuples(token, value), max_size=5)
body = st.integers(0, 150_000)
exchanges = st.lists(st.tuples(fields, body, fields, body, st.none() | fields), min_size=1, max_size=6)


def bytes_of(stream_id, size):
    """Bytes of which no two places near each other, and no two streams, look the same."""
    return (bytes((stream_id + n) % 251 for n in range(251)) * (size // 251 + 1))[:size]


class Peer:
    """h2's client; `received` is the answer by stream: headers, body, trailers."""

    def __init__(self, changed):
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self.h2.initiate_connection()
        self.h2.update_settings(changed)
        self.received, self.unsent, self.ended = {}, {}, set()

    def request(self, extra, size):
        number = self.h2.get_next_available_stream_id()
        pseudo = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/p"), (b":authority", b"localhost")]
        self.h2.send_headers(number, [*pseudo, *extra], end_stream=not size)
        self.unsent[number] = bytes_of(number, size)
        self.received[number] = [None, b"", None]
        return number

    def send_bodies(self):
        """As much as the windows let through, in frames of their size."""
        for number, left in self.unsent.items():
            while left and (room := min(self.h2.local_flow_control_window(number), self.h2.max_outbound_frame_size)):
                piece, left = left[:room], left[room:]
                self.h2.send_data(number, piece, end_stream=not left)
            self.unsent[number] = left

    def take(self, written):
        for event in self.h2.receive_data(written):
            match event:
                case happened.ResponseReceived():
                    self.received[event.stream_id][0] = event.headers
                case happened.DataReceived():
                    self.received[event.stream_id][1] += event.data
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                case happened.TrailersReceived():
                    self.received[event.stream_id][2] = event.headers
                case happened.StreamEnded():
                    self.ended.add(event.stream_id)
                case happened.StreamReset() | happened.ConnectionTerminated():
                    raise AssertionError(event)


class Answering(Client):
    """Answers each request at its end with what the test wants, all at once."""

    def __post_init__(self):
        super().__post_init__()
        self.answers = {}

    def on_request(self, stream, headers, ended):
        super().on_request(stream, headers, ended)
        if ended:
            self.answer(stream)

    def on_data(self, stream, data, ended):
        super().on_data(stream, data, ended)
        if ended:
            self.answer(stream)

    def answer(self, stream):
        extra, size, trailers = self.answers[stream.id]
        self.connection.send_headers(stream, encode([(b":status", b"200"), *extra]))
        self.connection.send_data(stream, bytes_of(stream.id, size), end=trailers is None)
        if trailers is not None:
            self.connection.send_trailers(stream, encode([(b"grpc-status", b"0"), *trailers]))


@settings(max_examples=40, deadline=None)
@given(
    exchanges,
    st.sampled_from([0, 300, 4096, 8192]),
    st.sampled_from([1000, 65_535, 1 << 20]),
    st.sampled_from([16_384, 40_000]),
    st.integers(100, 100_000),
)
def test_exchanges(wanted, table, window, frame_size, read_size):
    changed = {
        SettingCodes.HEADER_TABLE_SIZE: table,
        SettingCodes.INITIAL_WINDOW_SIZE: window,
        SettingCodes.MAX_FRAME_SIZE: frame_size,
    }
    peer, ours = Peer(changed), Answering(opening=b"", limits=Limits(initial_window=70_000, connection_window=80_000))
    ours.connection.out = [Limits(initial_window=70_000, connection_window=80_000).announcement()]
    for extra, size, answer_extra, answer_size, trailers in wanted:
        ours.answers[peer.request(extra, size)] = (answer_extra, answer_size, trailers)
    while len(peer.ended) < len(wanted):
        before = len(peer.ended), sum(map(len, peer.unsent.values())), sum(len(r[1]) for r in peer.received.values())
        written = peer.h2.data_to_send()
        for start in range(0, len(written), read_size):
            ours.connection.receive(written[start : start + read_size])
        for buffer in ours.connection.out:  # one by one: h2 follows an acknowledged setting from the next call on
            peer.take(buffer)
        ours.connection.out = []
        peer.send_bodies()
        after = len(peer.ended), sum(map(len, peer.unsent.values())), sum(len(r[1]) for r in peer.received.values())
        assert before != after or peer.h2._data_to_send, "both wait"
    for number, (extra, size, answer_extra, answer_size, trailers) in zip(peer.received, wanted, strict=True):
        asked = [event for event in ours.events if event[1] == number]
        assert asked[0][2][4:] == tuple(extra)
        assert b"".join(event[2] for event in asked[1:]) == bytes_of(number, size)
        expected = None if trailers is None else [(b"grpc-status", b"0"), *trailers]
        assert peer.received[number] == [[(b":status", b"200"), *answer_extra], bytes_of(number, answer_size), expected]
    assert not ours.connection.streams
    assert not ours.closing
