"""Bytes that nobody honest sends: each is answered or refused, soon and in little memory."""

import random
import struct
import time
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from cases import captured, case

from graphserver.formats.registry import read
from graphserver.proto import messages
from graphserver.proto.fields import child, children, scalar, texts, vector
from graphserver.proto.flatbuffer import READS, Table, root
from graphserver.spec.errors import GraphServerError, InvalidArgument

SEED = 20240611
REQUEST = captured("java-client-M2.1/018_InferenceRequest.bin")
GRAPH = case("multi_io").graph.read_bytes()

Read = Callable[[bytes], object]
SUBJECTS: dict[str, tuple[bytes, Read]] = {
    "request": (REQUEST, messages.read_inference_request),
    "graph": (GRAPH, lambda data: read(data, "graph")),
    "control flow": (captured("graphclient/000_RegisterGraph.bin"), lambda data: read(data, "graph")),
}


def refusal(read_: Read, data: bytes) -> str | None:
    """Why it was not read; anything but a GraphServerError fails the test."""
    try:
        read_(data)
    except GraphServerError as error:
        return str(error)
    return None


def truncated(data: bytes) -> Iterator[bytes]:
    return (data[:end] for end in range(0, len(data), 16))


def flipped(data: bytes, count: int) -> Iterator[bytes]:
    """One to four bytes changed, also by single bits and to extremes."""
    chance = random.Random(SEED)
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            changed[at] = chance.choice((changed[at] ^ 1 << chance.randrange(8), chance.randrange(256), 0, 0xFF))
        yield bytes(changed)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_truncations_are_refused(subject: str) -> None:
    data, read_ = SUBJECTS[subject]
    assert refusal(read_, data) is None
    assert all(refusal(read_, part) for part in truncated(data))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_flipped_bytes_are_survived(subject: str) -> None:
    """2000 times; no attempt takes more memory than 100 times its message, which honest ones take too, nor long."""
    data, read_ = SUBJECTS[subject]
    reasons, slowest = set[str | None](), 0.0
    tracemalloc.start()
    try:
        for changed in flipped(data, 2000):
            began = time.perf_counter()
            reasons.add(refusal(read_, changed))
            slowest = max(slowest, time.perf_counter() - began)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert None in reasons
    assert len(reasons) > 10
    assert peak < 100 * len(data) + 1_000_000
    assert slowest < 2


def test_random_bytes_are_refused() -> None:
    chance = random.Random(SEED)
    for length in (0, 1, 3, 4, 5, 8, 64, 1000):
        for _ in range(50):
            data = chance.randbytes(length)
            assert refusal(lambda data: read(data, "graph"), data)
            refusal(messages.read_inference_request, data)


class Knot(Table):
    """A table of everything, also of itself."""

    number = scalar(0, "int")
    words = texts(1)
    longs = vector(2, "long")


class Rope(Table):
    knot = child(0, Knot)
    knots = children(1, Knot)
    number = scalar(2, "int")
    words = texts(3)
    longs = vector(4, "long")


def message(*parts: tuple[str, object]) -> bytes:
    """Bytes from pairs of a struct format and a value or values."""
    return b"".join(
        struct.pack("<" + form, *(value if isinstance(value, tuple) else (value,))) for form, value in parts
    )


def table(*fields: int, vtable: int | None = None) -> bytes:
    """A root of uint32 fields behind its vtable; each field is a value or an offset counted from itself."""
    offsets = [4 + 4 * at for at in range(len(fields))]
    size = 4 + 2 * len(fields)
    return message(
        ("I", 4 + size), ("2H", (size, 4 + 4 * len(fields))), (f"{len(fields)}H", tuple(offsets)),
        ("i", size if vtable is None else vtable), (f"{len(fields)}I", fields),
    )  # fmt: skip


def test_an_honest_table_for_comparison() -> None:
    rope = root(Rope, table(0, 0, 7))
    assert rope.number == 7


BAD_TABLES = {
    "nothing": b"",
    "three bytes": b"\0\0\0",
    "a root behind the end": message(("I", 100)),
    "a root at the far end": message(("I", 0xFFFFFFFF)),
    "a vtable before the beginning": table(7, vtable=1000),
    "a vtable behind the end": table(7, vtable=-1000),
    "the smallest int": table(7, vtable=-(1 << 31)),
    "a vtable of 3 bytes": message(("I", 8), ("2H", (3, 8)), ("i", 4), ("I", 0)),
    "a vtable of 65535 bytes": message(("I", 8), ("2H", (0xFFFF, 8)), ("i", 4), ("I", 0)),
    "a table longer than the message": message(("I", 8), ("2H", (4, 0x7FFF)), ("i", 4), ("I", 0)),
}


@pytest.mark.parametrize("data", BAD_TABLES.values(), ids=BAD_TABLES)
def test_an_impossible_table_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidArgument, match="damaged FlatBuffers message"):
        root(Rope, data)


BAD_FIELDS = {
    "a table behind the end": table(0xFFFFFFFF, 0, 0),
    "tables without end": table(0, 8, 0, 0, 0) + struct.pack("<I", 0xFFFFFFFF),
    "more tables than bytes": table(0, 4, 0x10000000),
    "strings without end": table(0, 0, 0, 4, 0xFFFFFFFF),
    "numbers without end": table(0, 0, 0, 0, 4) + struct.pack("<I", 0x20000001),
    "a string that is not UTF-8": table(0, 0, 0, 4) + message(("I", 1), ("I", 4), ("I", 2), ("2B", (0xC3, 0x28))),
}


@pytest.mark.parametrize("data", BAD_FIELDS.values(), ids=BAD_FIELDS)
def test_an_impossible_field_is_refused(data: bytes) -> None:
    rope = root(Rope, data)
    with pytest.raises(InvalidArgument, match="damaged FlatBuffers message"):
        _read_all(rope)


def _read_all(rope: Rope) -> int:
    knots = [rope.knot] if rope.knot else []
    return sum(_length(knot) for knot in (*knots, *rope.knots)) + len(list(rope.words)) + len(rope.longs)


def _length(knot: Knot) -> int:
    return len(list(knot.words)) + len(knot.longs)


@pytest.mark.parametrize("offset", [0, (1 << 32) - 4, (1 << 32) - 16])
def test_an_offset_cannot_point_back(offset: int) -> None:
    """Offsets are unsigned, so a cycle of tables cannot be said; what looks like one is a place behind the end."""
    with pytest.raises(InvalidArgument, match="damaged"):
        _ = root(Rope, table(offset, 0, 7)).knot


def shared(references: int, text: int) -> bytes:
    """One long string, referred to many times."""
    places = struct.pack("<I", references) + b"".join(
        struct.pack("<I", 4 * (references - at)) for at in range(references)
    )
    return table(0, 0, 0, 4) + places + struct.pack("<I", text) + b"a" * text + b"\0"


def test_shared_strings_are_read_within_a_budget() -> None:
    assert len(list(root(Rope, shared(READS - 1, 1000)).words)) == READS - 1
    with pytest.raises(InvalidArgument, match=f"more than {READS} times"):
        list(root(Rope, shared(1000, 100_000)).words)


def test_a_shared_tensor_costs_no_more_than_the_message() -> None:
    """10 000 inputs that are all the same megabyte: refused before they are ten gigabytes."""
    one = messages.NamedArray("x", (0, 0), np.zeros(1 << 17))
    honest = bytes(messages.write_inference_request(0, [one]))
    at = struct.unpack_from("<I", honest)[0]
    vector_field = at + struct.unpack_from("<H", honest, at - struct.unpack_from("<i", honest, at)[0] + 6)[0]
    vector_at = vector_field + struct.unpack_from("<I", honest, vector_field)[0]
    variable = vector_at + 4 + struct.unpack_from("<I", honest, vector_at + 4)[0]
    count = 10_000
    front = table(0, 4)
    start = len(front) + 4
    prefix_length = start + 4 * count
    references = b"".join(struct.pack("<I", prefix_length + variable - (start + 4 * index)) for index in range(count))
    hostile = front + struct.pack("<I", count) + references + honest
    tracemalloc.start()
    try:
        with pytest.raises(InvalidArgument, match="times its"):
            messages.read_inference_request(hostile)
        assert tracemalloc.get_traced_memory()[1] < 8 * len(hostile)
    finally:
        tracemalloc.stop()
