"""FlatArray against DL4J's own encodings (enc_M2.1.txt) and against what no honest writer sends."""

import re

import ml_dtypes
import numpy as np
import pytest
from cases import DATA

from graphserver.proto.arrays import read_array, write_array
from graphserver.proto.flatbuffer import root
from graphserver.proto.flatgraph import FlatArray
from graphserver.proto.writing import Writer
from graphserver.spec import dtype as types
from graphserver.spec.dtype import Array
from graphserver.spec.errors import GraphServerError, InvalidArgument

BIG, LITTLE = 1, 0
FLOAT, BOOL, UTF8 = 5, 1, 50
ROWS = [[1, 2, 3], [4, 5, 6]]

JAVA_VALUES = {
    "float[2,3]c": (ROWS, "f4"),
    "float[2,3]f": (ROWS, "f4"),
    "double scalar": (1.5, "f8"),
    "float scalar": (1.5, "f4"),
    "int[3]": ([1, 2, 3], "i4"),
    "long[3]": ([1, 2, -3], "i8"),
    "short[2]": ([1, -2], "i2"),
    "byte[2]": ([1, -2], "i1"),
    "bool[3]": ([True, False, True], "?"),
    "HALF[3]": ([1, 2, 3], "f2"),
    "BFLOAT16[3]": ([1, 2, 3], ml_dtypes.bfloat16),
    "UBYTE[3]": ([1, 2, 3], "u1"),
    "UINT16[3]": ([1, 2, 3], "u2"),
    "UINT32[3]": ([1, 2, 3], "u4"),
    "UINT64[3]": ([1, 2, 3], "u8"),
    "utf8[3]": ([b"alpha", b"", "gamma é".encode()], object),
    "utf8 scalar": (b"hello", object),
}


def flat_array(info: list[int], data: bytes, dtype: int, byte_order: int) -> FlatArray:
    writer = Writer()
    shape, buffer = writer.numbers(info, "<i8"), writer.vector(data, 1)
    table = writer.table(FlatArray, shape=shape, buffer=buffer, dtype=dtype, byte_order=byte_order)
    return root(FlatArray, bytes(writer.finish(table)))


def written(array: Array) -> FlatArray:
    writer = Writer()
    return root(FlatArray, bytes(writer.finish(write_array(writer, array))))


def java_lines() -> list[tuple[str, int, int, list[int], bytes]]:
    form = re.compile(r"ARR (.*) dtype=(\d+) bo=(\d) shapeInfo=([-\d,]+), bytes\(\d+\)=(.*)")
    found = [form.fullmatch(line) for line in (DATA / "enc_M2.1.txt").read_text().splitlines() if line[:4] == "ARR "]
    return [
        (m[1], int(m[2]), int(m[3]), [int(part) for part in m[4].split(",")], bytes.fromhex(m[5])) for m in found if m
    ]


def test_every_recorded_array_is_looked_at() -> None:
    lines = (DATA / "enc_M2.1.txt").read_text().splitlines()
    assert len(java_lines()) == sum(line.startswith("ARR ") for line in lines) == 23


@pytest.mark.parametrize(("name", "dtype", "byte_order", "info", "data"), java_lines(), ids=lambda v: str(v)[:20])
def test_an_array_as_java_writes_it_comes_back(
    name: str, dtype: int, byte_order: int, info: list[int], data: bytes
) -> None:
    array = read_array(flat_array(info, data, dtype, byte_order), name)
    empty_scalar = info[0] == 0 and info[1] & 8
    assert array.shape == ((0,) if empty_scalar else tuple(info[1 : 1 + info[0]]))
    assert types.of(array).code == dtype
    assert array.flags.c_contiguous
    if name in JAVA_VALUES:
        values, numpy_type = JAVA_VALUES[name]
        assert array.dtype == np.dtype(numpy_type)
        assert array.tolist() == values
    again = written(array)
    assert again.byte_order == LITTLE
    back = read_array(again, name)
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tolist() == array.tolist()
    if info[-1] == ord("c") and not empty_scalar:
        assert again.shape.tolist() == info


def test_enough_recorded_values_are_compared() -> None:
    assert JAVA_VALUES.keys() <= {name for name, *_ in java_lines()}


@pytest.mark.parametrize("row", types.TABLE, ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 0, 3), (2, 3, 2)])
def test_every_type_and_shape_comes_back(row: types.DType, shape: tuple[int, ...]) -> None:
    count = int(np.prod(shape))
    values = [b"\0%d\0" % at for at in range(count)] if row is types.BYTES else range(count)
    array = np.array([*values], row.numpy).reshape(shape)
    back = read_array(written(array), "x")
    assert back.dtype == array.dtype
    assert back.shape == shape
    assert back.tolist() == array.tolist()


@pytest.mark.parametrize("make", [np.asfortranarray, lambda a: a[::-1, ::2], lambda a: a.astype(">f4")])
def test_an_array_is_written_in_c_order_and_little_endian(make: "type") -> None:
    array = make(np.arange(12, dtype="f4").reshape(3, 4))
    flat = written(array)
    assert bytes(flat.buffer) == array.astype("<f4").tobytes("C")
    assert np.array_equal(read_array(flat, "x"), array)


STRIDED = {
    "a column": ([1, 3, 4, 8192, 4, 99], range(12), [0, 4, 8]),
    "a block": ([2, 2, 2, 4, 1, 8192, 0, 99], range(8), [[0, 1], [4, 5]]),
    "transposed": ([2, 3, 2, 1, 3, 8192, 0, 99], range(6), [[0, 3], [1, 4], [2, 5]]),
    "strides of a dimension of 1 say nothing": ([2, 1, 3, 99, 1, 8192, 1, 99], range(3), [[0, 1, 2]]),
    "column-major": ([2, 2, 3, 1, 2, 8192, 1, 102], range(6), [[0, 2, 4], [1, 3, 5]]),
}


@pytest.mark.parametrize(("info", "elements", "expected"), STRIDED.values(), ids=STRIDED)
@pytest.mark.parametrize(("byte_order", "form"), [(BIG, ">f4"), (LITTLE, "<f4")])
def test_strides_within_the_buffer(
    info: list[int], elements: range, expected: object, byte_order: int, form: str
) -> None:
    array = read_array(flat_array(info, np.array(elements, form).tobytes(), FLOAT, byte_order), "x")
    assert array.tolist() == expected
    assert array.flags.c_contiguous
    assert array.dtype == np.dtype("f4")


def test_the_type_field_wins_over_the_shape_information() -> None:
    double_bits = 16384
    array = read_array(flat_array([1, 2, 1, double_bits, 1, 99], np.array([1, 2], "<f4").tobytes(), FLOAT, LITTLE), "x")
    assert array.dtype == np.float32


@pytest.mark.parametrize("row", types.TABLE, ids=str)
def test_a_scalar_is_an_array(row: types.DType) -> None:
    value = np.full((), b"1" if row is types.BYTES else 1, row.numpy)
    assert type(read_array(written(value), "x")) is np.ndarray


def test_bools_are_true_or_false_whatever_the_byte() -> None:
    array = read_array(flat_array([1, 3, 1, 524288, 1, 99], b"\x00\x02\xff", BOOL, LITTLE), "x")
    assert array.view("u1").tolist() == [0, 1, 1]


HOSTILE = {
    "no shape information": ([], b"", "not the shape information"),
    "plain dimensions of later releases": ([3, 4], bytes(48), "not the shape information"),
    "a rank that does not fit": ([2, 3, 1, 8192, 1, 99], bytes(12), "not the shape information"),
    "a negative rank": ([-1, 0, 0, 0], b"", "not the shape information"),
    "a rank beyond ND4J's": ([33, *[1] * 66, 0, 1, 99], bytes(4), "not the shape information"),
    "no order": ([1, 3, 1, 8192, 1, 0], bytes(12), "not the shape information"),
    "a negative dimension": ([1, -3, 1, 8192, 1, 99], bytes(12), r"impossible shape"),
    "a product beyond 64 bits": ([2, 1 << 40, 1 << 40, 1 << 40, 1, 8192, 1, 99], bytes(8), "impossible shape"),
    "nothing times too much": ([3, 1 << 40, 1 << 40, 0, 0, 0, 0, 8200, 0, 99], b"", "impossible shape"),
    "too few bytes": ([1, 3, 1, 8192, 1, 99], bytes(11), r"11 bytes for FLOAT\[3\], expected 12"),
    "too many bytes": ([1, 3, 1, 8192, 1, 99], bytes(16), r"16 bytes for FLOAT\[3\], expected 12"),
    "no bytes": ([0, 8192, 1, 99], b"", r"0 bytes for FLOAT\[\], expected 4"),
    "strides beyond the end": ([1, 3, 5, 8192, 5, 99], bytes(40), "strides"),
    "negative strides": ([1, 3, -1, 8192, -1, 99], bytes(12), "strides"),
    "a stride of 0 that blows up": ([1, 1 << 40, 0, 8192, 0, 99], bytes(4), "strides"),
}


@pytest.mark.parametrize(("info", "data", "text"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_array_is_refused_by_name(info: list[int], data: bytes, text: str) -> None:
    with pytest.raises(InvalidArgument, match=text) as caught:
        read_array(flat_array(info, data, FLOAT, LITTLE), "input 'pixels'")
    assert str(caught.value).startswith("input 'pixels': ")


def strings(*offsets: int, characters: bytes = b"abc") -> bytes:
    return np.array(offsets, "<i8").tobytes() + characters


@pytest.mark.parametrize(
    "data",
    [strings(0), strings(0, 1, 4), strings(0, 2, 1), strings(-1, 0, 1), strings(0, 1 << 62, 1 << 63 - 1), b""],
    ids=["too few offsets", "behind the end", "backwards", "before the beginning", "huge", "nothing"],
)
def test_hostile_strings_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidArgument, match="x: "):
        read_array(flat_array([1, 2, 1, 1048576, 1, 99], data, UTF8, BIG), "x")


@pytest.mark.parametrize(("dtype", "byte_order"), [(0, LITTLE), (99, LITTLE), (15, LITTLE), (FLOAT, 2), (FLOAT, -1)])
def test_an_unknown_type_or_byte_order_is_refused(dtype: int, byte_order: int) -> None:
    with pytest.raises(GraphServerError, match="x: "):
        read_array(flat_array([0, 8192, 1, 99], bytes(4), dtype, byte_order), "x")


def test_an_array_of_other_objects_cannot_be_written() -> None:
    with pytest.raises(InvalidArgument, match="holds int, expected bytes"):
        write_array(Writer(), np.array([1], object))
