"""Writing FlatBuffers from the declared views: slots and types are named once, in flatgraph.py.

The library's Builder writes from the end to the beginning, children before parents; large vectors are copied once.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from flatbuffers import Builder  # pyright: ignore[reportMissingTypeStubs]

from ..spec.dtype import Array
from .fields import fields
from .flatbuffer import Buffer, Table

_PREPEND = {"byte": "PrependInt8Slot", "bool": "PrependBoolSlot", "int": "PrependInt32Slot", "long": "PrependInt64Slot"}
_REFERENCE = "PrependUOffsetTRelativeSlot"
_ALIGNMENT = 16
"""Of the message and every vector of numbers, so that readers may look at them in place."""


class Writer:
    """One message being written. The methods answer where in it the thing is, for its parent to refer to.

    size: bytes to begin with; a good guess saves copies. What does not fit into 2 GiB is a BuilderSizeError.
    """

    def __init__(self, size: int = 1024) -> None:
        self._builder: Any = Builder(-(-size // _ALIGNMENT) * _ALIGNMENT)

    def text(self, value: str) -> int:
        """A string."""
        return self._builder.CreateString(value)

    def vector(self, data: Buffer, width: int) -> int:
        """Elements of `width` bytes each, as the little-endian bytes that they are."""
        builder, raw = self._builder, memoryview(data).cast("B")
        builder.StartVector(width, len(raw) // width, _ALIGNMENT)
        builder.head -= len(raw)
        with memoryview(builder.Bytes) as target:
            target[builder.head : builder.head + len(raw)] = raw
        return builder.EndVector()

    def numbers(self, values: Iterable[Any], dtype: str) -> int:
        """A vector of numbers, `dtype` in NumPy's little-endian spelling."""
        array: Array = np.array(tuple(values), dtype)
        return self.vector(array.tobytes(), array.itemsize)

    def references(self, places: Sequence[int]) -> int:
        """A vector of strings or tables written before."""
        builder = self._builder
        builder.StartVector(4, len(places), 4)
        for place in reversed(places):
            builder.PrependUOffsetTRelative(place)
        return builder.EndVector()

    def texts(self, values: Iterable[str]) -> int:
        """A vector of strings."""
        return self.references([self.text(value) for value in values])

    def table(self, view: type[Table], **values: int) -> int:
        """A table: numbers for its scalars, places for all else; 0 leaves a field out."""
        builder, declared = self._builder, fields(view)
        builder.StartObject(len(declared))
        for name, value in values.items():
            field = declared[name]
            getattr(builder, _PREPEND.get(field.kind, _REFERENCE))(field.slot, value, 0)
        return builder.EndObject()

    def finish(self, place: int) -> memoryview:
        """The message whose root is the table at `place`."""
        self._builder.Finish(place)
        return memoryview(self._builder.Bytes)[self._builder.Head() :]
