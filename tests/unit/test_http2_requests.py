"""How requests reach the owner of a connection."""

import gc
import weakref

import pytest
from fakes_http2 import (
    ACK,
    ANSWER,
    BLOCK,
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    PADDED,
    PING,
    REQUEST,
    RST_STREAM,
    SETTINGS,
    TRAILERS,
    WINDOW_UPDATE,
    Client,
    Sent,
    data,
    frame,
    headers,
    kinds,
    outcome,
    rst_stream,
    settings,
    window_update,
)
from hpack_writer import HpackWriter

from graphserver.transport.http2.errors import NO_ERROR, REFUSED_STREAM
from graphserver.transport.http2.settings import Limits
from graphserver.transport.http2.stream import CLOSED, HALF_CLOSED, OPEN


def test_the_server_announces_its_limits():
    [announced, window] = Client(opening=b"").announced
    assert announced == Sent(
        SETTINGS, 0, 0, bytes.fromhex("000100001000 0003000003e8 000400100000 000500100000 000600004000")
    )
    assert window == Sent(WINDOW_UPDATE, 0, 0, ((64 << 20) - 65535).to_bytes(4))


@pytest.mark.parametrize(
    "wrong",
    [
        {"initial_window": 65_534},
        {"connection_window": 1 << 31},
        {"max_frame_size": 16_383},
        {"max_frame_size": 1 << 24},
        {"header_table_size": 0},
    ],
)
def test_limits_are_never_below_the_protocols_defaults(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Limits(**wrong)


def test_settings_and_pings_are_answered():
    client = Client()
    assert client.send(settings(_4=100)) == [Sent(SETTINGS, ACK, 0, b"")]
    assert client.send(frame(PING, 0, 0, b"12345678")) == [Sent(PING, ACK, 0, b"12345678")]
    assert client.send(frame(SETTINGS, ACK)) == []


def test_a_request_without_a_body():
    client = Client()
    stream = client.request()
    assert client.events == [("request", 1, REQUEST, True)]
    assert stream.state == HALF_CLOSED


def test_a_request_with_a_body():
    client = Client()
    stream = client.request(end=False)
    assert stream.state == OPEN
    client.send(data(1, b"ab"), frame(DATA, PADDED, 1, b"\3c\0\0\0"), data(1, b"", end=True))
    assert client.events == [("request", 1, REQUEST, False), ("data", 1, b"abc", True)]
    assert stream.state == HALF_CLOSED


def test_a_request_with_trailers():
    client = Client()
    client.send(headers(1, end=False), data(1, b"ab"), headers(1, block=TRAILERS))
    assert client.events[1:] == [("data", 1, b"ab", False), ("trailers", 1, ((b"grpc-status", b"0"),))]


def test_a_block_in_pieces():
    client = Client()
    pieces = (
        headers(1, flags=0, block=BLOCK[:1]),
        frame(CONTINUATION, 0, 1, BLOCK[1:4]),
        frame(CONTINUATION, END_HEADERS, 1, BLOCK[4:]),
    )
    client.send(*pieces)
    assert client.events == [("request", 1, REQUEST, True)]


def test_requests_side_by_side():
    client = Client()
    client.send(headers(1, end=False), headers(3, end=False), data(3, b"x", end=True), data(1, b"y", end=True))
    assert client.events[2:] == [("data", 3, b"x", True), ("data", 1, b"y", True)]


def test_equal_blocks_are_one_tuple_until_the_table_changes():
    client, writer = Client(), HpackWriter()
    client.send(headers(1), headers(3))
    first, second = (event[2] for event in client.events)
    assert first is second
    client.send(headers(5, block=BLOCK + writer.field(b"a", b"1")), headers(7, block=BLOCK + b"\xbe"))
    client.send(headers(9, block=BLOCK + writer.field(b"a", b"2")), headers(11, block=BLOCK + b"\xbe"))
    assert [event[2][-1] for event in client.events[2:]] == [(b"a", b"1")] * 2 + [(b"a", b"2")] * 2


def test_known_blocks_are_bounded():
    client, writer = Client(), HpackWriter()
    for number in range(1, 4000, 2):
        client.send(headers(number, block=BLOCK + writer.field(b"n", b"%d" % number, "plain")))
        client.connection.reset(client.opened[number], 8)
    assert client.events[-1][2][-1] == (b"n", b"3999")
    assert len(client.connection._blocks._known) <= 64


def test_the_bytes_of_a_request_may_be_kept_without_keeping_what_they_came_with():
    kept = []
    client = Client()
    client.on_data = lambda stream, data, ended: kept.append(data)
    client.send(headers(1, end=False), data(1, b"small"), frame(0x16, 0, 0, bytes(100_000)))
    client.send(data(1, bytes(100_000)))
    assert kept[0] == b"small"
    assert len(kept[0].obj) == 5
    assert len(kept[1].obj) > 100_000


def test_a_large_frame_is_handed_on_as_it_arrives():
    client = Client()
    whole = headers(1, end=False) + data(1, bytes(50_000), end=True)
    client.send(whole[:20_000])
    size = client.events[-1][2]
    assert 19_000 < len(size) < 20_000
    client.send(whole[20_000:])
    assert client.events[-1] == ("data", 1, bytes(50_000), True)


def test_reset_by_the_peer():
    client = Client()
    stream = client.request(end=False)
    assert client.send(rst_stream(1, 8)) == []
    assert client.events[-1] == ("reset", 1, 8)
    assert stream.state == CLOSED
    client.connection.send_headers(stream, ANSWER)
    client.connection.send_data(stream, b"late", end=True)
    client.connection.send_trailers(stream, TRAILERS)
    client.connection.consumed(stream, 5)
    client.connection.reset(stream, 8)
    assert client.taken() == []


def test_reset_by_us():
    client = Client()
    stream = client.request(end=False)
    client.connection.reset(stream, 7)
    assert client.taken() == [Sent(RST_STREAM, 0, 1, (7).to_bytes(4))]
    assert len(client.events) == 1


def test_too_many_streams():
    client = Client(limits=Limits(max_concurrent_streams=2))
    assert client.send(headers(1), headers(3)) == []
    assert outcome(client, client.send(headers(5))) == ("stream", 5, REFUSED_STREAM)
    client.connection.send_headers(client.opened[1], ANSWER, end=True)
    client.taken()
    assert client.send(headers(7)) == []
    assert sorted(client.connection.streams) == [3, 7]


def test_an_answer_before_the_requests_end():
    """§8.1: the rest of the request is not wanted, which is no error."""
    client = Client()
    client.connection.send_headers(client.request(end=False), ANSWER, end=True)
    assert client.taken() == [
        Sent(HEADERS, END_HEADERS | END_STREAM, 1, ANSWER),
        Sent(RST_STREAM, 0, 1, NO_ERROR.to_bytes(4)),
    ]
    assert client.send(data(1, b"more", end=True)) == []


def test_draining():
    client = Client()
    stream = client.request()
    client.connection.drain()
    client.connection.drain()
    [notice, ping] = client.taken()
    assert notice.payload == b"\x7f\xff\xff\xff" + bytes(4)
    client.send(headers(3))
    assert client.events[-1][:2] == ("request", 3)
    [last] = client.send(frame(PING, ACK, 0, ping.payload))
    assert (last.kind, last.payload) == (GOAWAY, (3).to_bytes(4) + bytes(4))
    assert outcome(client, client.send(headers(5))) == ("stream", 5, REFUSED_STREAM)
    client.connection.send_headers(stream, ANSWER, end=True)
    assert not client.closing
    client.connection.send_headers(client.opened[3], ANSWER, end=True)
    assert client.closing


def test_only_the_answer_to_our_own_ping_ends_the_draining():
    client = Client()
    client.send(frame(PING, ACK, 0, b"draining"))
    assert not client.closing
    client.connection.drain()
    client.send(frame(PING, ACK, 0, b"another."))
    assert not client.closing


def test_draining_without_streams_closes_once_the_peer_knows():
    client = Client()
    client.connection.drain()
    [_, ping] = client.taken()
    assert not client.closing
    client.send(frame(PING, ACK, 0, ping.payload))
    assert client.closing


def test_keepalive():
    client = Client(now=7.0)
    client.connection.ping()
    client.now = 9.0
    client.connection.ping()
    first, _ = client.taken()
    assert client.connection.unanswered_ping_at == 7.0
    client.send(frame(PING, ACK, 0, b"whatever"))
    assert client.connection.unanswered_ping_at == 7.0
    client.send(frame(PING, ACK, 0, first.payload))
    assert client.connection.unanswered_ping_at is None


def test_a_connection_is_freed_without_the_garbage_collector():
    client = Client()
    client.request(end=False)
    connection = weakref.ref(client.connection)
    gc.disable()
    try:
        del client.connection
        assert connection() is None
    finally:
        gc.enable()


def test_the_window_of_what_is_dropped_is_given_back():
    """Bytes on closed streams, and those of streams that close, do not count for ever."""
    client = Client(consumes=False, limits=Limits(connection_window=65_535, initial_window=65_535))
    for number in range(1, 41, 2):
        client.send(headers(number, end=False), data(number, bytes(10_000)), rst_stream(number))
        client.send(data(number, bytes(10_000)))
    assert not client.closing


def test_windows_are_reopened_in_large_steps():
    client = Client(limits=Limits(connection_window=200_000, initial_window=100_000))
    client.send(headers(1, end=False))
    updates = []
    for _ in range(50):
        updates += client.send(data(1, bytes(10_000)))
    assert not client.closing
    assert set(kinds(updates)) == {WINDOW_UPDATE}
    given = {number: sum(int.from_bytes(u.payload) for u in updates if u.stream == number) for number in (0, 1)}
    assert 300_000 < given[0] <= 500_000
    assert 400_000 < given[1] <= 500_000
    assert len(updates) <= 15


def test_padding_counts_and_is_given_back():
    client = Client(limits=Limits(connection_window=65_535, initial_window=65_535))
    client.send(headers(1, end=False))
    for _ in range(1000):
        client.send(frame(DATA, PADDED, 1, b"\xfeab" + bytes(254)))
    assert client.events[-1] == ("data", 1, b"ab" * 1000, False)


def test_nothing_is_given_back_that_was_not_held():
    client = Client(consumes=False, limits=Limits(initial_window=65_535))
    stream = client.request(end=False)
    client.send(data(1, bytes(100)))
    client.connection.consumed(stream, 50_000)
    assert client.taken() == []
    assert (stream.held, stream.credit) == (0, 100)


def test_a_request_that_has_ended_needs_no_window():
    client = Client(consumes=False, limits=Limits(initial_window=65_535))
    stream = client.request(end=False)
    client.send(data(1, bytes(16_000)) * 3, data(1, bytes(16_000), end=True))
    client.connection.consumed(stream, 64_000)
    assert client.taken() == []


def test_window_updates_of_the_peer_are_not_answered():
    assert Client().send(window_update(0, 5)) == []
