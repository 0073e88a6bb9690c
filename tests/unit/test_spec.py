"""The words: one table of types, tensors that fit or say why not."""

import ml_dtypes
import numpy as np
import pytest

from graphserver.spec import dtype as dtypes
from graphserver.spec.dtype import BYTES, FP32, INT64, TABLE
from graphserver.spec.errors import InvalidArgument, Unsupported
from graphserver.spec.tensor import Signature, TensorSpec, format_shape


def test_every_name_of_a_type_leads_back_to_it() -> None:
    for row in TABLE:
        assert dtypes.by_name(row.name) is row
        assert dtypes.by_code(row.code) is row
        assert dtypes.by_onnx(row.onnx) is row
        assert dtypes.of(np.empty(0, row.numpy)) is row


def test_what_is_known_of_onnx_agrees() -> None:
    onnx = pytest.importorskip("onnx")
    for row in TABLE:
        assert onnx.helper.tensor_dtype_to_np_dtype(row.onnx) == row.numpy, row.name


@pytest.mark.parametrize(
    ("code", "name", "scalar"),
    [(5, "FP32", np.float32), (3, "FP16", np.float16), (17, "BF16", ml_dtypes.bfloat16), (50, "BYTES", np.object_)],
)
def test_dl4j_numbers(code: int, name: str, scalar: type) -> None:
    assert (dtypes.by_code(code).name, dtypes.by_code(code).numpy) == (name, np.dtype(scalar))


def test_byte_order_is_no_part_of_a_type() -> None:
    assert dtypes.of(np.empty(1, ">i8")) is INT64


@pytest.mark.parametrize(
    ("look_up", "key"), [(dtypes.by_name, "FP8"), (dtypes.by_code, 2), (dtypes.by_onnx, 14), (dtypes.by_code, 51)]
)
def test_unknown_types_are_named(look_up: object, key: object) -> None:
    with pytest.raises(Unsupported, match=f"{key} is not supported"):
        look_up(key)  # type: ignore[operator]


def test_what_no_wire_carries() -> None:
    with pytest.raises(Unsupported, match="complex128"):
        dtypes.of(np.empty(1, complex))


SPEC = TensorSpec("x", FP32, (None, 3))


@pytest.mark.parametrize("shape", [(1, 3), (0, 3), (900, 3)])
def test_shapes_that_fit(shape: tuple[int, ...]) -> None:
    SPEC.check(np.empty(shape, np.float32))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.empty((1, 3)), "input 'x' is DOUBLE, expected FLOAT"),
        (np.empty((1, 4), np.float32), "input 'x' has shape [1,4], expected [-1,3]"),
        (np.empty(3, np.float32), "input 'x' has shape [3], expected [-1,3]"),
        (np.array([b"a"], object), "input 'x' is UTF8, expected FLOAT"),
    ],
)
def test_what_does_not_fit_says_what_was_got_and_expected(array: np.ndarray, words: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        SPEC.check(array)
    assert str(refused.value) == words


def test_an_unknown_rank_takes_all() -> None:
    TensorSpec("x", FP32).check(np.empty((1, 2, 3, 4), np.float32))
    assert format_shape(None) == "[?]"
    assert format_shape(()) == "[]"


def test_a_signature_names_what_it_does_not_know() -> None:
    signature = Signature((SPEC, TensorSpec("s", BYTES, ())))
    signature.check({"x": np.empty((2, 3), np.float32)})
    with pytest.raises(InvalidArgument, match=r"unknown input 'y', 'z'; expected x: FLOAT\[-1,3\]; s: UTF8\[\]"):
        signature.check({"y": np.empty(1), "x": np.empty((2, 3), np.float32), "z": np.empty(1)})
