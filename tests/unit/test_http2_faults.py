"""What a peer may not do, and whether its stream or the connection ends for it (RFC 9113)."""

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
    PREFACE,
    PRIORITY,
    PUSH_PROMISE,
    RST_STREAM,
    SETTINGS,
    TRAILERS,
    WINDOW_UPDATE,
    WITH_PRIORITY,
    Client,
    data,
    frame,
    headers,
    outcome,
    rst_stream,
    settings,
    window_update,
)

from graphserver.transport.http2.errors import (
    COMPRESSION_ERROR,
    ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR,
    FRAME_SIZE_ERROR,
    PROTOCOL_ERROR,
    STREAM_CLOSED,
)
from graphserver.transport.http2.hpack_encoder import encode
from graphserver.transport.http2.settings import Limits

OPEN = headers(1, end=False)
HALF_CLOSED = headers(1)
RESET = OPEN + rst_stream(1)
TOP = (1 << 31) - 1


def connection(code):
    return ("connection", code)


def stream(code, number=1):
    return ("stream", number, code)


CONNECTION_FRAMES = {
    "SETTINGS on a stream": (frame(SETTINGS, 0, 1), connection(PROTOCOL_ERROR)),
    "SETTINGS of 5 bytes": (frame(SETTINGS, 0, 0, bytes(5)), connection(FRAME_SIZE_ERROR)),
    "SETTINGS with ACK and payload": (frame(SETTINGS, ACK, 0, bytes(6)), connection(FRAME_SIZE_ERROR)),
    "ENABLE_PUSH of 2": (settings(_2=2), connection(PROTOCOL_ERROR)),
    "INITIAL_WINDOW_SIZE beyond 2^31-1": (settings(_4=TOP + 1), connection(FLOW_CONTROL_ERROR)),
    "MAX_FRAME_SIZE below 2^14": (settings(_5=16383), connection(PROTOCOL_ERROR)),
    "MAX_FRAME_SIZE beyond 2^24-1": (settings(_5=1 << 24), connection(PROTOCOL_ERROR)),
    "unknown settings": (settings(_99=1), "fine"),
    "PING on a stream": (frame(PING, 0, 1, bytes(8)), connection(PROTOCOL_ERROR)),
    "PING of 7 bytes": (frame(PING, 0, 0, bytes(7)), connection(FRAME_SIZE_ERROR)),
    "a PING's ACK that was not asked for": (frame(PING, ACK, 0, bytes(8)), "fine"),
    "GOAWAY on a stream": (frame(GOAWAY, 0, 1, bytes(8)), connection(PROTOCOL_ERROR)),
    "GOAWAY of 7 bytes": (frame(GOAWAY, 0, 0, bytes(7)), connection(FRAME_SIZE_ERROR)),
    "GOAWAY": (frame(GOAWAY, 0, 0, bytes(8) + b"bye"), "fine"),
    "PUSH_PROMISE": (frame(PUSH_PROMISE, END_HEADERS, 1, bytes(4) + BLOCK), connection(PROTOCOL_ERROR)),
    "an unknown frame": (frame(0x16, 0xFF, 3, b"whatever"), "fine"),
    "an unknown frame too large": (frame(0x16, 0, 0, bytes((1 << 20) + 1)), connection(FRAME_SIZE_ERROR)),
    "WINDOW_UPDATE of 0": (window_update(0, 0), connection(PROTOCOL_ERROR)),
    "WINDOW_UPDATE of 3 bytes": (frame(WINDOW_UPDATE, 0, 0, bytes(3)), connection(FRAME_SIZE_ERROR)),
    "the connection's window beyond 2^31-1": (window_update(0, TOP), connection(FLOW_CONTROL_ERROR)),
    "the connection's window at 2^31-1": (window_update(0, TOP - 65535), "fine"),
}

STREAM_FRAMES = {
    "DATA on stream 0": (data(0, b"a"), connection(PROTOCOL_ERROR)),
    "DATA on an idle stream": (data(1, b"a"), connection(PROTOCOL_ERROR)),
    "DATA on a stream of ours": (data(2, b"a"), connection(PROTOCOL_ERROR)),
    "DATA after the request's end": (HALF_CLOSED + data(1, b"a"), stream(STREAM_CLOSED)),
    "DATA after the peer's reset": (RESET + data(1, b"a"), stream(STREAM_CLOSED)),
    "DATA with more padding than payload": (OPEN + frame(DATA, PADDED, 1, b"\3ab"), connection(PROTOCOL_ERROR)),
    "DATA with nothing but padding": (OPEN + frame(DATA, PADDED, 1, b"\2ab"), "fine"),
    "DATA padded without a length": (OPEN + frame(DATA, PADDED, 1), connection(FRAME_SIZE_ERROR)),
    "DATA too large": (OPEN + data(1, bytes((1 << 20) + 1)), connection(FRAME_SIZE_ERROR)),
    "RST_STREAM on stream 0": (rst_stream(0), connection(PROTOCOL_ERROR)),
    "RST_STREAM on an idle stream": (rst_stream(1), connection(PROTOCOL_ERROR)),
    "RST_STREAM of 3 bytes": (OPEN + frame(RST_STREAM, 0, 1, bytes(3)), connection(FRAME_SIZE_ERROR)),
    "RST_STREAM twice": (RESET + rst_stream(1), "fine"),
    "WINDOW_UPDATE on an idle stream": (window_update(1, 1), connection(PROTOCOL_ERROR)),
    "WINDOW_UPDATE on a closed stream": (RESET + window_update(1, 1), "fine"),
    "WINDOW_UPDATE of 0 on a stream": (OPEN + window_update(1, 0), stream(PROTOCOL_ERROR)),
    "a stream's window beyond 2^31-1": (OPEN + window_update(1, TOP), stream(FLOW_CONTROL_ERROR)),
    "a stream's window beyond 2^31-1 by SETTINGS": (
        OPEN + window_update(1, TOP - 65535) + settings(_4=65536),
        connection(FLOW_CONTROL_ERROR),
    ),
    "PRIORITY on stream 0": (frame(PRIORITY, 0, 0, bytes(5)), connection(PROTOCOL_ERROR)),
    "PRIORITY on an idle stream": (frame(PRIORITY, 0, 9, bytes(5)), "fine"),
    "PRIORITY of 4 bytes": (OPEN + frame(PRIORITY, 0, 1, bytes(4)), stream(FRAME_SIZE_ERROR)),
    "PRIORITY of 4 bytes on an idle stream": (frame(PRIORITY, 0, 1, bytes(4)), connection(FRAME_SIZE_ERROR)),
    "PRIORITY of 4 bytes on a closed stream": (RESET + frame(PRIORITY, 0, 1, bytes(4)), stream(FRAME_SIZE_ERROR)),
    "a stream that depends on itself": (frame(PRIORITY, 0, 3, b"\0\0\0\3\0"), connection(PROTOCOL_ERROR)),
}

HEADER_FRAMES = {
    "HEADERS on stream 0": (headers(0), connection(PROTOCOL_ERROR)),
    "HEADERS on a stream of ours": (headers(2), connection(PROTOCOL_ERROR)),
    "HEADERS on a lower stream": (headers(5) + headers(3), connection(PROTOCOL_ERROR)),
    "HEADERS after the request's end": (HALF_CLOSED + headers(1), stream(STREAM_CLOSED)),
    "HEADERS after the peer's reset": (RESET + headers(1), stream(STREAM_CLOSED)),
    "HEADERS with padding and priority": (
        frame(HEADERS, END_HEADERS | PADDED | WITH_PRIORITY, 1, b"\2\0\0\0\0\7" + BLOCK + b"\0\0"),
        "fine",
    ),
    "HEADERS with more padding than payload": (
        frame(HEADERS, END_HEADERS | PADDED, 1, b"\x7f" + BLOCK),
        connection(PROTOCOL_ERROR),
    ),
    "HEADERS too short for their priority": (
        frame(HEADERS, END_HEADERS | WITH_PRIORITY, 1, b"\0\0"),
        connection(FRAME_SIZE_ERROR),
    ),
    "HEADERS that depend on themselves": (
        frame(HEADERS, END_HEADERS | WITH_PRIORITY, 1, b"\x80\0\0\1\0" + BLOCK),
        connection(PROTOCOL_ERROR),
    ),
    "a block that cannot be read": (headers(1, block=b"\x80"), connection(COMPRESSION_ERROR)),
    "a request without a path": (headers(1, block=b"\x83\x86"), stream(PROTOCOL_ERROR)),
    "a list over its limit": (
        headers(1, block=encode([(b"a", b"x" * 9000)] * 2)),
        stream(ENHANCE_YOUR_CALM),
    ),
    "a block over its limit": (headers(1, block=bytes(65537)), connection(ENHANCE_YOUR_CALM)),
    "trailers": (OPEN + headers(1, block=TRAILERS), "fine"),
    "trailers without END_STREAM": (OPEN + headers(1, end=False, block=TRAILERS), stream(PROTOCOL_ERROR)),
    "trailers with pseudo-fields": (OPEN + headers(1), stream(PROTOCOL_ERROR)),
    "CONTINUATION": (headers(1, flags=0, block=BLOCK[:3]) + frame(CONTINUATION, END_HEADERS, 1, BLOCK[3:]), "fine"),
    "CONTINUATION of nothing": (frame(CONTINUATION, END_HEADERS, 1, BLOCK), connection(PROTOCOL_ERROR)),
    "CONTINUATION after the block's end": (
        OPEN + frame(CONTINUATION, END_HEADERS, 1, BLOCK),
        connection(PROTOCOL_ERROR),
    ),
    "CONTINUATION of another stream": (
        headers(1, flags=0) + frame(CONTINUATION, END_HEADERS, 3, b""),
        connection(PROTOCOL_ERROR),
    ),
    "DATA inside a block": (headers(1, flags=0) + data(1, b"a"), connection(PROTOCOL_ERROR)),
    "an unknown frame inside a block": (headers(1, flags=0) + frame(0x16), connection(PROTOCOL_ERROR)),
    "a flood of CONTINUATION": (headers(1, flags=0) + 9 * frame(CONTINUATION, 0, 1), connection(ENHANCE_YOUR_CALM)),
    "CONTINUATION beyond the block's limit": (
        headers(1, flags=0) + 3 * frame(CONTINUATION, 0, 1, bytes(30_000)),
        connection(ENHANCE_YOUR_CALM),
    ),
}

LENGTH = [*((b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/")), (b"content-length", b"3")]
OF_THREE = headers(1, end=False, block=encode(LENGTH))

CONTENT_LENGTHS = {
    "met": (OF_THREE + data(1, b"ab") + data(1, b"c", end=True), "fine"),
    "met before the trailers": (OF_THREE + data(1, b"abc") + headers(1, block=TRAILERS), "fine"),
    "met by padded DATA": (OF_THREE + frame(DATA, PADDED | END_STREAM, 1, b"\1abc\0"), "fine"),
    "exceeded": (OF_THREE + data(1, b"abcd"), stream(PROTOCOL_ERROR)),
    "not met": (OF_THREE + data(1, b"ab", end=True), stream(PROTOCOL_ERROR)),
    "not met by trailers": (OF_THREE + headers(1, block=TRAILERS), stream(PROTOCOL_ERROR)),
    "of no body": (headers(1, block=encode(LENGTH)), stream(PROTOCOL_ERROR)),
}


def cases(*tables):
    return [pytest.param(*case, id=name) for table in tables for name, case in table.items()]


@pytest.mark.parametrize(("sent", "expected"), cases(CONNECTION_FRAMES, STREAM_FRAMES, HEADER_FRAMES, CONTENT_LENGTHS))
def test_outcome(sent, expected):
    client = Client()
    assert outcome(client, client.send(sent)) == expected
    assert client.closing == (expected[0] == "connection")


@pytest.mark.parametrize(("sent", "expected"), cases(STREAM_FRAMES, HEADER_FRAMES))
def test_a_fault_of_one_stream_leaves_the_others(sent, expected):
    client = Client(limits=Limits())
    client.send(sent)
    if expected[0] != "connection":
        client.send(headers(101))
        assert client.events[-1][:2] == ("request", 101)


def test_the_owner_hears_of_a_stream_that_is_reset_for_a_fault():
    client = Client()
    client.send(OPEN, window_update(1, 0))
    assert client.events[-1] == ("reset", 1, PROTOCOL_ERROR)
    assert not client.connection.streams


def test_the_owner_hears_of_every_stream_of_a_connection_that_fails():
    client = Client()
    [goaway] = client.send(OPEN, headers(3), frame(PING))[-1:]
    assert client.events[-2:] == [("reset", 1, FRAME_SIZE_ERROR), ("reset", 3, FRAME_SIZE_ERROR)]
    assert goaway.payload == (3).to_bytes(4) + FRAME_SIZE_ERROR.to_bytes(4) + b"PING has 0 bytes, expected 8"
    assert client.send(headers(5)) == []
    assert len(client.events) == 4


def test_a_refused_request_never_reaches_the_owner():
    client = Client()
    client.send(headers(1, block=b"\x83\x86"))
    assert client.events == []


@pytest.mark.parametrize(
    "first",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + settings(),
        PREFACE + frame(PING, 0, 0, bytes(8)),
        PREFACE + frame(SETTINGS, ACK),
        PREFACE + headers(1),
    ],
)
def test_a_connection_begins_with_the_preface_and_settings(first):
    client = Client(opening=b"")
    assert outcome(client, client.send(first)) == connection(PROTOCOL_ERROR)


def test_frames_after_a_normal_end():
    """§5.1: nothing may follow on a stream that both sides have ended."""
    for late, expected in ((data(1, b"a"), stream(STREAM_CLOSED)), (headers(1), connection(STREAM_CLOSED))):
        client = Client()
        client.connection.send_headers(client.request(), ANSWER, end=True)
        client.taken()
        assert outcome(client, client.send(late)) == expected


def test_frames_on_their_way_to_a_stream_that_we_reset_are_tolerated():
    client = Client()
    client.connection.reset(client.request(end=False), 8)
    client.taken()
    late = data(1, b"a"), window_update(1, 5), headers(1, block=TRAILERS), rst_stream(1)
    assert client.send(*late) == []
    assert len(client.events) == 1


def test_headers_of_a_reset_stream_still_change_the_table():
    client = Client()
    client.connection.reset(client.request(end=False), 8)
    client.send(headers(1, block=b"\x40\x01a\x01b"), headers(3, block=BLOCK + b"\xbe"))
    assert client.events[-1][2][-1] == (b"a", b"b")
