"""Shapes from shapes, roots and eigenvalues, assertions, and the last numbers of the legacy tables."""

import math

import numpy as np

from graphserver.spec.dtype import INT32
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs, OpKind

from .row import args, floats, row

X = floats(3, 4)
Y = floats(3, 4, seed=1)
POSITIVE = np.abs(X) + 1
ZEROS = np.zeros((3, 4), "float32")
LONGS = np.array([2, 1, 4])
PAIRWISE, SCALAR = OpKind.PAIRWISE, OpKind.SCALAR
MATCHES = (OpKind.SCALAR_BOOL, OpKind.PAIRWISE_BOOL, OpKind.BROADCAST_BOOL)

SHAPES = [
    row("broadcast_dynamic_shape", ([2, 1], [3]), [2, 3]),
    row("broadcast_dynamic_shape", (LONGS, [3, 1]), np.array([2, 3, 4])),
    row("broadcast_dynamic_shape", ([0, 1], [1, 5]), [0, 5]),
    row("broadcast_dynamic_shape", ([2], [3]), InvalidArgument),
    row("broadcastgradientargs", ([2, 1], [3]), ([1], [0])),
    row("broadcastgradientargs", (LONGS, np.array([3, 1])), (np.array([1]), np.array([0, 2]))),
    row("broadcastgradientargs", ([2, 3], [2, 3]), (np.zeros(0, "int32"), np.zeros(0, "int32"))),
    row("broadcastgradientargs", ([2], [3]), InvalidArgument),
    row("evaluate_reduction_shape", ([2, 3, 4], [1]), np.array([2, 4])),
    row("evaluate_reduction_shape", ([2, 3, 4], [-1, 0]), np.array([1, 3, 1]), args(b=(True, False))),
    row("evaluate_reduction_shape", ([2, 3, 4], [0, 1]), np.array([1, 4]), args(b=(False, True))),
    row("evaluate_reduction_shape", ([2, 3], [2]), InvalidArgument),
    row("set_shape", (X, [4, 3]), X.reshape(4, 3)),
    row("set_shape", (X, [-1]), X.reshape(-1)),
    row("set_shape", (X, [5]), ValueError),
    *(row("order", x, x, args(99)) for x in (X, LONGS, X > 0)),
    row("create", [2, 3], np.zeros((2, 3), "float32")),
    row("create", [2, 3], np.zeros((2, 3), "int64"), args(99, 10, b=(True,))),
    row("create", [2], np.zeros(2, "int32"), OpArgs(ints=(99,), dtypes=(INT32,))),
    row("create", [2**20, 2**20], InvalidArgument),
    row("create", [2], InvalidArgument, args(99, 50)),
]

_TURN = np.array([[0, -1], [1, 0]], "float32")
_ROOT = floats(2, 3, 3, seed=2) + 4 * np.eye(3, dtype="float32")

VALUES = [
    row(
        "eig",
        np.diag(np.array([3, 1], "float32")),
        ([[3.0, 0.0], [1.0, 0.0]], [[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 0.0]]]),
    ),
    row("eig", np.array([[2]], "int32"), ([[2.0, 0.0]], [[[1.0, 0.0]]])),
    row(
        "eig",
        _TURN,
        (
            [[0.0, 1.0], [0.0, -1.0]],
            np.array([[[1, 0], [1, 0]], [[0, -1], [0, 1]]], "float32") / np.float32(math.sqrt(2)),
        ),
    ),
    row("eig", X, InvalidArgument),
    row("sqrtm", _ROOT @ _ROOT, _ROOT, rtol=1e-4, atol=1e-4),
    row("sqrtm", np.diag(np.array([4, 9], "int32")), np.diag(np.array([2, 3], "float32"))),
    row("sqrtm", _TURN, np.array([[1, -1], [1, 1]], "float32") / np.float32(math.sqrt(2))),
    row("sqrtm", np.diag(np.array([-3, 2], "float32")), np.full((2, 2), np.nan, "float32")),
    row("sqrtm", X, InvalidArgument),
    row("axpy", (X, Y), 2 * X + Y, args(t=(2.0,))),
    row("axpy", (X, Y, -1.5), -1.5 * X + Y),
    row("axpy", (X, Y), X + Y),
    row("mergemaxindex", (X, Y, ZEROS), np.stack([X, Y, ZEROS]).argmax(0).astype("int32")),
    row("mergemaxindex", (X, X), np.zeros((3, 4), "int64"), args(10)),
    row("mergemaxindex", (LONGS, LONGS + 1), [1, 1, 1]),
    row("Assert", np.True_, np.True_),
    row("Assert", (X < 9, X), X < 9),
    row("Assert", (X < 1, X), InvalidArgument),
    row("Assert", np.False_, InvalidArgument),
]

_RELATIVE = np.abs(X - Y) / (np.abs(X) + np.abs(Y))
_COMPARED = args(t=(0.5, 0.0, 1e-5, 3.0))

LEGACY = [
    row((PAIRWISE, 24), (X, Y), _RELATIVE),
    row((PAIRWISE, 24), (ZEROS, ZEROS), ZEROS),
    row((PAIRWISE, 24), (X, X), ZEROS),
    row((PAIRWISE, 25), (X, Y), (_RELATIVE > 0.5).astype("float32"), args(t=(0.5,))),
    row((PAIRWISE, 25), (X, X), ZEROS, args(t=(0.5,))),
    row((PAIRWISE, 25), (X, -X), ZEROS + 1, args(t=(0.5,))),
    row((PAIRWISE, 26), (X, Y), ((_RELATIVE > 0.1) & (np.abs(X - Y) >= 1)).astype("float32"), args(t=(0.1, 1.0))),
    row((PAIRWISE, 26), (X, -X), (np.abs(X) >= 0.5).astype("float32"), args(t=(0.1, 1.0))),
    row((PAIRWISE, 26), (X, X), ZEROS, args(t=(0.1, 0.0))),
    row((SCALAR, 33), X, X, args(t=(0.5, 0.0, 1e-5, 3.0), scalar=np.float32(0.25))),
    row((SCALAR, 33), X, ZEROS + 0.75, args(t=(0.5, 0.0, 1e-5, 3.0), scalar=np.float32(0.75))),
    row((SCALAR, 33), (X, np.float32(0.75)), ZEROS + 0.75, args(t=(0.5, 0.0, 1e-5, 3.0))),
    *(
        row((kind, 5), (X, y), X > 0.5, OpArgs(floats=(0.5, 1e-5, 3.0), dims=dims))
        for kind, y, dims in zip(MATCHES, (np.float32(1), Y, Y[0]), ((), (), (1,)), strict=True)
    ),
    *(
        row((kind, 5), (X, y), np.abs(X) < 1, OpArgs(floats=(1.0, 1e-5, 6.0), dims=dims))
        for kind, y, dims in zip(MATCHES, (np.float32(1), Y, Y[0]), ((), (), (1,)), strict=True)
    ),
    *(
        row((kind, 5), (X, y), InvalidArgument, OpArgs(floats=(1.0, 1e-5, 99.0), dims=dims))
        for kind, y, dims in zip(MATCHES, (np.float32(1), Y, Y[0]), ((), (), (1,)), strict=True)
    ),
    *(row((PAIRWISE, 45), (x, Y), np.where(Y > 0.5, Y, x), _COMPARED) for x in (X, ZEROS, POSITIVE)),
    *(row((PAIRWISE, 46), (x, Y), np.where(x > 0.5, Y, x), _COMPARED) for x in (X, ZEROS, POSITIVE)),
    *(row((PAIRWISE, 56), (x, Y), (x != 0).astype("float32")) for x in (X, ZEROS, POSITIVE)),
    *(row((PAIRWISE, 57), (x, ZEROS), (x != 0).astype("float32")) for x in (X, ZEROS, POSITIVE)),
    *(row((PAIRWISE, 58), (x, Y), (x == 0).astype("float32")) for x in (X, ZEROS, POSITIVE)),
    *(row((PAIRWISE, 59), (x, Y), np.vectorize(math.remainder)(x, Y).astype("float32")) for x in (X, ZEROS, POSITIVE)),
    *(row((PAIRWISE, 92), (POSITIVE, y), y * POSITIVE ** (y - 1)) for y in (X, Y, ZEROS + 2)),
    row((OpKind.REDUCE_BOOL, 6), X, np.True_),
    row((OpKind.REDUCE_BOOL, 6), X, (X > 0).any(1), args(dims=(1,))),
    row((OpKind.REDUCE_BOOL, 6), -POSITIVE, np.zeros((1, 4), bool), args(dims=(0,), b=(True,))),
    row((OpKind.REDUCE_BOOL, 7), X, np.True_),
    row((OpKind.REDUCE_BOOL, 7), X, (X < 0).any(1), args(dims=(1,))),
    row((OpKind.REDUCE_BOOL, 7), POSITIVE, np.zeros((1, 4), bool), args(dims=(0,), b=(True,))),
    row((OpKind.REDUCE_3, 4), (X, X), np.float32(0)),
    row((OpKind.REDUCE_3, 4), (X, ZEROS), (np.abs(X) > 1).sum(1).astype("float32"), args(dims=(1,), t=(1.0,))),
    row((OpKind.REDUCE_3, 4), (X, Y), np.float32(12)),
]

ROWS = [*SHAPES, *VALUES, *LEGACY]
