"""Ops that move entries: shapes, joins, cuts, repeats, slices and gathers."""

import numpy as np

from graphserver.spec.dtype import INT32
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import args, floats, row

X = floats(4, 3, 2)
Y = floats(4, 3, 2, seed=1)
M = floats(4, 6, seed=2)
V = floats(6, seed=3)
N = np.array([[1, 2, 3], [4, 5, 6]], "int32")

SHAPE = [
    row("reshape", X, X.reshape(4, 6), args(-99, -1, 6)),
    row("reshape", X, X.reshape(4, 6), args(0, 6)),
    row("reshape", X, X.reshape(12, 2), args(-102, -1, 2)),
    row("reshape", (X, [-1, 3]), X.reshape(8, 3), args(-99)),
    row("reshape", X, ValueError, args(-99, 5, 5)),
    row("reshapeas", (X, M), X.reshape(4, 6)),
    row("reshapeas", (V, N), V.reshape(2, 3)),
    row("reshapeas", (V, X), ValueError),
    row("flatten", X, X.reshape(-1), args(99)),
    row("flatten", (X, V), np.concatenate([X.reshape(-1), V])),
    row("flatten_2d", X, X.reshape(12, 2), args(2)),
    row("flatten_2d", X, X.reshape(4, 6)),
    row("permute", X, X.transpose(2, 0, 1), args(2, 0, 1)),
    row("permute", (X, [0, 2, 1]), X.transpose(0, 2, 1)),
    row("permute", X, ValueError, args(0, 0, 1)),
    row("transpose", X, X.transpose(2, 1, 0)),
    row("transpose", X, X.transpose(0, 2, 1), args(0, 2, 1)),
    row("expand_dims", X, X[:, None], args(1)),
    row("expand_dims", (X, [-1]), X[..., None]),
    row("squeeze", X[:, None], X, args(1)),
    row("squeeze", (X[:, None], [1]), X),
    row("squeeze", X, ValueError, args(0)),
    row("identity_n", (X, M), (X, M)),
    row("identity_n", X, X),
    row("identity_n", (N, V, X), (N, V, X)),
    *(row(name, x, x) for name in ("identity", "stop_gradient") for x in (X, N, V)),
    *(row("noop", inputs, np.zeros(0, "float32")) for inputs in ((), (X,), (X, M))),
    row("shape_of", X, np.array([4, 3, 2], "int64")),
    row("shape_of", X, np.array([4, 3, 2], "int32"), args(dtypes=(INT32,))),
    row("shapes_of", (X, M), (np.array([4, 3, 2]), np.array([4, 6]))),
    row("shapes_of", V, np.array([6])),
    row("shapes_of", V, np.array([6], "int32"), args(dtypes=(INT32,))),
    *(row("size", x, np.array(x.size, "int64")) for x in (X, N)),
    row("size_at", X, np.array(3, "int64"), args(1)),
    row("size_at", X, np.array(2, "int64"), args(-1)),
    row("size_at", X, InvalidArgument, args(3)),
    *(row("rank", x, np.array(x.ndim, "int32")) for x in (X, N)),
]

_PADS = np.array([[0, 0], [1, 2], [1, 0]])

ARRANGE = [
    row("concat", (X, Y), np.concatenate([X, Y], 1), args(1)),
    row("concat", (X, Y, np.int32(2)), np.concatenate([X, Y], 2), args(b=(True,))),
    row("concat", (X, M), ValueError, args(0)),
    row("stack", (X, Y), np.stack([X, Y], 1), args(1)),
    row("stack", (X, M), ValueError),
    row("unstack", X, (X[:, 0], X[:, 1], X[:, 2]), args(1)),
    row("unstack", V.reshape(6, 1), tuple(V.reshape(6, 1))),
    row("split", M, (M[:, :3], M[:, 3:]), args(2, 1)),
    row("split", (np.int32(-1), X), (X[..., :1], X[..., 1:]), args(2)),
    row("split", M, ValueError, args(4, 1)),
    row("split_v", (M, [2, -1]), (M[:, :2], M[:, 2:]), args(1)),
    row("split_v", (M, [2, 1, 3], [1]), (M[:, :2], M[:, 2:3], M[:, 3:])),
    row("split_v", (M, [2, 5]), InvalidArgument, args(1)),
    row("tile", M, np.tile(M, (1, 2)), args(1, 2)),
    row("tile", (M, [2, 1]), np.tile(M, (2, 1))),
    row("tile", M, np.tile(M, (3, 1, 2)), args(3, 1, 2)),
    row("tile", M, InvalidArgument, args(2)),
    row("repeat", M, M.repeat(2, 0), args(2, 0)),
    row("repeat", M, M.repeat([1, 2, 0, 1, 1, 1], 1), args(1, 2, 0, 1, 1, 1, 1)),
    row("repeat", (M, [3]), M.repeat(3, 1), OpArgs(properties={"axis": (1,)})),
    row("reverse", X, X[:, ::-1], args(1)),
    row("reverse", (X, [1, 2]), X[:, ::-1, ::-1]),
    row("reverse", X, ValueError, args(5)),
    row("broadcast_to", (V, [4, 6]), np.broadcast_to(V, (4, 6))),
    row("broadcast_to", (X[:, :1], [4, 3, 2]), np.broadcast_to(X[:, :1], (4, 3, 2))),
    row("broadcast_to", (V, [4, 5]), ValueError),
    row("pad", (X, _PADS), np.pad(X, _PADS, constant_values=0.5), args(0, t=(0.5,))),
    row("pad", (X, _PADS, 7.0), np.pad(X, _PADS, constant_values=7)),
    row("pad", (X, _PADS), np.pad(X, _PADS, "reflect"), args(1, t=(0.0,))),
    row("pad", (X, _PADS), InvalidArgument, args(3)),
    row("pad", (M, _PADS), InvalidArgument, args(0)),
    row("mirror_pad", (X, _PADS), np.pad(X, _PADS, "reflect"), args(0)),
    row("mirror_pad", (X, _PADS), np.pad(X, _PADS, "symmetric"), args(1)),
]

_IDS = np.array([[2, 0], [1, 1]], "int32")

SLICING = [
    row("slice", X, X[:, 1:3], args(0, 1, 0, -1, 2, -1)),
    row("slice", (X, [1, 0, 0], [2, -1, 1]), X[1:3, :, :1]),
    row("slice", X, InvalidArgument, args(0, 2, 0, -1, 2, -1)),
    row("slice", X, InvalidArgument, args(-1, 0, 0, 1, 1, 1)),
    row("strided_slice", X, X[:, 1], args(1, 0, 1, 0, 2, 0, 1, 0, 2, 1, 1)),
    row("strided_slice", X, X[..., None, 1], args(0, 1, 0, 2, 4, 0, 0, 1, 0, 0, 2, 1, 1, 1)),
    row("strided_slice", X, X[:, ::-1], args(3, 0, 3, 0, 0, 0, 0, 0, 0, 1, -1)),
    row("strided_slice", (X, [0, 1], [4, 3], [1, 2]), X[:, 1:3:2], args(0, 0, 0, 0, 0)),
    row("strided_slice", (X, [1, 0], [2**31 - 1, 2]), X[1:, :2], args(0, 0, 0, 0, 0)),
    row("strided_slice", X, InvalidArgument, args(0, 0, 0, 0, 1, 9, 10, 1)),
    row("gather", (X, _IDS), X[:, _IDS], args(1)),
    row("gather", (X, np.int64(1), [2]), X[:, :, 1]),
    row("gather", X, X[:, [0, 2]], args(1, 0, 2)),
    row("gather", (X, [0, 3]), InvalidArgument, args(1)),
    row("gather", (X, [-1]), InvalidArgument, args(0)),
    row("gather", (X, [0.5]), InvalidArgument, args(0)),
    row("embedding_lookup", (M, _IDS), M[_IDS], args(0)),
    row("embedding_lookup", (M, [7]), InvalidArgument, args(0)),
    row("embedding_lookup", (M, M, [0]), InvalidArgument, args(0)),
    row("gather_nd", (X, [[[3, 2], [0, 1]]]), X[[[3, 0]], [[2, 1]]]),
    row("gather_nd", (X, [[1], [2]]), X[[1, 2]]),
    row("gather_nd", (X, [[0, 3]]), InvalidArgument),
    row("gather_nd", (V, [[0, 0]]), InvalidArgument),
]

ROWS = [*SHAPE, *ARRANGE, *SLICING]
