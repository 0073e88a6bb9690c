"""DL4J's messages: what the real Java client sent, and what goes out and comes back."""

import struct

import ml_dtypes
import numpy as np
import pytest
from cases import captured

from graphserver.proto import messages
from graphserver.proto.messages import NamedArray
from graphserver.spec.errors import InvalidArgument, Unsupported

JAVA = "java-client-M2.1/"
RAMP = [[1, 2, 3], [4, 5, 6]]

NINE = {
    "f": np.array(RAMP, "f4"),
    "d": np.array(RAMP, "f8"),
    "i": np.array(RAMP, "i4"),
    "l": np.array(RAMP, "i8"),
    "h": np.array(RAMP, "f2"),
    "bf": np.array(RAMP, ml_dtypes.bfloat16),
    "b": np.array([[False, False, True], [True, True, True]]),
    "s": np.array(3.5, "f4"),
    "view": np.array([[2, 3], [5, 6]], "f4"),
}


def test_the_nine_arrays_of_the_java_client() -> None:
    request = messages.read_inference_request(captured(JAVA + "018_InferenceRequest.bin"))
    got = {named.name: named.array for named in request.inputs}
    assert got.keys() == NINE.keys()
    for name, expected in NINE.items():
        assert got[name].dtype == expected.dtype, name
        assert got[name].shape == expected.shape, name
        assert got[name].tolist() == expected.tolist(), name
        assert got[name].flags.c_contiguous, name


@pytest.mark.parametrize("name", NINE)
def test_their_recorded_bytes_are_big_endian_in_buffer_order(name: str) -> None:
    """The reading above agrees with the raw bytes, looked for without any reader."""
    array = NINE[name].T if name == "f" else NINE[name]
    words = np.ascontiguousarray(array).view(f"u{array.itemsize}")
    assert words.astype(f">u{array.itemsize}").tobytes() in captured(JAVA + "018_InferenceRequest.bin")


@pytest.mark.parametrize(
    ("message", "graph_id", "named"),
    [
        ("014_InferenceRequest.bin", 0, [("x", (0, 0), (2, 3))]),
        ("015_InferenceRequest.bin", 77, [("x", (0, 0), (2, 3))]),
        ("017_InferenceRequest.bin", 77, [("", (1, 0), (2, 3))]),
        ("019_InferenceRequest.bin", 404, [("x", (0, 0), (2, 3))]),
    ],
)
def test_requests_of_the_java_client(message: str, graph_id: int, named: list[tuple[str, object, object]]) -> None:
    request = messages.read_inference_request(captured(JAVA + message))
    assert request.id == graph_id
    assert [(one.name, one.key, one.array.shape) for one in request.inputs] == named


def test_other_messages_of_the_java_client() -> None:
    assert messages.read_drop_request(captured(JAVA + "020_ForgetGraph.bin")) == 77
    assert messages.read_graph_id(captured(JAVA + "000_RegisterGraph.bin")) == 0
    assert messages.read_graph_id(captured(JAVA + "001_RegisterGraph.bin")) == 77
    assert messages.read_response(captured(JAVA + "000_RegisterGraph.resp.bin")) == 0
    result = messages.read_result(captured(JAVA + "015_InferenceRequest.resp.bin"))
    assert result.outputs
    assert all(output.array.dtype == np.float32 for output in result.outputs)


def test_small_messages_come_back() -> None:
    assert messages.read_drop_request(messages.write_drop_request(-7)) == -7
    assert messages.read_drop_request(messages.write_drop_request(1 << 40)) == 1 << 40
    assert messages.read_response(messages.write_response(3)) == 3
    assert messages.read_response(messages.write_response()) == 0


def test_a_result_comes_back_with_name_id_and_array() -> None:
    outputs = [NamedArray(name, (9, at), array) for at, (name, array) in enumerate(NINE.items())]
    result = messages.read_result(messages.write_result(5, outputs))
    assert result.id == 5
    for got, expected in zip(result.outputs, outputs, strict=True):
        assert (got.name, got.key, got.array.dtype) == (expected.name, expected.key, expected.array.dtype)
        assert got.array.tolist() == expected.array.tolist()


def test_a_result_is_little_endian_and_always_has_an_id() -> None:
    """Java dereferences id, name and array; an id of 0:0 is a table without fields, but it is there."""
    message = bytes(messages.write_result(0, [NamedArray("y", (0, 0), np.array([1.5, 2.5], "f4"))]))
    assert struct.pack("<2f", 1.5, 2.5) in message
    root = struct.unpack_from("<I", message)[0]
    (variable,) = _table(message, root, 1)
    id, name, array = 0, 1, 4
    assert all(_place(message, variable, slot) for slot in (id, name, array))


def _place(message: bytes, table: int, slot: int) -> int:
    vtable = table - struct.unpack_from("<i", message, table)[0]
    if 4 + 2 * slot >= struct.unpack_from("<H", message, vtable)[0]:
        return 0
    return struct.unpack_from("<H", message, vtable + 4 + 2 * slot)[0]


def _table(message: bytes, table: int, slot: int) -> list[int]:
    """The tables in a vector, by hand."""
    at = table + _place(message, table, slot)
    at += struct.unpack_from("<I", message, at)[0]
    places = range(at + 4, at + 4 + 4 * struct.unpack_from("<I", message, at)[0], 4)
    return [place + struct.unpack_from("<I", message, place)[0] for place in places]


def test_a_request_by_id_alone_has_an_empty_name() -> None:
    request = messages.write_inference_request(1, [NamedArray("", (4, 2), np.zeros(3))])
    (named,) = messages.read_inference_request(request).inputs
    assert (named.name, named.key, str(named)) == ("", (4, 2), "4:2")


def test_received_bytes_may_lie_anywhere() -> None:
    message = messages.write_inference_request(1, [NamedArray("x", (0, 0), np.arange(5.0))])
    for shift in range(1, 8):
        shifted = memoryview(bytes(shift) + bytes(message))[shift:]
        array = messages.read_inference_request(shifted).inputs[0].array
        assert array.flags.aligned
        assert array.tolist() == [0, 1, 2, 3, 4]


def test_a_large_little_endian_array_is_not_copied() -> None:
    message = bytes(messages.write_inference_request(1, [NamedArray("x", (0, 0), np.zeros(1 << 18, "f4"))]))
    array = messages.read_inference_request(message).inputs[0].array
    assert np.shares_memory(array, np.frombuffer(message, "u1"))


def test_an_input_without_array_or_type_is_named() -> None:
    good = bytes(messages.write_inference_request(1, [NamedArray("pixels", (0, 0), np.zeros(3))]))
    root = struct.unpack_from("<I", good)[0]
    variable = _table(good, root, 1)[0]
    vtable = variable - struct.unpack_from("<i", good, variable)[0]
    absent = bytearray(good)
    struct.pack_into("<H", absent, vtable + 4 + 2 * 4, 0)
    with pytest.raises(InvalidArgument, match="input 'pixels' has no array"):
        messages.read_inference_request(absent)
    array = variable + _place(good, variable, 4)
    array += struct.unpack_from("<I", good, array)[0]
    strange = bytearray(good)
    strange[array + _place(good, array, 2)] = 99
    with pytest.raises(Unsupported, match="input 'pixels': DL4J data type number 99"):
        messages.read_inference_request(strange)
