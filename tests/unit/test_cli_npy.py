"""Arrays as files and as lines."""

import ml_dtypes
import numpy as np
import pytest

from graphserver.cli import npy
from graphserver.spec.errors import InvalidArgument

TEXTS = np.array([b"a", "é".encode()], np.object_)
HALVES = np.array([0.5, -2], ml_dtypes.bfloat16)


@pytest.mark.parametrize(
    ("array", "line"),
    [
        (np.float32([[0.1, 2]]), "y FLOAT[1,2] 0.1 2.0"),
        (np.arange(9), "y INT64[9] 0 1 2 3 4 5 6 7 …"),
        (np.array(True), "y BOOL[] True"),
        (np.zeros((0, 2)), "y DOUBLE[0,2]"),
        (HALVES, "y BFLOAT16[2] 0.5 -2"),
        (TEXTS, "y UTF8[2] b'a' b'\\xc3\\xa9'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_line_for_the_eye(array: np.ndarray, line: str) -> None:
    assert npy.summary("y", array) == line


@pytest.mark.parametrize("name", ["probs", "a/b:1", "..", "../../up", "q?*", "é"])
def test_an_outputs_name_stays_inside_the_folder(name: str, tmp_path) -> None:
    file = npy.write(tmp_path / "out", name, np.arange(3))
    assert file.parent == tmp_path / "out"
    np.testing.assert_array_equal(npy.read(file), np.arange(3))


@pytest.mark.parametrize(
    ("array", "saved"),
    [(HALVES, np.float32([0.5, -2])), (TEXTS, np.array([b"a", "é".encode()]))],
    ids=["bf16", "texts"],
)
def test_types_that_npy_does_not_know(array: np.ndarray, saved: np.ndarray, tmp_path) -> None:
    read = npy.read(npy.write(tmp_path, "y", array))
    assert read.dtype == saved.dtype
    np.testing.assert_array_equal(read, saved)


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_other_files_are_refused(content: bytes, tmp_path) -> None:
    file = tmp_path / "x.npy"
    file.write_bytes(content)
    with pytest.raises(InvalidArgument, match=r"x\.npy is no \.npy file"):
        npy.read(file)


def test_pickles_are_not_opened(tmp_path) -> None:
    np.save(tmp_path / "x.npy", TEXTS, allow_pickle=True)
    with pytest.raises(InvalidArgument, match="allow_pickle=False"):
        npy.read(tmp_path / "x.npy")
