"""Gives a graph file the id under which it is to be registered: the wire carries the id inside the graph."""

import struct

from ..proto.flatbuffer import damaged, root
from ..proto.flatgraph import FlatGraph
from ..spec.errors import Unsupported

_ID = struct.Struct("<q")
_OFFSET = struct.Struct("<I")
_SLOTS = 10
"""Fields of FlatGraph up to 1.0.0-M2.1; all but the id (slot 0) are offsets."""


def with_id(graph: bytes, id: int) -> bytes:
    """The same graph with another id, of 64 bits. Raises InvalidArgument for bytes that are no graph."""
    place = root(FlatGraph, graph).place(0)
    if place:
        return b"".join((graph[:place], _ID.pack(id), graph[place + 8 :]))
    try:
        return _new_root(graph, id) + graph
    except struct.error:
        raise damaged("its root refers to places outside of it") from None


def _new_root(graph: bytes, id: int) -> bytes:
    """A root table with an id, to stand before `graph` and refer to the parts of its old root, which had none.

    Laid out as offset to the root, vtable, root; its length is a multiple of 8, so that what follows stays aligned.
    """
    old = root(FlatGraph, graph)
    if any(old.place(slot) for slot in range(_SLOTS, 2 * _SLOTS)):
        raise Unsupported(f"the graph has more than the {_SLOTS} fields of 1.0.0-M2.1, so that no id can be added")
    start = _aligned(4 + 4 + 2 * _SLOTS)
    extent = 16 + 4 * _SLOTS
    length = _aligned(start + extent)
    front = bytearray(length)
    slots = [slot for slot in range(1, _SLOTS) if old.place(slot)]
    fields = {0: 8} | {slot: 16 + 4 * at for at, slot in enumerate(slots)}
    _OFFSET.pack_into(front, 0, start)
    struct.pack_into(f"<2H{_SLOTS}H", front, 4, 4 + 2 * _SLOTS, extent, *(fields.get(i, 0) for i in range(_SLOTS)))
    struct.pack_into("<i", front, start, start - 4)
    _ID.pack_into(front, start + 8, id)
    for slot in slots:
        target = length + old.place(slot) + _OFFSET.unpack_from(graph, old.place(slot))[0]
        here = start + fields[slot]
        _OFFSET.pack_into(front, here, target - here)
    return bytes(front)


def _aligned(size: int) -> int:
    return (size + 7) // 8 * 8
