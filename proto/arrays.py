"""FlatArray to NumPy and back.

`FlatArray.shape` is ND4J's shape information: [rank, dimensions…, strides…, extras, element stride, order], strides in
elements, order 'c' or 'f'. Java writes elements big-endian and says so; string offsets are little-endian in any case.
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from ..spec.dtype import BOOL, BYTES, Array, DType, by_code
from ..spec.dtype import of as dtype_of
from ..spec.errors import GraphServerError, InvalidArgument
from ..spec.tensor import format_shape
from .flatbuffer import Buffer
from .flatgraph import FlatArray
from .writing import Writer

MAX_RANK = 32
"""ND4J's own limit."""

_EMPTY = 8
_UNSIGNED = 1 << 23
_EXTRAS = {
    "BOOL": 1 << 19,
    "FP16": 1 << 12,
    "FP32": 1 << 13,
    "FP64": 1 << 14,
    "INT8": 1 << 15,
    "INT16": 1 << 16,
    "INT32": 1 << 17,
    "INT64": 1 << 18,
    "UINT8": 1 << 15 | _UNSIGNED,
    "UINT16": 1 << 16 | _UNSIGNED,
    "UINT32": 1 << 17 | _UNSIGNED,
    "UINT64": 1 << 18 | _UNSIGNED,
    "BF16": 1 << 11,
    "BYTES": 1 << 20,
}
"""The bits by which shape information repeats the data type."""

_SIGNS = {0: "<", 1: ">"}
_ORDERS: dict[int, Literal["C", "F"]] = {ord("c"): "C", ord("f"): "F"}


class Layout(NamedTuple):
    """How elements lie in the buffer; strides in elements."""

    dims: tuple[int, ...]
    strides: tuple[int, ...]
    order: Literal["C", "F"]

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.dims)

    @property
    def dense(self) -> bool:
        """Whether the strides are those of a gapless array in this order; where a dimension is 1 they say nothing."""
        step = 1
        pairs = list(zip(self.dims, self.strides, strict=True))
        for dim, stride in pairs if self.order == "F" else reversed(pairs):
            if dim != 1 and stride != step:
                return False
            step *= dim
        return True


def read_array(flat: FlatArray, what: str) -> Array:
    """The array in C order and native bytes: a view on the message where it already is so, else one copy.

    what: how errors call it, such as "input 'x'". Strings become bytes in UTF-8; those that are not (Java 1.0.0-M2.1
    cuts characters to single bytes) are taken for Latin-1. DL4J's "empty" of rank 0 has the shape [0].
    Raises InvalidArgument, or Unsupported for a data type without a NumPy twin.
    """
    try:
        dtype = by_code(flat.dtype)
        layout = _layout(flat.shape.tolist(), dtype)
        if not layout.size:
            return np.empty(layout.dims, dtype.numpy)
        if dtype is BYTES:
            return _strings(flat.buffer, layout.size).reshape(layout.dims, order=layout.order)
        return _native(_words(flat, layout, dtype), dtype)
    except GraphServerError as error:
        raise type(error)(f"{what}: {error}") from None


def write_array(writer: Writer, array: Array) -> int:
    """Write a FlatArray, little-endian and in C order. Raises InvalidArgument, or Unsupported for its type."""
    dtype = dtype_of(array)
    info = writer.numbers(_shape_info(array.shape, dtype), "<i8")
    buffer = writer.vector(_bytes(array, dtype), 1) if array.size else 0
    return writer.table(FlatArray, shape=info, buffer=buffer, dtype=dtype.code)


def _layout(info: list[int], dtype: DType) -> Layout:
    """Dimensions, strides and order, once they are believable."""
    rank = info[0] if info else -1
    if not 0 <= rank <= MAX_RANK or len(info) != 2 * rank + 4 or info[-1] not in _ORDERS:
        shown = ", ".join(map(str, info[:12])) + (", …" if len(info) > 12 else "")
        raise InvalidArgument(f"[{shown}] is not the shape information of DL4J 1.0.0-beta4 to M2.1")
    dims, strides = tuple(info[1 : rank + 1]), tuple(info[rank + 1 : 2 * rank + 1])
    if any(dim < 0 for dim in dims) or math.prod(max(dim, 1) for dim in dims) * dtype.numpy.itemsize >= 1 << 62:
        raise InvalidArgument(f"impossible shape {format_shape(dims)}")
    if not rank and info[-3] & _EMPTY:
        dims, strides = (0,), (1,)
    return Layout(dims, strides, _ORDERS[info[-1]])


def _words(flat: FlatArray, layout: Layout, dtype: DType) -> Array:
    """The elements as unsigned integers in the file's byte order: swapping is the same for every type."""
    data, width = flat.buffer, dtype.numpy.itemsize
    words = np.dtype(f"{_sign(flat.byte_order)}u{width}")
    if layout.dense:
        if len(data) != layout.size * width:
            name = f"{dtype}{format_shape(layout.dims)}"
            raise InvalidArgument(f"{len(data)} bytes for {name}, expected {layout.size * width}")
        return np.frombuffer(data, words).reshape(layout.dims, order=layout.order)
    last = sum((dim - 1) * stride for dim, stride in zip(layout.dims, layout.strides, strict=True))
    if min(layout.strides) < 0 or max(last + 1, layout.size) * width > len(data):
        raise InvalidArgument(f"strides {format_shape(layout.strides)} lead out of its {len(data)} bytes")
    elements = np.frombuffer(data, words, len(data) // width)
    return np.lib.stride_tricks.as_strided(elements, layout.dims, [stride * width for stride in layout.strides])


def _native(words: Array, dtype: DType) -> Array:
    """Native bytes in C order and aligned; bools are 0 or 1 whatever the file says."""
    if dtype is BOOL:
        return np.asarray(words != 0)  # of a scalar NumPy makes a number
    words = words.astype(words.dtype.newbyteorder("="), order="C", copy=False)
    return (words if words.flags.aligned else words.copy()).view(dtype.numpy)


def _strings(data: memoryview, count: int) -> Array:
    """`count + 1` offsets into the characters that follow."""
    head = 8 * (count + 1)
    if head > len(data):
        raise InvalidArgument(f"{len(data)} bytes cannot hold {count} strings")
    offsets: list[int] = np.frombuffer(data, "<i8", count + 1).tolist()
    if offsets[0] < 0 or offsets[-1] > len(data) - head or offsets != sorted(offsets):
        raise InvalidArgument(f"string offsets lead out of its {len(data)} bytes")
    strings = np.empty(count, np.object_)
    strings[:] = [_utf8(bytes(data[head + start : head + end])) for start, end in pairwise(offsets)]
    return strings


def _utf8(raw: bytes) -> bytes:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1").encode()
    return raw


def _sign(byte_order: int) -> str:
    if byte_order not in _SIGNS:
        raise InvalidArgument(f"byte order {byte_order}, expected 0 (little-endian) or 1 (big-endian)")
    return _SIGNS[byte_order]


def _shape_info(dims: tuple[int, ...], dtype: DType) -> tuple[int, ...]:
    empty = 0 in dims
    strides = [0] * len(dims) if empty else [math.prod(dims[axis + 1 :]) for axis in range(len(dims))]
    extras = _EXTRAS[dtype.name] | (_EMPTY if empty else 0)
    return (len(dims), *dims, *strides, extras, 0 if empty else 1, ord("c"))


def _bytes(array: Array, dtype: DType) -> Buffer:
    if dtype is BYTES:
        return b"".join(_packed([_element(item) for item in array.flat]))
    words = np.asarray(array, dtype.numpy, order="C").view(f"u{dtype.numpy.itemsize}")
    return words.astype(words.dtype.newbyteorder("<"), copy=False).reshape(-1).view("u1").data


def _packed(strings: list[bytes]) -> Iterator[bytes]:
    yield np.cumsum([0, *map(len, strings)], dtype="<i8").tobytes()
    yield from strings


def _element(item: object) -> bytes:
    if isinstance(item, str):
        return item.encode()
    if not isinstance(item, bytes):
        raise InvalidArgument(f"an array of strings holds {type(item).__name__}, expected bytes")
    return item
