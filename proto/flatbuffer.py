"""Bounds-checked reading of FlatBuffers.

The generated accessors trust their input: a hostile offset wraps around, a shared one multiplies work. Here every
offset, vtable and vector is checked against the message, and every message has a budget: its bytes may be read a few
times over (honest writers share strings and vtables), so time and memory stay proportional to what was received.

Offsets within a message are unsigned and point forward; only the way to a vtable is signed. So a position is never
negative once the vtable's is checked, and `struct` refuses what lies behind the end.
"""

import struct
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np

from ..spec.dtype import Array
from ..spec.errors import InvalidArgument

T = TypeVar("T", bound="Table")
Buffer = bytes | bytearray | memoryview

READS = 4
"""How often the bytes of a message may be read, on average."""

_OFFSET = struct.Struct("<I")
_BACK = struct.Struct("<i")
_SIZES = struct.Struct("<2H")
_SLOTS: tuple[struct.Struct, ...] = tuple(struct.Struct(f"<{count}H") for count in range(33))
_SCALARS = {
    "byte": struct.Struct("<b"),
    "bool": struct.Struct("<?"),
    "int": struct.Struct("<i"),
    "long": struct.Struct("<q"),
}
_VECTORS: dict[str, np.dtype[Any]] = {
    "byte": np.dtype("i1"),
    "bool": np.dtype("u1"),
    "int": np.dtype("<i4"),
    "long": np.dtype("<i8"),
    "double": np.dtype("<f8"),
}


class Message:
    """The bytes of one message and how many more of them may be read."""

    __slots__ = ("data", "left", "size")

    def __init__(self, data: Buffer) -> None:
        self.data = memoryview(data).cast("B")
        self.size = len(self.data)
        self.left = READS * self.size

    def unpack(self, form: struct.Struct, at: int) -> Any:
        """What `form` finds at byte `at`."""
        try:
            return form.unpack_from(self.data, at)
        except struct.error:
            raise damaged(f"offset {at} lies outside of its {self.size} bytes") from None

    def follow(self, at: int) -> int:
        """The place that the offset at byte `at` refers to."""
        return at + self.unpack(_OFFSET, at)[0]

    def vector(self, at: int, width: int) -> tuple[int, int]:
        """First byte and length of the vector at byte `at`, whose elements are `width` bytes wide."""
        count = self.unpack(_OFFSET, at)[0]
        self.spend(4 + count * width)
        if at + 4 + count * width > self.size:
            raise damaged(f"a vector of {count} elements at byte {at} does not fit into its {self.size} bytes")
        return at + 4, count

    def text(self, at: int) -> str:
        """The string at byte `at`."""
        start, count = self.vector(at, 1)
        try:
            return str(self.data[start : start + count], "utf-8")
        except UnicodeDecodeError:
            raise damaged(f"the string at byte {at} is not UTF-8") from None

    def spend(self, count: int) -> None:
        """Note that `count` bytes are read."""
        self.left -= count
        if self.left < 0:
            raise damaged(f"it refers to more than {READS} times its {self.size} bytes")


class Table:
    """One table of a message. Subclasses declare its fields (fields.py); an absent field has its default."""

    __slots__ = ("_at", "_message", "_offsets")

    def __init__(self, message: Message, at: int) -> None:
        vtable = at - message.unpack(_BACK, at)[0]
        if vtable < 0:
            raise damaged(f"the table at byte {at} has its vtable before the beginning")
        size, extent = message.unpack(_SIZES, vtable)
        if size < 4 or size % 2 or vtable + size > message.size or extent < 4 or at + extent > message.size:
            raise damaged(f"the table at byte {at} has an impossible vtable")
        message.spend(extent)
        self._message = message
        self._at = at
        known: int = min(size // 2 - 2, len(_SLOTS) - 1)
        self._offsets: tuple[int, ...] = message.unpack(_SLOTS[known], vtable + 4)

    def place(self, slot: int) -> int:
        """Where the field begins; 0 when the message leaves it out."""
        offsets = self._offsets
        return self._at + offsets[slot] if slot < len(offsets) and offsets[slot] else 0

    def target(self, slot: int) -> int:
        """Where the thing begins that the field refers to; 0 when the message leaves it out."""
        place = self.place(slot)
        return self._message.follow(place) if place else 0

    def read_scalar(self, slot: int, kind: str) -> int:
        """A number, 0 by default."""
        place = self.place(slot)
        return self._message.unpack(_SCALARS[kind], place)[0] if place else 0

    def read_text(self, slot: int) -> str:
        """A string, empty by default."""
        target = self.target(slot)
        return self._message.text(target) if target else ""

    def read_bytes(self, slot: int) -> memoryview:
        """A vector of bytes, a view on the message."""
        start, count = self._vector(slot, 1)
        return self._message.data[start : start + count]

    def read_numbers(self, slot: int, kind: str) -> Array:
        """A vector of numbers, a view on the message (perhaps unaligned)."""
        dtype = _VECTORS[kind]
        start, count = self._vector(slot, dtype.itemsize)
        return np.frombuffer(self._message.data, dtype, count, start)

    def read_texts(self, slot: int) -> Iterator[str]:
        """A vector of strings."""
        return map(self._message.text, self._references(slot))

    def read_table(self, slot: int, view: type[T]) -> T | None:
        """A table, or None."""
        target = self.target(slot)
        return view(self._message, target) if target else None

    def read_tables(self, slot: int, view: type[T]) -> Iterator[T]:
        """A vector of tables."""
        return (view(self._message, at) for at in self._references(slot))

    def _vector(self, slot: int, width: int) -> tuple[int, int]:
        target = self.target(slot)
        return self._message.vector(target, width) if target else (0, 0)

    def _references(self, slot: int) -> Iterator[int]:
        start, count = self._vector(slot, 4)
        return map(self._message.follow, range(start, start + 4 * count, 4))


def root(view: type[T], data: Buffer) -> T:
    """The root table of a message, seen as `view`. Raises InvalidArgument."""
    message = Message(data)
    return view(message, message.follow(0))


def damaged(what: str) -> InvalidArgument:
    """The error for bytes that are no such message."""
    return InvalidArgument(f"damaged FlatBuffers message: {what}")
