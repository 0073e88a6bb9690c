"""HTTP/1.1 calls in line: pipelining, back-pressure, failing protocols, the end of a connection."""

import gc
import weakref
from itertools import permutations

import pytest
from http1 import Peer, request, status

CLOSE = b"Connection: close\r\n"


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
    peer = Peer(lambda call: call.reply(b"x"))
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
