"""Peers that take their time: each phase of a request has a bound, on a clock that the test turns."""

import pytest
from http1 import Peer, echo, request, status, text

LIMITS = {"idle_seconds": 60.0, "head_seconds": 10.0, "body_seconds": 5.0, "body_bytes": 100}
UPLOAD = request(b"POST /", b"Content-Length: 100000\r\n")


@pytest.fixture
def peer():
    return Peer(echo, **LIMITS)


@pytest.mark.parametrize("data", [b"", b"\r\n", request()])
def test_an_idle_connection_is_closed_without_a_word(peer, data):
    peer.send(data)
    assert peer.wait(59.9) == b""
    assert not peer.closed
    assert peer.wait(0.2) == b""
    assert peer.closed


def test_a_request_starts_the_idle_time_anew(peer):
    for _ in range(5):
        peer.wait(50)
        assert status(peer.send(request())) == 200
    assert not peer.closed


def test_a_head_has_its_time_however_it_trickles(peer):
    data = request(headers=b"A: " + b"b" * 100 + b"\r\n")
    for at in range(19):
        peer.send(data[at : at + 1])
        assert peer.wait(0.5) == b""
    peer.send(data[19:20])
    answer = peer.wait(1)
    assert (status(answer), text(answer)) == (408, "the request head took longer than 10 s\n")
    assert peer.closed


def test_empty_lines_do_not_keep_a_connection(peer):
    for _ in range(60):
        peer.send(b"\r\n")
        peer.wait(1)
    assert peer.closed


@pytest.mark.parametrize("start", [UPLOAD, request(b"POST /", b"Transfer-Encoding: chunked\r\n") + b"186a0\r\n"])
def test_a_body_must_get_on(peer, start):
    peer.send(start)
    for _ in range(5):
        peer.send(b"x" * 100)
        assert peer.wait(5) == b""
    peer.send(b"x" * 99)
    answer = peer.wait(5)
    assert (status(answer), text(answer)) == (408, "the request body came slower than 100 bytes in 5 s\n")
    assert peer.closed


def test_framing_is_no_progress(peer):
    peer.send(request(b"POST /", b"Transfer-Encoding: chunked\r\n"))
    for _ in range(4):
        peer.send(b"1;" + b"e" * 200 + b"\r\nx\r\n")
        peer.wait(1)
    assert not peer.closed
    assert status(peer.wait(1.1)) == 408


def test_the_servers_own_time_is_not_the_peers():
    peer = Peer(max_unanswered=2, **LIMITS)
    peer.send(request() * 3)
    assert peer.connection.next_timeout is None
    assert peer.wait(1000) == b""
    for call in peer.calls[:2]:
        call.reply(b"")
    assert len(peer.calls) == 3
    assert not peer.closed


def test_a_body_that_is_not_asked_for_yet_is_not_late():
    peer = Peer(**LIMITS)
    peer.send(request(b"GET /1") + request(b"POST /2", b"Expect: 100-continue\r\nContent-Length: 3\r\n"))
    assert peer.wait(1000) == b""
    peer.calls[0].reply(b"")
    assert peer.read().endswith(b"100 Continue\r\n\r\n")
    assert status(peer.wait(5)) == 408


def test_a_late_head_behind_a_running_call_is_refused_after_its_answer():
    peer = Peer(**LIMITS)
    peer.send(request() + b"GET /2 HT")
    assert peer.wait(11) == b""
    assert not peer.closed
    peer.calls[0].reply(b"first")
    answer = peer.read()
    assert answer.find(b"first") < answer.find(b"HTTP/1.1 408")
    assert peer.closed


def test_a_late_body_is_not_taken_after_its_refusal():
    peer = Peer(**LIMITS)
    data = request(b"POST /2", body=b"xyz")
    peer.send(request() + data[:-1])
    peer.wait(6)
    peer.send(data[-1:])
    assert peer.bodies == [b""]
    peer.calls[0].reply(b"first")
    assert b"HTTP/1.1 408" in peer.read()


def test_an_early_alarm_does_nothing(peer):
    peer.send(b"GET")
    peer.connection.on_time(9.9)
    assert not peer.closed
