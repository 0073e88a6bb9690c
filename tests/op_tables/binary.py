"""Two-operand ops in all forms: custom, PAIRWISE, SCALAR and BROADCAST, against Python's own arithmetic."""

import math
from collections.abc import Callable
from typing import NamedTuple

import ml_dtypes
import numpy as np
from scipy import special

from graphserver.spec.dtype import Array
from graphserver.spec.graph import OpArgs, OpKind

from .row import Place, Row, args, row

Formula = Callable[[float, float], float]


class Op(NamedTuple):
    """A formula and where it stands; positive: its operands are; t: its T arguments."""

    formula: Formula
    custom: str | None = None
    scalar: int | None = None
    pairwise: int | None = None
    broadcast: int | None = None
    positive: bool = False
    t: tuple[float, ...] = ()


def _floor_mod(x: float, y: float) -> float:
    return x - math.floor(x / y) * y


def _truncated(x: float, y: float) -> float:
    return math.trunc(x / y)


def _xor(x: float, y: float) -> bool:
    return (x != 0) != (y != 0)


NUMBERS = (
    Op(lambda x, y: x + y, "add", 0, 0, 0),
    Op(lambda x, y: x - y, "subtract", 1, 6, 1),
    Op(lambda x, y: y - x, "reversesubtract", 5, 5, 5),
    Op(lambda x, y: x * y, "multiply", 2, 3, 2),
    Op(lambda x, y: x / y, "divide", 3, 2, 3),
    Op(lambda x, y: x / y, "realdiv"),
    Op(lambda x, y: y / x, "reversedivide", 4, 11, 4),
    Op(_truncated, "truncatediv", 19, 17, 23),
    Op(lambda x, y: math.floor(x / y), "floordiv", 20, 18, 19),
    Op(lambda x, y: x / y, "divide_no_nan", 46, 38, 31),
    Op(lambda x, y: x / y, None, 23, 22, 21),
    Op(_floor_mod, "floormod", 21, 19, 18),
    Op(_floor_mod, "mod", 15, 23, 22),
    Op(lambda x, y: math.fmod(int(y), int(x)), "reversemod", 16, 21, 20),
    Op(lambda x, y: math.fmod(int(x), int(y)), None, 43, 36),
    Op(math.remainder, None, 17, 14),
    Op(math.fmod, None, 18, 15),
    Op(math.pow, "Pow", 31, 4, 7, positive=True),
    Op(lambda x, y: y**x, None, 45, positive=True),
    Op(lambda x, y: y * x ** (y - 1), None, 32, 31, 34, positive=True),
    Op(lambda x, y: (x - y) ** 2, "squaredsubtract", 22, 20, 17),
    Op(lambda x, y: (y - x) ** 2, None, 44),
    Op(max, "maximum", 6, 7, 14),
    Op(min, "minimum", 13, 8, 13),
    Op(lambda x, y: x if abs(x) > abs(y) else y, None, 24, 34, 16),
    Op(lambda x, y: x if abs(x) < abs(y) else y, None, 25, 35, 15),
    Op(math.atan2, "tf_atan2"),
    Op(lambda x, y: math.atan2(y, x), None, 26, 16, 26),
    Op(lambda x, y: 2.5 * x + y, None, None, 10, t=(2.5,)),
    Op(lambda x, y: int(x) | int(y), None, 27, 27, 27),
    Op(lambda x, y: int(x) ^ int(y), None, 28, 28, 28),
    Op(lambda x, y: not (x and y), None, 29, 29, 29),
    Op(lambda x, y: int(x) & int(y), None, 30, 30, 30),
    Op(lambda x, y: y if y > 2 else x, None, None, 12, t=(2.0, 0.0, 1e-5, 3.0)),
    Op(lambda x, y: y if x > 2 else x, None, None, 13, t=(2.0, 0.0, 1e-5, 3.0)),
    Op(lambda _x, y: y, None, 14, 1, 6),
    Op(lambda _x, y: y, None, None, 9),
    Op(lambda x, y: y if math.isnan(x) else x, None, 37, 37),
    Op(lambda x, y: math.log(x) / math.log(y), None, 38, positive=True),
    Op(max, None, 39),
    Op(lambda x, y: min(max(x, y), 6), None, 40),
    Op(lambda x, y: x > y, None, 41),
    Op(lambda x, y: x > y, None, 49),
    Op(lambda x, y: max(-y, min(y, x)), None, 42, positive=True),
    Op(lambda x, y: x * (1 - y) + 0.5 * y, None, 34),
    Op(lambda x, y: x if x >= 0 else x * y, None, 35),
    Op(lambda x, y: 1 if x >= 0 else y, None, 36),
    Op(lambda x, y: x if x > 0 else y * (math.exp(x) - 1), None, 7),
    Op(lambda x, y: 1 if x >= 0 else y * math.exp(x), None, 8),
    Op(lambda x, y: special.gammainc(x, y), None, 47, 39, 32, positive=True),
    Op(lambda x, y: special.gammaincc(x, y), None, 48, 40, 33, positive=True),
)

TRUTHS = (
    Op(lambda x, y: x == y, "equals", 0, 0, 0),
    Op(lambda x, y: x != y, "not_equals", 6, 6, 6),
    Op(lambda x, y: x > y, "greater", 1, 1, 1),
    Op(lambda x, y: x >= y, "greater_equal", 4, 4, 4),
    Op(lambda x, y: x < y, "less", 2, 2, 2),
    Op(lambda x, y: x <= y, "less_equal", 11, 11, 11),
    Op(lambda x, y: abs(x - y) <= 1e-12, None, 3, 3, 3),
    Op(lambda x, y: x != y, None, 10, 10, 10),
    Op(lambda x, y: bool(x and y), "boolean_and"),
    Op(lambda x, y: bool(x or y), "boolean_or"),
    Op(_xor, "boolean_xor"),
    Op(lambda x, y: bool(x and y), None, 7, 7, 7),
    Op(lambda x, y: bool(x or y), None, 8, 8, 8),
    Op(_xor, None, 9, 9, 9),
    Op(lambda x, y: x != 1 and y != 1, None, 7, 7, 7, t=(1.0,)),
)

_LEFT = np.array([[-7.0, 7.5, -2.0, 3.0], [5.5, 2.0, 1.0, -3.0], [4.0, -1.5, 2.5, 6.0]])
_RIGHT = np.array([3.0, 2.0, -2.0, 3.0])
DTYPES = (np.float32, np.float64, ml_dtypes.bfloat16)


def _expected(op: Op, x: Array, y: Array, dtype: object) -> Array:
    pairs = np.broadcast(x.astype("float64"), y.astype("float64"))
    return np.array([op.formula(float(a), float(b)) for a, b in pairs]).reshape(pairs.shape).astype(dtype)


def _rows(op: Op, kinds: tuple[OpKind, OpKind, OpKind], answer: type | None) -> list[Row]:
    """Three rows for each form: single, double and half precision; y as a vector, a whole array or a number."""
    made = list[Row]()
    for dtype in DTYPES:
        x, y = (np.abs(v) / 2 + 0.5 if op.positive else v for v in (_LEFT, _RIGHT))
        x, y = x.astype(dtype), y.astype(dtype)
        coarse = {"rtol": 2e-2, "atol": 2e-2} if dtype is ml_dtypes.bfloat16 else {}
        for place, other, said in _forms(op, kinds, y, x):
            one = np.asarray(said.scalar) if said.scalar is not None else (y.reshape(1, 4) if said.dims else other[0])
            made.append(row(place, (x, *other), _expected(op, x, one, answer or dtype), said, **coarse))
    return made


def _forms(
    op: Op, kinds: tuple[OpKind, OpKind, OpKind], y: Array, x: Array
) -> list[tuple[str | Place, tuple[Array, ...], OpArgs]]:
    whole = np.broadcast_to(y, x.shape).copy()
    found: list[tuple[str | Place, tuple[Array, ...], OpArgs]] = []
    if op.custom:
        found.append((op.custom, (y,), args(t=op.t)))
    if op.scalar is not None:
        found.append(((kinds[0], op.scalar), (), args(t=op.t, scalar=y[0])))
    if op.pairwise is not None:
        found.append(((kinds[1], op.pairwise), (whole,), args(t=op.t)))
    if op.broadcast is not None:
        found.append(((kinds[2], op.broadcast), (y,), args(t=op.t, dims=(1,))))
    return found


_NUMBERS = (OpKind.SCALAR, OpKind.PAIRWISE, OpKind.BROADCAST)
_TRUTHS = (OpKind.SCALAR_BOOL, OpKind.PAIRWISE_BOOL, OpKind.BROADCAST_BOOL)
_SEVENS = np.array([-7, 7, -7, 7])
_THREES = np.array([3, 3, -3, -3])

ROWS = [
    *(found for op in NUMBERS for found in _rows(op, _NUMBERS, None)),
    *(found for op in TRUTHS for found in _rows(op, _TRUTHS, bool)),
    row("divide", (np.array([2**60 + 1]), np.array([1])), np.array([2**60 + 1])),
    row("Pow", (np.array([2, 3], "int32"), np.array([3, -1], "int32")), np.array([8, 0], "int32")),
    row("divide_no_nan", ([1.0, 2.0], [0.0, 4.0]), [0.0, 0.5]),
    row("mod", (_SEVENS, _THREES), np.array([-1, 1, -1, 1])),
    row("add", (np.array([250, 10], "uint8"), np.array([10, 1], "uint8")), np.array([4, 11], "uint8")),
    row("add", (np.ones((2, 3)), np.ones(2)), ValueError),
    row((OpKind.SCALAR, 0), np.array([1, 2], "int32"), np.array([3, 4], "int32"), args(scalar=np.int32(2))),
    row((OpKind.SCALAR, 3), np.array([-7, 7], "int64"), np.array([-3, 3], "int64"), args(scalar=np.int64(2))),
    row((OpKind.SCALAR, 2), ([1.0, 2.0], np.float32(3)), [3.0, 6.0]),
    row((OpKind.SCALAR, 37), [math.nan, 1.0], [0.5, 1.0], args(scalar=np.float32(0.5))),
    row((OpKind.SCALAR, 35), [-1.0, 1.0], [-0.2, 1.0], args(t=(0.2,))),
    row((OpKind.BROADCAST, 0), ([[1.0, 2.0], [3.0, 4.0]], [10.0, 20.0]), [[11.0, 12.0], [23.0, 24.0]], args(dims=(0,))),
    row((OpKind.BROADCAST, 0), ([[1.0, 2.0]], [10.0], [0]), [[11.0, 12.0]]),
]
