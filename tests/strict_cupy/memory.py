"""The device's memory pool: bytes in use, with a limit."""

import weakref
from typing import Any

import numpy as np

from .faults import FAULTS, OutOfMemoryError


class MemoryPool:
    """cupy.cuda.MemoryPool. Bytes are held as long as any array that looks at them lives."""

    def __init__(self) -> None:
        self._used, self._limit = 0, 0
        self._known = set[int]()

    def set_limit(self, size: int | None = None, fraction: float | None = None) -> None:
        self._limit = size or 0

    def used_bytes(self) -> int:
        return self._used

    def free_all_blocks(self) -> None:
        """Nothing is cached."""

    def hold(self, array: np.ndarray[Any, Any]) -> None:
        """Count the memory behind an array, once. Raises OutOfMemoryError."""
        owner: Any = array
        while getattr(owner, "base", None) is not None:
            owner = owner.base
        if id(owner) in self._known or not isinstance(owner, np.ndarray):
            return
        FAULTS.check("alloc")
        if self._limit and self._used + owner.nbytes > self._limit:
            raise OutOfMemoryError(
                f"Out of memory allocating {owner.nbytes} bytes "
                f"(allocated so far: {self._used} bytes, limit set to: {self._limit} bytes)."
            )
        self._used += owner.nbytes
        self._known.add(id(owner))
        weakref.finalize(owner, self._give, id(owner), owner.nbytes)

    def _give(self, number: int, size: int) -> None:
        self._known.discard(number)
        self._used -= size


POOL = MemoryPool()
