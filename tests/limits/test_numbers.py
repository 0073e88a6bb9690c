"""More streams or connections than are let in: the rest are refused, those inside go on."""

from contextlib import ExitStack

from limits import frames
from limits.rawclient import RawClient
from limits.victim import CONNECTIONS

MAX_CONCURRENT_STREAMS = 3


def announced_streams(client):
    settings = client.await_frame(frames.SETTINGS).payload
    pairs = {int.from_bytes(settings[i : i + 2], "big"): settings[i + 2 : i + 6] for i in range(0, len(settings), 6)}
    return int.from_bytes(pairs[MAX_CONCURRENT_STREAMS], "big")


def test_too_many_streams(victim):
    with victim.siege(), RawClient(victim.address) as attacker:
        most = announced_streams(attacker)
        attacker.send(*(frames.request(2 * n + 1, "/a.B/Silent") for n in range(most)))
        attacker.send(frames.request(2 * most + 1))
        assert attacker.await_frame(frames.RST_STREAM, 2 * most + 1).code == frames.REFUSED_STREAM
        attacker.send(frames.reset(1), frames.request(2 * most + 3), frames.message(2 * most + 3, b"abc"))
        attacker.await_frame(frames.DATA, 2 * most + 3)


def test_too_many_connections(victim):
    with victim.siege(), ExitStack() as opened:
        clients = [opened.enter_context(RawClient(victim.address)) for _ in range(CONNECTIONS + 20)]
        for client in clients:
            client.read(0.02)
        inside = [client for client in clients if not client.closed]
        assert len(inside) == CONNECTIONS - 1, "one is the bystander's"
        inside[-1].send(frames.request(1), frames.message(1, b"abc"))
        inside[-1].await_frame(frames.DATA, 1)


def test_places_become_free_again(victim):
    with victim.siege():
        for _ in range(3):
            with ExitStack() as opened:
                clients = [opened.enter_context(RawClient(victim.address)) for _ in range(CONNECTIONS - 1)]
                clients[-1].send(frames.request(1), frames.message(1, b"abc"))
                clients[-1].await_frame(frames.DATA, 1)
