"""Casts, constants, choices and losses."""

import ml_dtypes
import numpy as np

from graphserver.spec.dtype import BOOL, FP32, INT32, INT64, Array, by_name
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs, OpKind

from .row import args, floats, row

X = floats(4, 3)
Y = floats(4, 3, seed=1)
T = np.array([[True, False, True]] * 4)
_ODD = np.array([-1.7, 0.0, 300.4, 70000.9])


def _c_cast(values: Array, bits: int, signed: bool, dtype: str) -> Array:
    """Truncation toward zero, then the low bits."""
    whole = [int(v) & (2**bits - 1) for v in values]
    return np.array([v - 2**bits if signed and v >> (bits - 1) else v for v in whole], dtype)


CASTS = [
    *(
        row("cast", _ODD, _c_cast(_ODD, bits, signed, name), args(code))
        for code, name, bits, signed in (
            (7, "int8", 8, True),
            (8, "int16", 16, True),
            (9, "int32", 32, True),
            (10, "int64", 64, True),
            (11, "uint8", 8, False),
            (12, "uint16", 16, False),
            (13, "uint32", 32, False),
            (14, "uint64", 64, False),
        )
    ),
    row("cast", _ODD, _ODD != 0, args(1)),
    row("cast", X, X.astype(ml_dtypes.bfloat16), args(17)),
    row("cast", X, X.astype("float16"), args(dtypes=(by_name("FP16"),))),
    row("cast", np.array([b"1"], object), InvalidArgument, args(5)),
    row("cast", np.array([2.0**63]), np.array([2**63], "uint64"), args(14)),
    *(
        row(name, x, x.astype(dtype))
        for name, dtype in (
            ("to_double", "float64"),
            ("to_float16", "float16"),
            ("to_float32", "float32"),
            ("to_int32", "int32"),
            ("to_int64", "int64"),
            ("to_uint32", "uint32"),
            ("to_uint64", "uint64"),
        )
        for x in (np.array([1.5, 2.5]), np.array([3], "int32"), np.array([True, False]))
    ),
    row("assign", (X, Y[:1]), np.broadcast_to(Y[:1], X.shape)),
    row("assign", (np.zeros(2, "int32"), [1.5, 2.5]), np.array([1, 2], "int32")),
    row("assign", (Y[:1], X), ValueError),
    row((OpKind.TRANSFORM_ANY, 0), X, X),
    row((OpKind.TRANSFORM_ANY, 0), X, X.astype("int32"), args(dtypes=(INT32,))),
    row((OpKind.TRANSFORM_ANY, 0), T, T.astype("float32"), args(dtypes=(FP32,))),
]

_LENGTHS = np.array([1, 3], "int32")

CONSTANTS = [
    row("fill", [2, 3], np.full((2, 3), 1.5, "float32"), args(t=(1.5,))),
    row("fill", [-1], InvalidArgument, args(t=(1.5,))),
    row("fill", ([2], np.float64(3)), np.full(2, 3, "int64"), args(dtypes=(INT64,))),
    row("zeros_as", X, np.zeros((4, 3), "int32"), args(dtypes=(INT32,))),
    row("zeros_as", T, np.zeros((4, 3), bool)),
    row("ones_as", X, np.ones((4, 3), "int64"), args(dtypes=(INT64,))),
    row("ones_as", T, np.ones((4, 3), bool)),
    row("fill_as", X, np.full((4, 3), 2.5, "float32"), args(t=(2.5,))),
    row("fill_as", T, np.ones((4, 3), bool), args(t=(1.0,))),
    row("fill_as", X, np.zeros((4, 3), "float32")),
    row("range", (), np.arange(5, dtype="float32"), args(t=(0.0, 5.0, 1.0), dtypes=(FP32,))),
    row("range", (np.float32(3), np.float32(0), np.float32(-1)), np.array([3, 2, 1], "float32")),
    row("range", (), InvalidArgument, args(0, 5, 0)),
    row("lin_space", (), np.linspace(1, 2, 4), args(4, t=(1.0, 2.0), dtypes=(by_name("FP64"),))),
    row("lin_space", (), InvalidArgument, args(-4, t=(1.0, 2.0))),
    row("eye", (), np.eye(2, 3, dtype="int32"), args(-99, 2, 3, t=(9.0,))),
    row("eye", (), InvalidArgument, args(2**20, 2**20)),
    row("onehot", _LENGTHS, np.eye(4, dtype="int32")[_LENGTHS].T, args(0, 4, dtypes=(INT32,))),
    row("onehot", _LENGTHS, np.eye(4, dtype="int32")[_LENGTHS], OpArgs(ints=(-1, 4), results=(INT32,))),
    row("onehot", [[0, 2]], [[[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]], args(1, 3)),
    row("sequence_mask", _LENGTHS, np.array([[1, 0, 0, 0], [1, 1, 1, 0]], "float32"), args(4, dtypes=(FP32,))),
    row("sequence_mask", (_LENGTHS, [2]), np.array([[1, 0], [1, 1]], bool)),
    row("sequence_mask", _LENGTHS, np.array([[1, 0, 0], [1, 1, 1]], bool), args(dtypes=(BOOL,))),
]

_COLUMN = T[:, :1]
_FIRST = np.array([True, False, False, True])

CHOICES = [
    *(row("boolean_not", x, np.array([[False, True, False]] * 4)) for x in (T, T.astype("float32"))),
    row("Where", (_COLUMN, X, Y), np.where(_COLUMN, X, Y)),
    row("Where", (T, X), InvalidArgument),
    row("where_np", T[:2], (np.array([0, 0, 1, 1]), np.array([0, 2, 0, 2]))),
    row("where_np", (T, X, Y), np.where(T, X, Y)),
    row("select", (_FIRST, X, Y), np.where(_FIRST[:, None], X, Y)),
    row("select", (np.array(True), X, Y), X),
    row("clipbynorm", X, X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1), args(1, t=(1.0,))),
    row("clipbynorm", X * 0.01, X * 0.01, args(t=(1.0,))),
    row("mergeadd", (X, Y, X), X + Y + X),
    row("mergeadd", (X, Y[0, :2]), ValueError),
    row("mergemax", (X, Y, -X), np.maximum(np.maximum(X, Y), -X)),
    row("mergemax", X, X),
    row("mergeavg", (X, Y, X), (X + Y + X) / 3),
    row("mergeavg", (np.array([1, 4]), np.array([2, 5])), np.array([1, 4])),
]

P = floats(4, 3, seed=2, low=0.1, high=0.9)
LABELS = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]], "float32")
WEIGHTS = np.array([[1.0], [0.0], [2.0], [1.0]], "float32")
EACH = {
    "mean_sqerr_loss": (P - LABELS) ** 2,
    "absolute_difference_loss": np.abs(P - LABELS),
    "huber_loss": 0.5 * (P - LABELS) ** 2,
    "hinge_loss": np.maximum(0, 1 - np.where(LABELS == 1, P, -P)),
    "log_loss": -np.log(np.where(LABELS == 1, P, 1 - P) + 1e-7),
}

LOSSES = [
    *(
        row(name, (P, WEIGHTS, LABELS), want, args(mode))
        for name, each in EACH.items()
        for mode, want in enumerate(
            (
                each * WEIGHTS,
                (each * WEIGHTS).sum(),
                np.float32((each * WEIGHTS).sum() / 12),
                np.float32((each * WEIGHTS).sum() / 9),
            )
        )
    ),
    *(row(name, (P, WEIGHTS, LABELS), InvalidArgument, args(4)) for name in EACH),
    row("mean_sqerr_loss", (P, WEIGHTS * 0, LABELS), np.float32(0), args(3)),
    row("huber_loss", ([3.0], [1.0], [0.0]), [1.375], args(0, t=(0.5,))),
]

ROWS = [*CASTS, *CONSTANTS, *CHOICES, *LOSSES]
