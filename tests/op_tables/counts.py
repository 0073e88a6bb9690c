"""Counted, dealt out, put together again."""

import numpy as np

from graphserver.spec.dtype import FP32, INT32
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import args, floats, row

N = np.array([1, 1, 3, 0], "int32")
W = np.array([0.5, 1, 2, 4], "float32")
X = floats(4, 3)
V = np.array([0.0, 1.0, 2.5, 3.0, 9.0, -1.0], "float32")

ROWS = [
    row("bincount", N, [1, 2, 0, 1]),
    row("bincount", (N, W), [4.0, 1.5, 0.0, 2.0]),
    row("bincount", N, [1, 2, 0, 1, 0, 0], args(6)),
    row("bincount", N, [1, 2], args(0, 2)),
    row("bincount", (N, W, 0, 2), [4.0, 1.5]),
    row("bincount", N, [1.0, 2.0, 0.0, 1.0], OpArgs(results=(FP32,))),
    row("bincount", np.array([255, 0], "uint8"), np.eye(256, dtype="int32")[[0, 255]].sum(0, dtype="int32")),
    row("bincount", np.array([-1, 2]), InvalidArgument),
    row("bincount", np.array([2**40]), InvalidArgument),
    row("histogram_fixed_width", (V, [0.0, 3.0]), np.array([2, 1, 3]), args(3)),
    row("histogram_fixed_width", (V, [0.0, 3.0], 2), np.array([3, 3])),
    row("histogram_fixed_width", (N, [0, 4]), [1, 2, 0, 1], OpArgs(ints=(4,), dtypes=(INT32,))),
    row("histogram_fixed_width", (V, [0.0, 3.0]), InvalidArgument, args(0)),
    row("histogram", V, np.array([2, 2, 1, 0, 1]), args(5)),
    row("histogram", N, np.array([1, 2, 1]), args(3)),
    row("histogram", np.ones(3, "float32"), np.array([3, 0]), args(2)),
    row("histogram", V, InvalidArgument, args(0)),
    row("confusion_matrix", ([0, 1, 2, 1], [0, 2, 2, 1]), np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1]]), args(3)),
    row("confusion_matrix", ([0, 1], [1, 1]), np.array([[0, 1], [0, 1]])),
    row(
        "confusion_matrix",
        ([0, 1, 1], [1, 1, 1], [0.5, 1.0, 2.0]),
        [[0.0, 0.5], [0.0, 3.0]],
        OpArgs(ints=(2,), dtypes=(FP32,)),
    ),
    row("confusion_matrix", ([0, 3], [1, 1]), InvalidArgument, args(3)),
    row("confusion_matrix", ([0, 1], [1]), InvalidArgument, args(3)),
    row("confusion_matrix", ([0, 1], [1, 0]), InvalidArgument, args(2**30)),
    row("dynamic_partition", (X, [1, 0, 1, 3]), (X[[1]], X[[0, 2]], X[:0], X[[3]]), args(4)),
    row("dynamic_partition", (V[:4], N), (V[3:4], V[:2], V[:0], V[2:3]), args(4)),
    row("dynamic_partition", (X, np.tile([0, 1, 1], (4, 1))), (X[:, 0], X[:, 1:].reshape(-1)), args(2)),
    row("dynamic_partition", (X, [1, 0, 1, 3]), InvalidArgument, args(3)),
    row("dynamic_partition", (X, [1, 0]), InvalidArgument, args(3)),
    row("dynamic_partition", (X, [1, 0, 1, 3]), InvalidArgument, args(2**30)),
    row("dynamic_stitch", ([0, 2], [[1], [3]], X[:2], X[2:, None]), X[[0, 2, 1, 3]]),
    row("dynamic_stitch", (1, 0, X[0], X[1]), X[[1, 0]]),
    row("dynamic_stitch", ([0, 2], X[:2]), np.stack([X[0], X[1] * 0, X[1]])),
    row("dynamic_stitch", ([0, 2], X[:3]), InvalidArgument),
    row("dynamic_stitch", ([0, -2], X[:2]), InvalidArgument),
    row("dynamic_stitch", ([0, 2**30], X[:2]), InvalidArgument),
    row("parallel_stack", (X, X), np.stack([X, X])),
    row("parallel_stack", X, X[None]),
    row("parallel_stack", (X, X[0]), ValueError),
    row("tear", X, tuple(X), args(1)),
    row("tear", X, tuple(X.T), args(0)),
    row("tear", X, X, args(0, 1)),
    row("invert_permutation", [2, 0, 1], [1, 2, 0]),
    row("invert_permutation", np.array([3, 1, 0, 2]), np.array([2, 1, 3, 0])),
    row("invert_permutation", [3, 0, 1], InvalidArgument),
    row("choose", V, (V[2:5], np.int64(3)), args(3, t=(1.5,))),
    row("choose", X, (X[X < 0], np.int64((X < 0).sum())), args(2)),
    row("choose", (V, 3.0), (V[3:4], np.int64(1)), args(10)),
    row("choose", V, InvalidArgument, args(16, t=(1.5,))),
]
