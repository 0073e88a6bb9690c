"""Messages that are, or become, too large; bytes that are no message of any protocol."""

import gzip
import zlib
from itertools import chain, repeat
from random import Random

import pytest
from limits import frames
from limits.rawclient import RawClient
from limits.victim import MESSAGE_BYTES

GZIP = frames.field(b"grpc-encoding", b"gzip")
RESOURCE_EXHAUSTED = b"8"


def bomb(size: int) -> bytes:
    """`size` zeros in a two-hundredth of it, or less."""
    deflate = zlib.compressobj(1, wbits=31)
    mebibyte = bytes(1 << 20)
    return b"".join(deflate.compress(mebibyte) for _ in range(size >> 20)) + deflate.flush()


def status(attacker, stream):
    """The grpc-status of a call that gets no message: the headers of ours are literals, so it stands as written."""
    trailers = attacker.await_frame(frames.HEADERS, stream).payload
    return trailers.partition(b"grpc-status")[2][1:2]


@pytest.mark.parametrize("size", [MESSAGE_BYTES + 1, 2**31, 2**32 - 1])
def test_a_message_that_is_announced_too_large(victim, size):
    with victim.siege(), RawClient(victim.address) as attacker:
        announced = b"\0" + size.to_bytes(4, "big") + bytes(1000)
        attacker.send(frames.request(1), frames.frame(frames.DATA, 0, 1, announced))
        assert status(attacker, 1) == RESOURCE_EXHAUSTED
        attacker.send(frames.request(3), frames.message(3, b"abc"))
        attacker.await_frame(frames.DATA, 3)


def test_a_message_too_large_that_is_sent_nevertheless(victim):
    piece = frames.frame(frames.DATA, 0, 1, bytes(16384))
    announced = b"\0" + (2**31).to_bytes(4, "big")
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.flood(chain([frames.request(1), frames.frame(frames.DATA, 0, 1, announced)], [piece] * 4000))


def test_a_compressed_bomb(victim):
    small = bomb(256 << 20)
    assert len(small) < MESSAGE_BYTES
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.send(frames.request(1, "/a.B/Echo", GZIP), frames.message(1, small, compressed=True))
        assert status(attacker, 1) == RESOURCE_EXHAUSTED
        attacker.send(frames.request(3, "/a.B/Echo", GZIP), frames.message(3, gzip.compress(b"abc"), compressed=True))
        attacker.await_frame(frames.DATA, 3)


def test_a_message_in_crumbs(victim):
    """A frame for each byte: what is kept of a message must not grow with the frames it came in."""
    size = 120_000
    announced = frames.frame(frames.DATA, 0, 1, b"\0" + size.to_bytes(4, "big"))
    crumb, last = (frames.frame(frames.DATA, flags, 1, b"x") for flags in (0, frames.END_STREAM))
    with victim.siege(), RawClient(victim.address, hello={frames.INITIAL_WINDOW_SIZE: size + 5}) as attacker:
        attacker.send(frames.window_update(0, size))
        attacker.flood(chain([frames.request(1), announced], repeat(crumb, size - 1), [last]))
        answer = b"".join(attacker.data(1, seconds=5))
        assert answer[5:] == b"x" * size or attacker.closed, "served, or cut off for its manners"


GARBAGE = {
    "random": Random(1).randbytes(4096),
    "zeros": bytes(4096),
    "TLS": bytes.fromhex("16030100f8010000f40303") + Random(2).randbytes(300),
    "a preface that turns wrong": frames.PREFACE[:16] + b"XX\r\n\r\n" + bytes(100),
    "frames without a preface": frames.request(1) + frames.message(1, b"abc"),
    "a line without end": b"G" * 100_000,
    "HTTP/1.1 with a bad length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_at_the_door(victim, name):
    with victim.siege(), RawClient(victim.address, hello=None) as attacker:
        attacker.send(GARBAGE[name])
        answer = attacker.read(2)
        assert attacker.closed
        assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505 "))
