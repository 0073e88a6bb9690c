"""Decisions drawn from bytes: the same bytes, the same decisions; so a fuzzer that changes bytes changes decisions."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from graphserver.spec.dtype import TABLE, Array, DType

T = TypeVar("T")

_SMALL = range(-3, 10)
_EXTREMES = [
    sign * 2**bits + more for bits in (7, 8, 15, 16, 24, 31, 32, 62) for more in (-1, 0, 1) for sign in (1, -1)
]
WHOLE = (*_SMALL, *_EXTREMES, 2**63 - 1, -(2**63), -99, -102, 100, 1000, 10**5, 10**6, 10**9)
"""Numbers that files mean well, and numbers that break things."""

REAL = (0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 1e-300, 1e300, -1e300, 1e-7, float("inf"), float("-inf"), float("nan"), 1e9)

WORDS = ("", "x", "y", "same", "ñ", "a\nb", "\x1b[31mred", "\x00", "reflect", "0", "x" * 300)


class Choices:
    """Decisions, one after the other; when the bytes are used up the rest is always the first choice."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, count: int) -> int:
        """A number from 0 to count - 1."""
        width = 1 if count <= 256 else 2
        drawn = int.from_bytes(self._data[self._at : self._at + width], "little")
        self._at += width
        return drawn % count

    def pick(self, things: Sequence[T]) -> T:
        """One of the things."""
        return things[self.below(len(things))]

    def often(self) -> bool:
        """True three times of four (and when the bytes are used up)."""
        return self.below(4) != 3

    def whole(self) -> int:
        """An integer of 64 bits."""
        return self.pick(_SMALL if self.often() else WHOLE)

    def dimension(self) -> int:
        """An integer of 32 bits."""
        return (self.whole() + 2**31) % 2**32 - 2**31

    def real(self) -> float:
        """A number."""
        return self.pick(REAL) if self.often() else float(self.whole())

    def flag(self) -> bool:
        """True or False."""
        return self.below(2) == 1

    def word(self) -> str:
        """A text."""
        return self.pick(WORDS)

    def dtype(self) -> DType:
        """A data type."""
        return self.pick(TABLE)

    def shape(self) -> tuple[int, ...]:
        """A small shape."""
        return tuple(self.pick((2, 1, 3, 4, 0, 5, 8)) for _ in range(self.below(5)))

    def array(self, dtype: DType | None = None, shape: tuple[int, ...] | None = None) -> Array:
        """An array, small but for what it holds."""
        dtype, shape = dtype or self.dtype(), self.shape() if shape is None else shape
        random, kind = np.random.default_rng(self.below(2**16)), dtype.numpy.kind
        if kind == "O":
            return np.array([b"", b"a", b"\xff", b"b" * 40], object)[random.integers(0, 4, (*shape, 1))].reshape(shape)
        if kind in "iu":
            pool = np.array(WHOLE if self.below(4) == 3 else _SMALL, "int64")
            return np.asarray(random.choice(pool, shape)).astype(dtype.numpy)
        with np.errstate(all="ignore"):
            drawn = random.choice(REAL, shape) if self.below(4) == 3 else random.normal(size=shape)
            return np.asarray(drawn).astype(dtype.numpy)
