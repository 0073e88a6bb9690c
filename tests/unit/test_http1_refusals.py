"""HTTP/1.1 input that is no request, or too much of one: a status, one line, the end."""

import gzip
import json
import tracemalloc
import zlib

import pytest
from http1 import HOST, Peer, echo, request, status, text

POST = b"POST /"
CHUNKED = request(POST, b"Transfer-Encoding: chunked\r\n")
LIMITS = {"max_message_bytes": 1000, "max_inflated_bytes": 2000, "max_head_bytes": 12 << 10}


def headed(headers: bytes) -> bytes:
    return request(POST, headers)


def lined(line: bytes) -> bytes:
    return line + b"\r\n" + HOST + b"\r\n"


REFUSED = {
    # the request line
    "a single word": (lined(b"nonsense"), 400, "'nonsense' is not an HTTP/1.1 request line"),
    "no version": (lined(b"GET /"), 400, "is not an HTTP/1.1 request line"),
    "two spaces": (lined(b"GET  / HTTP/1.1"), 400, "is not an HTTP/1.1 request line"),
    "a space after the version": (lined(b"GET / HTTP/1.1 "), 400, "is not an HTTP/1.1 request line"),
    "a tab in the line": (lined(b"GET\t/ HTTP/1.1"), 400, "is not an HTTP/1.1 request line"),
    "a space in the target": (lined(b"GET /a b HTTP/1.1"), 400, "is not an HTTP/1.1 request line"),
    "a control in the target": (lined(b"GET /a\x00 HTTP/1.1"), 400, "is not an HTTP/1.1 request line"),
    "bytes above ASCII in the target": (lined(b"GET /\xc3\xa9 HTTP/1.1"), 400, "is not an HTTP/1.1 request line"),
    "a bare CR in the line": (lined(b"GET / HTTP/1.1\rX: y"), 400, "is not an HTTP/1.1 request line"),
    "a bare LF after the line": (b"GET / HTTP/1.1\nHost: a\r\n\r\n", 400, "is not an HTTP/1.1 request line"),
    "another protocol": (lined(b"GET / RTSP/1.0"), 400, "is not an HTTP/1.1 request line"),
    "a TLS hello": (lined(b"\x16\x03\x01\x02\x00\x01"), 400, "is not an HTTP/1.1 request line"),
    "a relative target": (lined(b"GET a HTTP/1.1"), 400, "'a' is not a request target"),
    "a tunnel": (lined(b"CONNECT host:1 HTTP/1.1"), 400, "'host:1' is not a request target"),
    "a small method": (lined(b"get / HTTP/1.1"), 400, "not an HTTP/1.1 request"),
    "an unknown method": (lined(b"FETCH / HTTP/1.1"), 400, "not an HTTP/1.1 request"),
    "HTTP/2": (lined(b"PRI * HTTP/2.0"), 505, "HTTP/1.1 is spoken here, not HTTP/2.0"),
    "HTTP/0.9": (lined(b"GET / HTTP/0.9"), 505, "not HTTP/0.9"),
    "HTTP/1.2": (lined(b"GET / HTTP/1.2"), 505, "not HTTP/1.2"),
    "a long line": (lined(b"GET /" + b"a" * (9 << 10) + b" HTTP/1.1"), 414, "at most 8192 bytes"),
    "a line without end": (b"GET /" + b"a" * (13 << 10), 414, "at most 8192 bytes"),
    # headers
    "no colon": (headed(b"no colon\r\n"), 400, "not an HTTP/1.1 request: Invalid header token"),
    "no name": (headed(b": x\r\n"), 400, "Invalid header token"),
    "a space before the colon": (headed(b"Content-Length : 1\r\n"), 400, "Invalid header field char"),
    "a folded value": (headed(b"A: x\r\n y\r\n"), 400, "Unexpected whitespace"),
    "a folded empty value": (headed(b"Transfer-Encoding:\r\n chunked\r\n"), 400, "not an HTTP/1.1 request"),
    "a name that is no token": (headed(b"A(: x\r\n"), 400, "Invalid header token"),
    "a name above ASCII": (headed(b"\xc3\xa9: x\r\n"), 400, "Invalid header token"),
    "a NUL in a value": (headed(b"A: x\x00y\r\n"), 400, "Invalid header value"),
    "a bare CR in a value": (headed(b"A: x\ry\r\n"), 400, "not an HTTP/1.1 request"),
    "a bare LF in a value": (headed(b"A: x\nB: y\r\n"), 400, "not an HTTP/1.1 request"),
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400, "has a Host header"),
    "two Hosts": (headed(b"Host: b\r\n"), 400, "one Host header, not two"),
    "too many headers": (headed(b"A: b\r\n" * 101), 431, "at most 100 headers, not 102"),
    "a long head": (headed(b"A: " + b"b" * (13 << 10) + b"\r\n"), 431, "at most 12288 bytes"),
    "a head without end": (b"GET / HTTP/1.1\r\nA: " + b"b" * (13 << 10), 431, "at most 12288 bytes"),
    "an unknown expectation": (headed(b"Expect: miracles\r\n"), 417, "not 'miracles'"),
    # where the body ends
    "length and chunks": (headed(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400, "Content-Length"),
    "chunks and length": (headed(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400, "Content-Length"),
    "two lengths": (headed(b"Content-Length: 5\r\nContent-Length: 6\r\n"), 400, "Duplicate Content-Length"),
    "the same length twice": (headed(b"Content-Length: 5\r\nContent-Length: 5\r\n"), 400, "Duplicate Content-Length"),
    "a list of lengths": (headed(b"Content-Length: 5, 5\r\n"), 400, "Content-Length"),
    "a negative length": (headed(b"Content-Length: -1\r\n"), 400, "Content-Length"),
    "a signed length": (headed(b"Content-Length: +1\r\n"), 400, "Content-Length"),
    "a hexadecimal length": (headed(b"Content-Length: 0x10\r\n"), 400, "Content-Length"),
    "an underscore in the length": (headed(b"Content-Length: 1_0\r\n"), 400, "Content-Length"),
    "an empty length": (headed(b"Content-Length:\r\n"), 400, "Content-Length"),
    "a length beyond 64 bits": (headed(b"Content-Length: 1" + b"0" * 30 + b"\r\n"), 400, "Content-Length"),
    "a length beyond the limit": (headed(b"Content-Length: 1001\r\n"), 413, "at most 1000 bytes, not 1001"),
    "another transfer coding": (headed(b"Transfer-Encoding: gzip, chunked\r\n"), 501, "not 'gzip, chunked'"),
    "a last coding that is not chunked": (headed(b"Transfer-Encoding: chunked, gzip\r\n"), 400, "Transfer-Encoding"),
    "chunked twice": (headed(b"Transfer-Encoding: chunked\r\n" * 2), 400, "Transfer-Encoding"),
    "not quite chunked": (headed(b"Transfer-Encoding: xchunked\r\n"), 400, "Transfer-Encoding"),
    "chunked behind a control": (headed(b"Transfer-Encoding: \x0bchunked\r\n"), 400, "header value"),
    "chunks in HTTP/1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP/1.0 knows no"),
    # chunks
    "no size": (CHUNKED + b"\r\n", 400, "'' is not the size of a chunk"),
    "a size that is no number": (CHUNKED + b"xyz\r\n", 400, "'xyz' is not the size of a chunk"),
    "a size with 0x": (CHUNKED + b"0x1\r\n", 400, "'0x1' is not the size of a chunk"),
    "a negative size": (CHUNKED + b"-1\r\n", 400, "'-1' is not the size of a chunk"),
    "a space before the size": (CHUNKED + b" 1\r\n", 400, "is not the size of a chunk"),
    "a space after the size": (CHUNKED + b"1 \r\n", 400, "is not the size of a chunk"),
    "a size beyond 32 bits": (CHUNKED + b"100000000\r\n", 400, "is not the size of a chunk"),
    "a control in an extension": (CHUNKED + b"1;a\x00\r\n", 400, "is not the size of a chunk"),
    "a long extension": (CHUNKED + b"1;" + b"a" * 300, 400, "at most 256 bytes"),
    "a size that ends with LF": (CHUNKED + b"1\nx\r\n", 400, "end with CR and LF"),
    "a chunk longer than its size": (CHUNKED + b"1\r\nxy\r\n", 400, "longer than its size"),
    "a chunk beyond the limit": (CHUNKED + b"3e9\r\n", 413, "at most 1000 bytes"),
    "chunks beyond the limit": (CHUNKED + b"1\r\nx\r\n3e8\r\n", 413, "at most 1000 bytes"),
    "a trailer without colon": (CHUNKED + b"0\r\nno colon\r\n\r\n", 400, "'no colon' is not a trailer"),
    "a folded trailer": (CHUNKED + b"0\r\nA: b\r\n c\r\n\r\n", 400, "is not a trailer"),
    "many trailers": (CHUNKED + b"0\r\n" + b"A: b\r\n" * 3000, 431, "trailers are at most 8192 bytes"),
    "a trailer without end": (CHUNKED + b"0\r\nA: " + b"b" * 9000, 400, "at most 8192 bytes"),
    # content codings
    "an unknown coding": (request(POST, b"Content-Encoding: br\r\n", b"x"), 415, "gzip or deflate, not 'br'"),
    "two codings": (request(POST, b"Content-Encoding: gzip, gzip\r\n", b"x"), 415, "not 'gzip, gzip'"),
    "what is not gzip": (request(POST, b"Content-Encoding: gzip\r\n", b"xyz" * 9), 400, "the body is not gzip"),
    "what is not deflate": (request(POST, b"Content-Encoding: deflate\r\n", b"\xff" * 9), 400, "is not deflate"),
    "half of gzip": (
        request(POST, b"Content-Encoding: gzip\r\n", gzip.compress(b"abc" * 99)[:-9]),
        400,
        "the gzip body ends too early",
    ),
    "more after gzip": (
        request(POST, b"Content-Encoding: gzip\r\n", gzip.compress(b"a") + b"xyz"),
        400,
        "3 bytes follow the end of the gzip body",
    ),
    "a gzip bomb": (
        request(POST, b"Content-Encoding: gzip\r\n", gzip.compress(bytes(900_000))),
        413,
        "an inflated body is at most 2000 bytes",
    ),
    "a deflate bomb": (
        request(POST, b"Content-Encoding: deflate\r\n", zlib.compress(bytes(2001))),
        413,
        "an inflated body is at most 2000 bytes",
    ),
}


@pytest.mark.parametrize("size", [None, 1, 50])
@pytest.mark.parametrize(("data", "code", "reason"), REFUSED.values(), ids=REFUSED)
def test_it_is_answered_and_the_connection_ends(data, code, reason, size):
    taken = []
    peer = Peer(taken.append, **LIMITS)
    answer = peer.send(data, size)
    assert (status(answer), answer.count(b"HTTP/1.1 ")) == (code, 1 + text(answer).count("HTTP/1.1 "))
    assert reason in text(answer)
    assert text(answer).count("\n") == 1
    assert b"\r\nconnection: close\r\n" in answer
    assert (peer.closed, taken) == (True, [])
    assert peer.send(request()) == b"", "nothing more is read"


@pytest.mark.parametrize("path", [b"/v2/models/m/infer", b"/v2"])
@pytest.mark.parametrize("headers", [b"Content-Length: 1001\r\n", b"Content-Length: -1\r\n"])
def test_refusals_are_json_where_clients_read_json(path, headers):
    answer = Peer(echo, **LIMITS).send(request(b"POST " + path, headers))
    assert b"\r\ncontent-type: application/json\r\n" in answer
    assert list(json.loads(text(answer))) == ["error"]


def test_a_refusal_waits_for_the_answers_before_it():
    peer = Peer()
    assert peer.send(request(b"GET /1") + request(b"GET /2") + b"garbage\r\n\r\n" + request(b"GET /3")) == b""
    assert not peer.closed
    peer.calls[1].reply(b"second")
    peer.calls[0].reply(b"first")
    answer = peer.read()
    assert [answer.find(word) > 0 for word in (b"first", b"second", b"'garbage' is not")] == [True] * 3
    assert answer.find(b"first") < answer.find(b"second") < answer.find(b"'garbage'")
    assert (peer.closed, len(peer.calls)) == (True, 2)


def test_a_body_of_exactly_the_limit_is_taken():
    assert Peer(echo, **LIMITS).send(request(POST, body=b"x" * 1000)).endswith(b"x" * 1000)
    assert Peer(echo, **LIMITS).send(CHUNKED + b"3e8\r\n" + b"x" * 1000 + b"\r\n0\r\n\r\n").endswith(b"x" * 1000)
    compressed = gzip.compress(bytes(2000))
    assert Peer(echo, **LIMITS).send(request(POST, b"Content-Encoding: gzip\r\n", compressed)).endswith(bytes(2000))


def test_a_bomb_is_not_inflated_beyond_the_limit():
    bomb = request(POST, b"Content-Encoding: gzip\r\n", gzip.compress(bytes(50 << 20)))
    peer = Peer(echo, max_inflated_bytes=2000)
    tracemalloc.start()
    try:
        assert status(peer.send(bomb)) == 413
        assert tracemalloc.get_traced_memory()[1] < 4 * len(bomb) < 1 << 20
    finally:
        tracemalloc.stop()
