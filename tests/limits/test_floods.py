"""Many cheap frames: the connection that sends them is closed, nobody else notices."""

from itertools import chain, repeat

import pytest
from limits import frames
from limits.frames import ENHANCE_YOUR_CALM
from limits.rawclient import RawClient

ENOUGH = 20_000
"""Units after which a server that has not objected never will."""

STREAMS = range(1, 2 * ENOUGH, 2)

FLOODS = {
    "rapid reset": (frames.request(n) + frames.reset(n) for n in STREAMS),
    "resets provoked from the server": (frames.request(n) + frames.window_update(n, 0) for n in STREAMS),
    "settings": repeat(frames.settings({3: 100}), ENOUGH),
    "settings acknowledged": repeat(frames.frame(frames.SETTINGS, flags=1), ENOUGH),
    "ping": repeat(frames.frame(frames.PING, payload=bytes(8)), ENOUGH),
    "priority": repeat(frames.frame(frames.PRIORITY, 0, 1, bytes(4) + b"\1"), ENOUGH),
    "empty data": chain([frames.request(1, "/a.B/Silent")], repeat(frames.frame(frames.DATA, 0, 1), ENOUGH)),
    "empty header blocks": (frames.frame(frames.HEADERS, 5, n) for n in STREAMS),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_ends_with_its_connection(victim, name):
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.flood(FLOODS[name])
        assert attacker.farewell() == ENHANCE_YOUR_CALM


@pytest.mark.parametrize("name", ["settings", "ping"])
def test_a_flood_of_questions_whose_answers_are_never_read(victim, name):
    question = frames.settings({3: 100}) if name == "settings" else frames.frame(frames.PING, payload=bytes(8))
    with victim.siege(), RawClient(victim.address, buffer=4096) as attacker:
        attacker.flood(repeat(question, 100 * ENOUGH), reading=False)
        attacker.farewell()


@pytest.mark.parametrize("piece", [b"", b"x", bytes(16384)], ids=len)
def test_a_header_block_that_never_ends(victim, piece):
    begun = frames.frame(frames.HEADERS, 0, 1, frames.block("/a.B/Echo"))
    more = repeat(frames.frame(frames.CONTINUATION, 0, 1, piece), 2000)
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.flood(chain([begun], more))
        assert attacker.farewell() == ENHANCE_YOUR_CALM


def test_a_header_bomb(victim):
    """One byte each for 4000: 60 MB of headers in 16 KB."""
    planted = frames.field(b"bomb", b"x" * 3900, indexed=True)
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.send(frames.request(1, "/a.B/Echo", planted), frames.message(1, b"abc"))
        attacker.send(frames.request(3, "/a.B/Echo", b"\xbe" * 16000), frames.message(3, b"abc"))
        answered = {found.stream for found in attacker.frames(0.5) if found.kind == frames.DATA}
        assert answered == {1}, "one large field is fine, sixteen thousand are not"


def test_headers_without_end(victim):
    fields = b"".join(frames.field(b"name%d" % i, b"value") for i in range(1000))
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.send(frames.request(1, "/a.B/Echo", fields), frames.message(1, b"abc"))
        assert frames.DATA not in {found.kind for found in attacker.frames(0.5)}
