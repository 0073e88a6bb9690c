"""Peers that begin and do not go on: they are cut off when their time is over, and cost little until then."""

import time
from contextlib import ExitStack

import pytest
from limits import frames
from limits.rawclient import RawClient

DRIBBLED = {
    "preface": frames.PREFACE[:-1],
    "HTTP/1.1 head": b"GET / HTTP/1.1\r\nHost: victim\r\n" + b"a: b\r\n" * 100,
    "nothing": b"",
}
OTHERS = 40


@pytest.mark.parametrize("name", DRIBBLED)
def test_a_beginning_that_dribbles_in(victim, name):
    with victim.siege(), RawClient(victim.address, hello=None) as attacker:
        for byte in DRIBBLED[name]:
            if attacker.closed or not attacker.send(bytes((byte,))):
                break
            attacker.read(0.1)
        attacker.read(2)
        assert attacker.closed


@pytest.mark.parametrize("name", DRIBBLED)
def test_many_beginnings_at_once(victim, name):
    with victim.siege(), ExitStack() as attackers:
        clients = [attackers.enter_context(RawClient(victim.address, hello=None)) for _ in range(OTHERS)]
        for client in clients:
            client.send(DRIBBLED[name])
        end = time.monotonic() + 2.5
        for client in clients:
            client.read(max(end - time.monotonic(), 0.01))
        assert [client.closed for client in clients] == [True] * OTHERS


def test_half_a_frame_keeps_nobody_waiting(victim):
    begun = frames.request(1)
    with victim.siege(), ExitStack() as attackers:
        clients = [attackers.enter_context(RawClient(victim.address)) for _ in range(OTHERS)]
        for client in clients:
            client.send(begun[:-20])
        clients[0].pause(0.5)
        clients[0].send(begun[-20:], frames.message(1, b"abc"))
        clients[0].await_frame(frames.DATA, 1)


def test_messages_that_never_end_are_bounded_together(victim):
    """Each fits, all of them do not: the rest wait behind closed windows, while small ones go on."""
    whole = frames.message(1, bytes(4 << 20))
    with victim.siege(slack=(32 << 20) + (24 << 20)), ExitStack() as attackers:
        for _ in range(OTHERS):
            client = attackers.enter_context(RawClient(victim.address))
            client.send(frames.request(1, "/a.B/Echo"), whole[: 2 << 20])
        client.pause(0.5)
