"""HTTP/1.1 answers: Calls in, bytes out, in the order of the requests."""

import gc
import gzip
import json
import weakref
import zlib
from itertools import permutations

import pytest
from http1 import HOST, Peer, request, status, text

CLOSE = b"Connection: close\r\n"


def answering(*steps):
    """A handler that takes these steps: (name of the method, arguments …)."""

    def handler(call):
        call.on_message = lambda body, last: [getattr(call, name)(*arguments) for name, *arguments in steps]

    return handler


JSON = {":status": "200", "content-type": "application/json"}
EVENTS = {":status": "200", "content-type": "text/event-stream"}
CUT = ("finish", 500, "no more")

ANSWERS = {
    "a body": ([("reply", b"abc")], b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc"),
    "headers and a body": (
        [("start", JSON), ("reply", b"{}")],
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
    ),
    "an unknown status": (
        [("start", {":status": "299"}), ("reply", b"")],
        b"HTTP/1.1 299 Status\r\ncontent-length: 0\r\n\r\n",
    ),
    "nothing but a status": ([("finish", 200)], b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
    "no content": ([("finish", 204)], b"HTTP/1.1 204 No Content\r\n\r\n"),
    "a refusal": (
        [("finish", 405, "/ takes GET", {"allow": "GET"})],
        b"HTTP/1.1 405 Method Not Allowed\r\ncontent-type: text/plain; charset=utf-8\r\nallow: GET\r\n"
        b"content-length: 12\r\n\r\n/ takes GET\n",
    ),
    "a refusal after start": (
        [("start", JSON), ("finish", 404, "no")],
        b"HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 3\r\n\r\nno\n",
    ),
    "a stream": (
        [("start", EVENTS), ("reply", b"data: 1\n\n", False), ("reply", b"data: 2\n\n", True)],
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        b"9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n",
    ),
    "a stream that finish ends": (
        [("reply", b"a", False), ("finish", 200)],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    ),
    "an empty piece is not the end": (
        [("reply", b"", False), ("reply", b"a", False), ("reply", b"")],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    ),
    "a stream that fails has no end": (
        [("reply", b"a", False), CUT],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n",
    ),
    "framing is not for handlers": (
        [
            ("start", {"content-length": "9", "Transfer-Encoding": "x", "connection": "close", "a": "b"}),
            ("reply", b"abc"),
        ],
        b"HTTP/1.1 200 OK\r\na: b\r\ncontent-length: 3\r\n\r\nabc",
    ),
    "no header splits another": (
        [("start", {"a": "b\r\nset-cookie: c"}), ("reply", b"")],
        b"HTTP/1.1 200 OK\r\na: b  set-cookie: c\r\ncontent-length: 0\r\n\r\n",
    ),
    "what comes after the end": (
        [("reply", b"a"), ("reply", b"b"), ("finish", 500, "c"), ("start", JSON)],
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na",
    ),
}


@pytest.mark.parametrize(("steps", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_as_bytes(steps, expected):
    peer = Peer(answering(*steps))
    assert peer.send(request()) == expected
    assert peer.closed == (CUT in steps)


@pytest.mark.parametrize(("steps", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_head_is_answered_by_the_same_head_alone(steps, expected):
    assert Peer(answering(*steps)).send(request(b"HEAD /")) == expected.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "stays", "said"),
    [
        (request(), True, None),
        (request(headers=CLOSE), False, b"connection: close"),
        (request(headers=b"Connection: x, Close\r\n"), False, b"connection: close"),
        (b"GET / HTTP/1.0\r\n\r\n", False, b"connection: close"),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", True, b"connection: keep-alive"),
    ],
)
def test_a_connection_stays_as_asked(data, stays, said):
    peer = Peer(answering(("reply", b"x")))
    head = peer.send(data).partition(b"\r\n\r\n")[0]
    assert (said in head) if said else b"connection" not in head
    assert peer.closed is not stays
    assert bool(peer.send(request())) is stays


def test_http_1_0_reads_a_stream_to_the_end_of_the_connection():
    peer = Peer(answering(("reply", b"a", False), ("reply", b"b")))
    answer = peer.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert answer == b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nab"
    assert peer.closed


def test_trailers_are_sent_to_those_who_want_them():
    stream = [("reply", b"a", False), ("finish", 200, "", {"x-sum": "1"})]
    assert Peer(answering(*stream)).send(request(headers=b"TE: trailers\r\n")).endswith(b"0\r\nx-sum: 1\r\n\r\n")
    assert Peer(answering(*stream)).send(request()).endswith(b"a\r\n0\r\n\r\n")


def test_errors_are_json_where_clients_read_json():
    answer = Peer(answering(("finish", 404, 'no model "é"'))).send(request(b"GET /v2/models/x"))
    assert status(answer) == 404
    assert json.loads(text(answer)) == {"error": 'no model "é"'}


# Pipelining


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_answers_leave_in_the_order_of_the_requests(order):
    peer = Peer()
    peer.send(b"".join(request(b"GET /%d" % i) for i in range(3)))
    answered, got = set(), b""
    for i in order:
        if i == 1:
            peer.calls[i].reply(b"body of ", final=False)
        peer.calls[i].reply(b"%d" % i)
        answered.add(i)
        got += peer.read()
        assert got.count(b"HTTP/1.1 ") == next(n for n in range(4) if n not in answered)
    assert got == (
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n0"
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\nbody of \r\n1\r\n1\r\n0\r\n\r\n"
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n2"
    )


def test_unanswered_requests_are_bounded():
    peer = Peer(max_unanswered=3)
    peer.send(request(body=b"x") * 10)
    assert (len(peer.calls), peer.connection.accepting) == (3, False)
    peer.send(request(body=b"y") * 2)
    assert len(peer.calls) == 3
    for i in range(12):
        peer.calls[i].reply(b"%d" % i)
    assert peer.bodies == [b"x"] * 10 + [b"y"] * 2
    assert peer.read().count(b"HTTP/1.1 200") == 12
    assert peer.connection.accepting


def test_a_call_that_closes_ends_the_ones_after_it():
    peer = Peer()
    peer.send(request() * 3)
    peer.calls[0].reply(b"a", final=False)
    peer.calls[0].finish(500, "broken")
    assert peer.closed
    assert peer.cancelled == peer.calls[1:]


def test_what_follows_a_last_request_is_not_taken():
    peer = Peer()
    peer.send(request(headers=CLOSE) + request())
    peer.send(request())
    assert len(peer.calls) == 1


def test_the_owner_is_told_of_output_once_until_it_takes_it():
    peer = Peer()
    peer.send(request() * 2)
    assert peer.outputs == 0
    peer.calls[0].reply(b"")
    peer.calls[1].reply(b"")
    assert peer.outputs == 1
    peer.read()
    peer.send(request())
    peer.calls[2].reply(b"")
    assert peer.outputs == 2


# Back-pressure


def test_a_stream_is_ready_while_its_output_leaves():
    peer = Peer()
    peer.send(request())
    (call,), resumed = peer.calls, []
    call.on_ready = lambda: resumed.append(call.ready)
    pieces = 0
    while call.ready:
        call.reply(bytes(1000), final=False)
        pieces += 1
    assert 60 < pieces < 70
    assert resumed == []
    peer.read()
    assert (resumed, call.ready) == ([True], True)
    call.reply(b"little", final=False)
    peer.read()
    assert resumed == [True], "it was ready all the time"


def test_a_stream_that_waits_for_its_turn_is_held_back_too():
    peer = Peer()
    peer.send(request() * 2)
    first, second = peer.calls
    resumed = []
    second.on_ready = lambda: resumed.append(True)
    second.reply(bytes(1 << 17), final=False)
    peer.read()
    assert (second.ready, resumed) == (False, [])
    first.reply(b"")
    assert len(peer.read()) > 1 << 17
    assert (second.ready, resumed) == (True, [True])


# Content coding


@pytest.mark.parametrize(
    ("accepts", "size", "coding"),
    [
        (b"gzip", 2000, "gzip"),
        (b"deflate", 2000, "deflate"),
        (b"br, GZIP;q=0.5", 2000, "gzip"),
        (b"deflate, gzip", 2000, "gzip"),
        (b"*", 2000, "gzip"),
        (b"gzip;q=0, deflate", 2000, "deflate"),
        (b"gzip;q=0", 2000, None),
        (b"*;q=0", 2000, None),
        (b"gzip;q=x", 2000, None),
        (b"br", 2000, None),
        (b"identity", 2000, None),
        (b"", 2000, None),
        (b"gzip", 1024, None),
        (b"gzip", (1 << 20) + 1, None),
    ],
)
def test_answers_are_compressed_when_asked_and_worth_it(accepts, size, coding):
    body = b"abcd" * (size // 4) + b"x" * (size % 4)
    answer = Peer(answering(("reply", body))).send(request(headers=b"Accept-Encoding: %b\r\n" % accepts))
    head, _, got = answer.partition(b"\r\n\r\n")
    undo = {"gzip": gzip.decompress, "deflate": zlib.decompress, None: bytes}[coding]
    assert undo(got) == body
    assert b"content-length: %d" % len(got) in head
    assert (f"content-encoding: {coding}".encode() in head) is (coding is not None)
    assert (b"vary: accept-encoding" in head) is (coding is not None)


def test_streams_and_coded_answers_are_left_as_they_are():
    asked = request(headers=b"Accept-Encoding: gzip\r\n")
    assert b"content-encoding" not in Peer(answering(("reply", bytes(5000), False), ("reply", b""))).send(asked)
    coded = Peer(answering(("start", {"content-encoding": "br"}), ("reply", bytes(5000)))).send(asked)
    assert coded.count(b"content-encoding") == 1


# What protocols do wrong


@pytest.mark.parametrize("place", ["handler", "on_message", "on_ready", "on_cancel"])
def test_a_failing_protocol_ends_its_own_call_alone(place, caplog):
    def fail(*_):
        raise RuntimeError("secret")

    def handler(call):
        if call.path != "/bad":
            call.on_message = lambda body, last: call.reply(b"fine")
        elif place == "handler":
            fail()
        else:
            setattr(call, place, fail)
            if place == "on_ready":
                call.reply(bytes(1 << 17), final=False)

    peer = Peer(handler)
    got = peer.send(request(b"GET /bad") + request(b"GET /good"))
    if place == "on_cancel":
        peer.connection.lost()
    elif place == "on_ready":
        assert peer.closed, "a begun answer can only be cut"
    else:
        assert status(got) == 500
        assert b"secret" not in got
        assert got.endswith(b"\r\n\r\nfine")
    assert "GET /bad failed" in caplog.text


def test_a_call_is_let_go_when_it_is_over():
    peer = Peer()
    peer.send(request())
    before = peer.calls[0].on_message
    peer.calls[0].reply(b"")
    assert peer.calls[0].on_message is not before


@pytest.mark.parametrize("early", [True, False])
def test_an_answered_call_leaves_nothing_for_the_garbage_collector(early):
    taken = []

    class Taking:
        def __init__(self, call):
            self.call = call  # leads back to the call
            taken.append(weakref.ref(self))

        def __call__(self, body, last):
            self.call.reply(bytes(body))

    def handler(call):
        if early:
            call.finish(404, "no")
        call.on_message = Taking(call)

    gc.disable()
    try:
        Peer(handler).send(request())
        assert [ref() for ref in taken] == [None]
    finally:
        gc.enable()


# The end


def test_a_lost_peer_cancels_what_it_asked():
    peer = Peer()
    peer.send(request() * 2)
    peer.connection.lost()
    assert peer.cancelled == peer.calls
    peer.calls[0].reply(b"late")
    assert peer.read() == b""
    peer.connection.lost()
    assert len(peer.cancelled) == 2


def test_a_draining_connection_answers_what_was_begun():
    peer = Peer()
    data = request(b"POST /2", body=b"xyz")
    peer.send(request(b"GET /1") + data[:-1])
    peer.connection.drain()
    assert not peer.closed
    peer.calls[0].reply(b"1")
    assert b"connection" not in peer.read()
    peer.send(data[-1:] + request(b"GET /3"))
    assert [call.path for call in peer.calls] == ["/1", "/2"]
    peer.calls[1].reply(b"2")
    assert b"connection: close" in peer.read()
    assert peer.closed


@pytest.mark.parametrize("data", [b"", b"GET / HT", request()])
def test_a_draining_connection_without_calls_closes(data):
    peer = Peer(answering(("reply", b"x")))
    peer.send(data)
    peer.connection.drain()
    assert peer.closed


def test_a_draining_connection_lets_a_begun_stream_end():
    peer = Peer()
    peer.send(request())
    peer.calls[0].reply(b"a", final=False)
    peer.connection.drain()
    assert not peer.closed
    peer.calls[0].reply(b"b")
    assert peer.read().endswith(b"1\r\nb\r\n0\r\n\r\n")
    assert peer.closed


def test_the_host_header_is_the_only_one_needed():
    assert Peer(answering(("reply", b"x"))).send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n").endswith(b"\r\n\r\nx")
