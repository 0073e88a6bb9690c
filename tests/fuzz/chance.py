"""Bytes by chance, the same for the same seed: what the short run takes, and whoever has no atheris."""

import random
import struct
from collections.abc import Iterator

_NUMBERS = (0, 1, 2, 4, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_LENGTH = 96
"""Bytes of decisions when there is nothing to begin with."""


def inputs(honest: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` inputs: changed copies of the honest ones, or bytes of no sense where there are none."""
    chance = random.Random(seed)
    for _ in range(count):
        yield _changed(bytearray(chance.choice(honest)), chance) if honest else chance.randbytes(_LENGTH)


def _changed(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(max(1, len(data)))
        chance.choice((_flip, _number, _number, _cut, _repeat))(data, at, chance)
    return bytes(data)


def _flip(data: bytearray, at: int, chance: random.Random) -> None:
    data[at : at + 1] = bytes([chance.randrange(256)])


def _number(data: bytearray, at: int, chance: random.Random) -> None:
    """An offset, a length or an argument: these lie at multiples of four."""
    at -= at % 4
    data[at : at + 4] = struct.pack("<I", chance.choice(_NUMBERS))


def _cut(data: bytearray, at: int, chance: random.Random) -> None:
    del data[at : at + chance.choice((1, 4, 8, 64, len(data)))]


def _repeat(data: bytearray, at: int, chance: random.Random) -> None:
    data[at:at] = data[at : at + chance.choice((1, 4, 8, 64))]
