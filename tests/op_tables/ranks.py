"""The largest, the n-th, the distinct."""

import numpy as np

from graphserver.spec.dtype import BOOL, FP32, INT32
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import args, floats, row

X = floats(4, 7)
TIES = np.array([[1, 3, 3, 2], [0, 0, 0, 0]], "float32")
ORDER = np.argsort(-X, -1)
LONGS = np.array([3, 1, 3, 7, 1], "int64")
LOW, HIGH = np.arange(24, dtype="float32").reshape(2, 3, 4), -np.arange(24, dtype="float32").reshape(2, 3, 4)


def _java(k: int) -> OpArgs:
    """As Java's class writes it: I = [sorted, k], and k among its fields."""
    return OpArgs(ints=(1, k), properties={"k": (k,)}, results=(FP32, INT32))


def _top(k: int, dtype: str = "int64") -> tuple[np.ndarray, np.ndarray]:
    return -np.sort(-X, -1)[:, :k], ORDER[:, :k].astype(dtype)


ROWS = [
    row("top_k", X, _top(3), args(3, b=(True,))),
    row("top_k", X, _top(3, "int32"), _java(3)),  # M2.1 answers with the single largest: it reads `sorted` as k
    row("top_k", (X, 2), _top(2)),
    row("top_k", TIES, (TIES[:, 1:3], np.array([[1, 2], [0, 1]])), args(2)),
    row("top_k", X, InvalidArgument, args(8)),
    row("top_k", X, InvalidArgument, args(-1)),
    row("in_top_k", (X, ORDER[:, 2].astype("int32")), np.array([True] * 4), args(3)),
    row("in_top_k", (X, ORDER[:, 2]), np.array([False] * 4), args(2)),
    row("in_top_k", (TIES, [2, 3]), np.array([True, True]), args(1)),
    row("in_top_k", (X, [0, 1, 2, 7]), InvalidArgument, args(3)),
    row("in_top_k", (X, [0, 1]), InvalidArgument, args(3)),
    row("nth_element", (X, 2), np.sort(X, -1)[:, 2]),
    row("nth_element", (X, 2), np.sort(X, -1)[:, -3], args(1)),
    row("nth_element", (X, 7), InvalidArgument),
    row("ismax", X[0], np.eye(7, dtype="float32")[X[0].argmax()]),
    row("ismax", X, np.eye(7, dtype="float32")[X.argmax(1)], args(1)),
    row("ismax", X, np.eye(4, dtype="float32")[X.argmax(0)].T, args(0)),
    row("ismax", TIES, TIES.cumsum().reshape(2, 4) == 4, OpArgs(results=(BOOL,))),
    row("ismax", X, InvalidArgument, args(0, 1)),
    row("percentile", LOW, np.float32(17), args(t=(75.0, 0.0))),
    row("percentile", LOW, np.float32(18), args(t=(75.0, 1.0))),
    row("percentile", LOW, LOW[:, 1], args(1, t=(50.0,))),
    row("percentile", HIGH, HIGH.min((1, 2), keepdims=True), args(2, 1, t=(0.0, 2.0, 1.0))),
    row("percentile", LOW, InvalidArgument, args(t=(101.0,))),
    row("percentile", LOW, InvalidArgument, args(t=(10.0, 3.0))),
    *(row(f"is_{name}", LOW, np.True_) for name in ("non_decreasing", "strictly_increasing")),
    *(row(f"is_{name}", HIGH, np.False_) for name in ("non_decreasing", "strictly_increasing")),
    row("is_non_decreasing", TIES[1], np.True_),
    row("is_strictly_increasing", TIES[1], np.False_),
    row("unique", LONGS, (np.array([3, 1, 7]), np.array([0, 1, 0, 2, 1]))),
    row("unique", TIES, ([1.0, 3.0, 2.0, 0.0], np.array([0, 1, 1, 2, 3, 3, 3, 3]))),
    row("unique", LONGS[:0], (LONGS[:0], LONGS[:0])),
    row(
        "unique",
        LONGS,
        (np.array([3, 1, 7]), np.array([0, 1, 0, 2, 1], "int32")),
        OpArgs(results=(FP32, INT32)),
    ),
    row("unique_with_counts", LONGS, (np.array([3, 1, 7]), np.array([0, 1, 0, 2, 1]), np.array([2, 2, 1]))),
    row(
        "unique_with_counts",
        TIES,
        ([1.0, 3.0, 2.0, 0.0], [0, 1, 1, 2, 3, 3, 3, 3], [1, 2, 1, 4]),
        OpArgs(results=(FP32, INT32, INT32)),
    ),
    row("listdiff", (LONGS, [1, 2]), (np.array([3, 3, 7]), np.array([0, 2, 3]))),
    row("listdiff", (TIES[0], TIES[1]), (TIES[0], np.arange(4))),
    row("listdiff", (LONGS, LONGS), (LONGS[:0], LONGS[:0])),
]
