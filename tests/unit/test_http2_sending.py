"""Answers under the peer's windows and frame sizes (RFC 9113 §5.2, §6.9)."""

import pytest
from fakes_http2 import (
    ACK,
    ANSWER,
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PREFACE,
    RST_STREAM,
    SETTINGS,
    TRAILERS,
    Client,
    Sent,
    headers,
    kinds,
    rst_stream,
    settings,
    window_update,
)
from hypothesis import given
from hypothesis import strategies as st

from graphserver.transport.http2.stream import CLOSED

TOP = (1 << 31) - 1
END = END_HEADERS | END_STREAM


def narrow(window, **more):
    """A client that takes `window` bytes a stream."""
    return Client(opening=PREFACE + settings(_4=window, **more))


def body(frames, stream=1):
    return b"".join(each.payload for each in frames if each.kind == DATA and each.stream == stream)


def test_a_unary_answer():
    client = Client()
    stream = client.request()
    client.connection.send_headers(stream, ANSWER)
    client.connection.send_data(stream, b"body")
    client.connection.send_trailers(stream, TRAILERS)
    assert client.taken() == [
        Sent(HEADERS, END_HEADERS, 1, ANSWER),
        Sent(DATA, 0, 1, b"body"),
        Sent(HEADERS, END, 1, TRAILERS),
    ]
    assert stream.state == CLOSED
    assert not client.connection.streams


def test_data_that_ends_the_answer():
    client = Client()
    stream = client.request()
    client.connection.send_data(stream, memoryview(b"body"), end=True)
    client.connection.send_data(stream, b"more")
    assert client.taken() == [Sent(DATA, END_STREAM, 1, b"body")]


def test_frames_are_as_large_as_the_peer_takes():
    client = Client(opening=PREFACE + settings(_4=TOP) + window_update(0, 1 << 20))
    client.connection.send_data(client.request(), bytes(50_000), end=True)
    sent = client.taken()
    assert [len(each.payload) for each in sent] == [16384, 16384, 16384, 848]
    assert [each.flags for each in sent] == [0, 0, 0, END_STREAM]
    client.send(settings(_5=40_000))
    client.connection.send_data(client.request(3), bytes(50_000))
    assert [len(each.payload) for each in client.taken()] == [40_000, 10_000]
    assert client.events[-1][0] == "request", "nothing waited, so nobody is told that it went"


def test_a_large_block_continues():
    client = Client()
    stream = client.request()
    client.connection.send_headers(stream, bytes(40_000), end=True)
    sent = client.taken()
    assert kinds(sent) == [HEADERS, CONTINUATION, CONTINUATION]
    assert [each.flags for each in sent] == [END_STREAM, 0, END_HEADERS]
    assert b"".join(each.payload for each in sent) == bytes(40_000)


def test_a_queue_is_sent_as_the_window_opens():
    client = narrow(5)
    stream = client.request()
    client.connection.send_headers(stream, ANSWER)
    client.connection.send_data(stream, b"abcdefgh")
    client.connection.send_data(stream, b"ijkl")
    client.connection.send_trailers(stream, TRAILERS)
    assert body(client.taken()) == b"abcde"
    assert stream.queued == 7
    assert body(client.send(window_update(1, 4))) == b"fghi"
    sent = client.send(window_update(1, 4))
    assert body(sent) == b"jkl"
    assert sent[-1] == Sent(HEADERS, END, 1, TRAILERS)
    assert stream.state == CLOSED
    assert ("writable", 1) not in client.events, "the answer is over"


def test_the_reserved_bit_of_an_increment_is_ignored():
    client = narrow(0)
    client.connection.send_data(client.request(), b"abc")
    assert body(client.send(window_update(1, (1 << 31) + 2))) == b"ab"


def test_the_last_bytes_of_a_queue_end_the_stream():
    client = narrow(2)
    stream = client.request()
    client.connection.send_data(stream, b"abc")
    client.connection.send_data(stream, b"", end=True)
    client.taken()
    assert client.send(window_update(1, 10)) == [Sent(DATA, END_STREAM, 1, b"c")]


def test_an_empty_end_needs_no_window():
    client = narrow(0)
    stream = client.request()
    client.connection.send_data(stream, b"", end=True)
    assert client.taken() == [Sent(DATA, END_STREAM, 1, b"")]


def test_the_owner_hears_when_a_queue_is_empty():
    client = narrow(0)
    stream = client.request()
    client.connection.send_data(stream, b"abc")
    client.send(window_update(1, 2))
    assert client.events[-1][0] == "request"
    client.send(window_update(1, 1))
    assert client.events[-1] == ("writable", 1)
    assert not stream.queued


def test_a_smaller_initial_window_may_be_negative():
    """§6.9.2: what was sent before counts."""
    client = narrow(10)
    stream = client.request()
    client.connection.send_data(stream, b"0123456789ab")
    client.taken()
    assert client.send(settings(_4=3)) == [Sent(SETTINGS, ACK, 0, b"")]
    assert stream.send_window == -7
    assert client.send(window_update(1, 7)) == []
    assert body(client.send(window_update(1, 1))) == b"a"


def test_a_larger_initial_window_sets_queues_free_after_the_ack():
    client = narrow(0)
    client.connection.send_data(client.request(), b"abc", end=True)
    assert client.send(settings(_4=1)) == [Sent(SETTINGS, ACK, 0, b""), Sent(DATA, 0, 1, b"a")]
    assert client.send(settings(_4=9))[1:] == [Sent(DATA, END_STREAM, 1, b"bc")]


def test_streams_share_the_connections_window_in_turn():
    client = Client(opening=PREFACE + settings(_4=TOP))
    for number in (1, 3, 5):
        client.connection.send_data(client.request(number), bytes(100_000), end=True)
    assert len(body(client.taken())) == 65_535
    shares = [[each.stream for each in client.send(window_update(0, 10_000))] for _ in range(6)]
    assert shares == [[1], [3], [5]] * 2
    rest = client.send(window_update(0, 1 << 20))
    assert sorted(each.stream for each in rest if each.flags & END_STREAM) == [1, 3, 5]


def test_a_small_answer_waits_for_the_connections_window_too():
    client = Client(opening=PREFACE + settings(_4=TOP))
    client.connection.send_data(client.request(), bytes(65_530), end=True)
    client.connection.send_data(client.request(3), b"123456", end=True)
    assert body(client.taken(), stream=3) == b"12345"
    assert client.send(window_update(0, 9)) == [Sent(DATA, END_STREAM, 3, b"6")]


def test_a_reset_drops_what_is_queued():
    client = Client(opening=PREFACE + settings(_4=TOP))
    stream = client.request()
    client.connection.send_data(stream, bytes(100_000), end=True)
    client.taken()
    client.send(rst_stream(1))
    assert not stream.queued
    assert client.send(window_update(0, 1 << 20)) == []


def test_no_table_of_ours_survives_a_peer_that_shrinks_its_own():
    """RFC 7541 §4.2: the next block says that the table was shrunk, once."""
    client = Client()
    client.send(settings(_1=100))
    client.connection.send_headers(client.request(), ANSWER, end=True)
    client.connection.send_headers(client.request(3), ANSWER, end=True)
    assert [each.payload for each in client.taken()] == [b"\x20" + ANSWER, ANSWER]


def test_an_answer_before_the_requests_end_waits_for_its_windows():
    client = narrow(0)
    client.connection.send_data(client.request(end=False), b"ab", end=True)
    assert client.taken() == []
    assert kinds(client.send(window_update(1, 2))) == [DATA, RST_STREAM]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_data_may_be_any_buffer(kind):
    client = narrow(3)
    client.connection.send_data(client.request(), kind(b"abcdef"), end=True)
    assert body(client.taken() + client.send(window_update(1, 9))) == b"abcdef"


sends = st.tuples(st.just("send"), st.sampled_from([1, 3, 5]), st.integers(0, 40_000))
grants = st.tuples(st.just("grant"), st.sampled_from([0, 1, 3, 5]), st.integers(1, 30_000))
initials = st.tuples(st.just("initial"), st.just(0), st.integers(0, 50_000))


@given(st.lists(st.one_of(sends, grants, initials), max_size=30))
def test_windows_are_never_exceeded_and_nothing_is_lost(steps):
    client, initial = narrow(0), 0
    windows = {0: 65_535, 1: 0, 3: 0, 5: 0}
    given_, got = (dict.fromkeys((1, 3, 5), b"") for _ in range(2))
    streams = {number: client.request(number) for number in (1, 3, 5)}
    for what, number, amount in steps:
        if what == "send":
            piece = bytes(number + n & 0xFF for n in range(amount % 251)) * (amount // 251 + 1)
            client.connection.send_data(streams[number], piece)
            given_[number] += piece
            frames = client.taken()
        elif what == "grant":
            windows[number] += amount
            frames = client.send(window_update(number, amount))
        else:
            for each in (1, 3, 5):
                windows[each] += amount - initial
            initial = amount
            frames = client.send(settings(_4=amount))
        for each in frames:
            if each.kind == DATA and each.payload:
                assert len(each.payload) <= 16_384
                windows[0] -= len(each.payload)
                windows[each.stream] -= len(each.payload)
                assert min(windows[0], windows[each.stream]) >= 0
                got[each.stream] += each.payload
        for each in (1, 3, 5):
            assert given_[each][: len(got[each])] == got[each]
            waiting = len(given_[each]) - len(got[each])
            assert streams[each].queued == waiting
            assert not waiting or min(windows[0], windows[each]) <= 0, "nothing waits before an open window"
        assert client.connection.queued == sum(stream.queued for stream in streams.values())
    for each in (1, 3, 5):
        client.connection.reset(streams[each], 8)
    assert client.connection.queued == 0
    client.send(headers(7))
    assert not client.closing
