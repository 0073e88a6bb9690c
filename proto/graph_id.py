"""The id inside a FlatGraph, read and replaced without touching the rest of the message."""

import struct

from .fields import fields
from .flatbuffer import Buffer, root
from .flatgraph import FlatGraph

_ROOT, _VTABLE, _TABLE, _ID, _REFERENCES, _SIZE = 0, 4, 32, 40, 48, 96
"""Where the parts of the new root lie; the size keeps the old message aligned behind it."""


def read_graph_id(data: Buffer) -> int:
    """The id by which a FlatGraph asks to be registered. Raises InvalidArgument."""
    return root(FlatGraph, data).id


def with_graph_id(data: Buffer, graph_id: int) -> bytes:
    """The same FlatGraph under another id. Raises InvalidArgument.

    A writer leaves out an id of 0, so there may be no place for one: a new root table is put before the message,
    whose fields refer to the old contents.
    """
    graph = root(FlatGraph, data)
    slots = range(1, len(fields(FlatGraph)))
    places = [_REFERENCES + 4 * index for index in range(len(slots))]
    present = [place - _TABLE if graph.place(slot) else 0 for slot, place in zip(slots, places, strict=True)]
    vtable = (4 + 2 * (1 + len(slots)), _SIZE - _TABLE, _ID - _TABLE, *present)
    head = bytearray(_SIZE)
    struct.pack_into("<I", head, _ROOT, _TABLE)
    struct.pack_into(f"<{len(vtable)}H", head, _VTABLE, *vtable)
    struct.pack_into("<i", head, _TABLE, _TABLE - _VTABLE)
    struct.pack_into("<q", head, _ID, graph_id)
    for slot, place in zip(slots, places, strict=True):
        if graph.place(slot):
            struct.pack_into("<I", head, place, _SIZE + graph.target(slot) - place)
    return bytes(head) + data
