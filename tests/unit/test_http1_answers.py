"""HTTP/1.1 answers: Calls in, bytes out."""

import gzip
import json
import zlib

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


def test_the_host_header_is_the_only_one_needed():
    assert Peer(answering(("reply", b"x"))).send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n").endswith(b"\r\n\r\nx")
