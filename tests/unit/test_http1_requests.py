"""HTTP/1.1 requests: bytes in, Calls out."""

import gzip
import sys
import zlib

import pytest
from http1 import HOST, Peer, echo, request
from hypothesis import given
from hypothesis import strategies as st

CHUNKS = b'3\r\nabc\r\nA;name="value"\r\n0123456789\r\n0\r\nTrailer: dropped\r\n\r\n'

ACCEPTED = {
    "no body": (request(b"GET /a"), ("GET", "/a", "", b"")),
    "a body of a known length": (request(b"POST /a", body=b"xyz"), ("POST", "/a", "", b"xyz")),
    "a body in chunks": (
        request(b"POST /a", b"Transfer-Encoding: chunked\r\n") + CHUNKS,
        ("POST", "/a", "", b"abc0123456789"),
    ),
    "a coding in capitals": (
        request(b"PUT /", b"Transfer-Encoding: Chunked\r\n") + b"0\r\n\r\n",
        ("PUT", "/", "", b""),
    ),
    "a query": (request(b"GET /a?b=%20c&d"), ("GET", "/a", "b=%20c&d", b"")),
    "percent-encoding": (request(b"GET /v2/models/a%20b%C3%A9"), ("GET", "/v2/models/a bé", "", b"")),
    "the absolute form": (request(b"GET http://host:80/a?b"), ("GET", "/a", "b", b"")),
    "the absolute form without a path": (request(b"GET http://host"), ("GET", "/", "", b"")),
    "the asterisk form": (request(b"OPTIONS *"), ("OPTIONS", "*", "", b"")),
    "HTTP/1.0 without a Host": (b"GET /a HTTP/1.0\r\n\r\n", ("GET", "/a", "", b"")),
    "empty lines before": (b"\r\n\r\n" + request(b"GET /a"), ("GET", "/a", "", b"")),
    "an offer to upgrade, with a body": (
        request(b"POST /a", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n", b"xyz"),
        ("POST", "/a", "", b"xyz"),
    ),
    "an offer to upgrade, with chunks": (
        request(b"POST /a", b"Connection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n") + CHUNKS,
        ("POST", "/a", "", b"abc0123456789"),
    ),
    "gzip": (
        request(b"POST /a", b"Content-Encoding: gzip\r\n", gzip.compress(b"abc" * 500)),
        ("POST", "/a", "", b"abc" * 500),
    ),
    "deflate": (
        request(b"POST /a", b"Content-Encoding: deflate\r\n", zlib.compress(b"abc" * 500)),
        ("POST", "/a", "", b"abc" * 500),
    ),
    "bare deflate": (
        request(b"POST /a", b"Content-Encoding: deflate\r\n", zlib.compress(b"abc" * 500)[2:-4]),
        ("POST", "/a", "", b"abc" * 500),
    ),
    "identity": (request(b"POST /a", b"Content-Encoding: identity\r\n", b"xyz"), ("POST", "/a", "", b"xyz")),
    "no body, but a coding": (request(b"GET /a", b"Content-Encoding: gzip\r\n"), ("GET", "/a", "", b"")),
}


def taken(peer: Peer):
    return [(call.method, call.path, call.query, body) for call, body in zip(peer.calls, peer.bodies, strict=True)]


@pytest.mark.parametrize("size", [None, 1, 7])
@pytest.mark.parametrize(("data", "expected"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_request_becomes_a_call(data, expected, size):
    peer = Peer()
    assert peer.send(data, size) == b""
    assert taken(peer) == [expected]


def test_what_follows_a_body_is_the_next_request():
    peer = Peer()
    peer.send(b"".join(data for data, _ in ACCEPTED.values()).replace(b"HTTP/1.0\r\n", b"HTTP/1.1\r\n" + HOST))
    assert taken(peer) == [expected for _, expected in ACCEPTED.values()]


def test_headers_are_the_metadata():
    peer = Peer()
    peer.send(request(headers=b"X-One: 1\r\nx-two:2  \t\r\nX-ONE: 3\r\nEmpty:\r\nLatin: \xe9\r\n"))
    assert dict(peer.calls[0].metadata) == {"host": "a", "x-one": "1, 3", "x-two": "2", "empty": "", "latin": "é"}
    assert (peer.calls[0].peer, peer.calls[0].protocol) == ("peer:1", "http")


def test_a_body_in_one_piece_is_a_view_of_the_received_bytes():
    seen = []

    def handler(call):
        call.on_message = lambda body, last: seen.append((body.obj, last))

    data = request(b"POST /", body=b"x" * 1000)
    Peer(handler).send(data)
    assert seen[0][0] is data
    assert seen[0][1] is True


@pytest.mark.parametrize("body", [b"x", b"x" * 1000])
def test_an_answered_request_is_not_kept(body):
    peer, data = Peer(echo), request(b"POST /", body=body)
    before = sys.getrefcount(data)
    peer.connection.receive(data)
    peer.read()
    assert sys.getrefcount(data) == before


def test_the_caller_is_asked_for_a_body_that_it_holds_back():
    peer = Peer(echo)
    data = request(b"POST /", b"Expect: 100-continue\r\n", b"xyz")
    assert peer.send(data[:-3]) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert peer.send(data[-3:-1]) == b"", "once is enough"
    assert peer.send(data[-1:]).endswith(b"POST|/||xyz")


def test_it_is_asked_in_its_turn():
    peer = Peer()
    data = request(b"POST /2", b"Expect: 100-continue\r\n", b"xyz")
    assert peer.send(request(b"GET /1") + data[:-3]) == b""
    peer.calls[0].reply(b"1")
    assert peer.read().endswith(b"1HTTP/1.1 100 Continue\r\n\r\n")
    peer.send(data[-3:])
    assert peer.bodies == [b"", b"xyz"]


@pytest.mark.parametrize("line", [b"GET / HTTP/1.0\r\n", b"POST / HTTP/1.0\r\nContent-Length: 1\r\n"])
def test_http_1_0_is_not_asked(line):
    assert Peer(echo).send(line + b"Expect: 100-continue\r\n\r\nx").startswith(b"HTTP/1.1 200 ")


requests = st.lists(
    st.one_of(
        st.binary(max_size=300).map(lambda body: request(b"POST /a", body=body)),
        st.lists(st.binary(min_size=1, max_size=40), max_size=8).map(
            lambda chunks: (
                request(b"POST /b?c", b"Transfer-Encoding: chunked\r\n")
                + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
                + b"0\r\n\r\n"
            )
        ),
        st.binary(max_size=300).map(
            lambda body: request(b"POST /c", b"Content-Encoding: gzip\r\n", gzip.compress(body, mtime=0))
        ),
        st.sampled_from(
            [
                request(b"GET /", b"X: " + b"y" * 200 + b"\r\n"),
                request(b"HEAD /d"),
                request(b"POST /e", b"Expect: 100-continue\r\n", b"abc"),
                b"GET / HTTP/1.0\r\n\r\n",
                b"\r\n",
                request(b"GET /f", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                request(b"POST /g", b"Transfer-Encoding: chunked\r\n") + b"z\r\n",
                b"garbage\r\n\r\n",
            ]
        ),
    ),
    max_size=6,
)


@given(data=requests.map(b"".join), cuts=st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=8))
def test_the_same_bytes_get_the_same_answers_however_they_arrive(data, cuts):
    whole, pieces = Peer(echo), Peer(echo)
    expected = whole.send(data)
    got, at, turn = b"", 0, 0
    while at < len(data):
        got += pieces.send(data[at : at + cuts[turn % len(cuts)]])
        at, turn = at + cuts[turn % len(cuts)], turn + 1
    assert got == expected
    assert pieces.closed == whole.closed


@given(data=st.binary(max_size=200), head=st.sampled_from([b"", b"GET / HTTP/1.1\r\n", request(b"POST /")[:-2]]))
def test_no_bytes_raise(data, head):
    peer = Peer(echo)
    answer = peer.send(head + data + b"\r\n\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
