"""The one table of data types: NumPy, KServe, DL4J and ONNX names of the same thing."""

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from .errors import Unsupported

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class DType:
    """One element type.

    name: KServe v2 name. dl4j / code: DL4J's name and number (org.nd4j.graph.DType). onnx: TensorProto.DataType.
    numpy: what arrays of it carry; BYTES is `object` holding `bytes`, since NumPy's `S` drops trailing NULs.
    """

    name: str
    dl4j: str
    code: int
    onnx: int
    numpy: np.dtype[Any]

    def __str__(self) -> str:
        return self.dl4j


def _row(name: str, dl4j: str, code: int, onnx: int, scalar: Any) -> DType:
    return DType(name, dl4j, code, onnx, np.dtype(scalar))


TABLE: tuple[DType, ...] = (
    _row("BOOL", "BOOL", 1, 9, np.bool_),
    _row("FP16", "HALF", 3, 10, np.float16),
    _row("FP32", "FLOAT", 5, 1, np.float32),
    _row("FP64", "DOUBLE", 6, 11, np.float64),
    _row("INT8", "INT8", 7, 3, np.int8),
    _row("INT16", "INT16", 8, 5, np.int16),
    _row("INT32", "INT32", 9, 6, np.int32),
    _row("INT64", "INT64", 10, 7, np.int64),
    _row("UINT8", "UINT8", 11, 2, np.uint8),
    _row("UINT16", "UINT16", 12, 4, np.uint16),
    _row("UINT32", "UINT32", 13, 12, np.uint32),
    _row("UINT64", "UINT64", 14, 13, np.uint64),
    _row("BF16", "BFLOAT16", 17, 16, ml_dtypes.bfloat16),
    _row("BYTES", "UTF8", 50, 8, np.object_),
)

_BY_NAME = {row.name: row for row in TABLE}
_BY_CODE = {row.code: row for row in TABLE}
_BY_ONNX = {row.onnx: row for row in TABLE}
_BY_NUMPY = {row.numpy: row for row in TABLE}

BOOL, FP32, INT32, INT64, BYTES = (_BY_NAME[n] for n in ("BOOL", "FP32", "INT32", "INT64", "BYTES"))


def by_name(name: str) -> DType:
    """The type with this KServe name. Raises Unsupported."""
    return _find(_BY_NAME, name, "data type")


def by_code(code: int) -> DType:
    """The type with this DL4J number. Raises Unsupported."""
    return _find(_BY_CODE, code, "DL4J data type number")


def by_onnx(code: int) -> DType:
    """The type with this ONNX number. Raises Unsupported."""
    return _find(_BY_ONNX, code, "ONNX data type number")


def of(array: Array) -> DType:
    """The type of an array. Raises Unsupported for what no wire can carry (complex, datetime …)."""
    return _find(_BY_NUMPY, array.dtype.newbyteorder("="), "array type")


def _find(table: dict[Any, DType], key: object, what: str) -> DType:
    found = table.get(key)
    if found is None:
        raise Unsupported(f"{what} {key} is not supported; supported: {', '.join(map(str, table))}")
    return found
