"""Blocks, patches, rolls and grids, against loops over pixels."""

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import args, floats, row

X = floats(2, 4, 6, 3)
NCHW = X.transpose(0, 3, 1, 2).copy()
P, Q = np.array([1, 2], "int32"), np.array([3, 4, 5], "int32")
FIRST = NCHW.transpose(2, 0, 1, 3)
NONE = np.zeros((2, 2), "int32")
EDGES = np.array([[1, 1], [0, 2]], "int32")


def deep(x: Array, block: int) -> Array:
    """space_to_depth pixel by pixel, channels last."""
    b, h, w, c = x.shape
    out = np.zeros((b, h // block, w // block, block * block * c), x.dtype)
    for i in range(h):
        for j in range(w):
            place = (i % block * block + j % block) * c
            out[:, i // block, j // block, place : place + c] = x[:, i, j]
    return out


def batched(x: Array, rows: int, columns: int) -> Array:
    """space_to_batch pixel by pixel."""
    return np.concatenate([x[:, i::rows, j::columns] for i in range(rows) for j in range(columns)])


def patches(x: Array, size: int, stride: int) -> Array:
    """Windows that lie inside, one after the other."""
    b, h, w, _ = x.shape
    rows, columns = range(0, h - size + 1, stride), range(0, w - size + 1, stride)
    cut = [x[:, i : i + size, j : j + size].reshape(b, -1) for i in rows for j in columns]
    return np.stack(cut, 1).reshape(b, len(rows), len(columns), -1)


PADDED = np.pad(X, [(0, 0), (1, 1), (0, 2), (0, 0)])
JAVA = OpArgs(ints=(2,), properties={"blocks": (2, 3), "padding": (0, 0, 0, 0)})
LENGTHS = np.array([0, 3], "int32")


def reversed_to(x: Array, lengths: Array) -> Array:
    """Axis 2 backwards up to a length, for each entry of axis 0."""
    out = x.copy()
    for i, n in enumerate(lengths):
        out[i, :, :n] = x[i, :, :n][:, ::-1]
    return out


ROWS = [
    row("space_to_depth", X, deep(X, 2), args(2, 1)),
    row("space_to_depth", NCHW, deep(X, 2).transpose(0, 3, 1, 2), args(2, 0)),
    row("space_to_depth", X, X, args(1, 1)),
    row("space_to_depth", X, InvalidArgument, args(4, 1)),
    row("space_to_depth", X[0], InvalidArgument, args(2, 1)),
    row("depth_to_space", deep(X, 2), X, args(2, 1)),
    row("depth_to_space", deep(X, 2).transpose(0, 3, 1, 2), NCHW, args(2, 0)),
    row("depth_to_space", X, InvalidArgument, args(2, 1)),
    row("space_to_batch", (X, NONE), batched(X, 2, 2), args(2)),
    row("space_to_batch", (X, NONE), batched(X, 2, 3), JAVA),
    row("space_to_batch", (X, EDGES), batched(PADDED, 2, 2), args(2)),
    row("space_to_batch", (X, NONE), InvalidArgument, args(3)),
    row("space_to_batch", (X, NONE), InvalidArgument, args(0)),
    row("space_to_batch_nd", (X, [2, 3], NONE), batched(X, 2, 3)),
    row("space_to_batch_nd", (X, [4], [[0, 0]]), np.concatenate([X[:, i::4] for i in range(4)])),
    row("space_to_batch_nd", (X, [2, 2], EDGES), batched(PADDED, 2, 2)),
    row("space_to_batch_nd", (X, [2], NONE), InvalidArgument),
    row("space_to_batch_nd", (X, [2, 2], np.array([[0, 2**40], [0, 0]])), InvalidArgument),
    row("batch_to_space", (batched(X, 2, 2), NONE), X, args(2)),
    row("batch_to_space", (batched(X, 2, 3), NONE), X, JAVA),
    row("batch_to_space", (batched(PADDED, 2, 2), EDGES), X, args(2)),
    row("batch_to_space", (X, NONE), InvalidArgument, args(2)),
    row("batch_to_space_nd", (batched(X, 2, 3), [2, 3], NONE), X),
    row("batch_to_space_nd", (batched(PADDED, 3, 2), [3, 2], EDGES), X),
    row("batch_to_space_nd", (batched(X, 2, 2), [2, 2], [[2, 2], [0, 0]]), InvalidArgument),
    row("extract_image_patches", X, patches(X, 2, 2), args(2, 2, 2, 2, 1, 1, 0)),
    row("extract_image_patches", X, patches(X, 3, 1), args(3, 3, 1, 1, 1, 1, 0)),
    row("extract_image_patches", X, patches(PADDED[:, 1:, :7], 2, 1), args(2, 2, 1, 1, 1, 1, 1)),
    row("extract_image_patches", X, patches(X[:, ::2, ::2], 2, 1), args(2, 2, 2, 2, 2, 2, 0)),
    row("extract_image_patches", X, InvalidArgument, args(5, 2, 2, 2, 1, 1, 0)),
    row("roll", X, np.roll(X, 2), args(2)),
    row("roll", X, np.roll(X, 2, 1), args(2, 1)),
    row("roll", X, np.roll(X, (-1, -1), (1, 2)), args(-1, 1, 2)),
    row("roll", (X, [1, 2], [2, -1]), np.roll(X, (1, 2), (2, 3))),
    row("roll", (X, [1, 2], [2]), InvalidArgument),
    row("reverse_sequence", (X, LENGTHS), reversed_to(X, LENGTHS), args(2, 0)),
    row("reverse_sequence", (X, LENGTHS + 1), reversed_to(X, LENGTHS + 1), args(-2)),
    row("reverse_sequence", (FIRST, LENGTHS), reversed_to(NCHW, LENGTHS).transpose(2, 0, 1, 3), args(0, 1)),
    row("reverse_sequence", (X, [0, 7]), InvalidArgument, args(2, 0)),
    row("reverse_sequence", (X, [0, 1, 2]), InvalidArgument, args(2, 0)),
    row("tile_to_shape", X[:, :1], np.tile(X[:, :1], (1, 4, 1, 1)), args(2, 4, 6, 3)),
    row("tile_to_shape", X[0, 0], np.tile(X[0, 0], (2, 2, 1)), args(2, 12, 3)),
    row("tile_to_shape", X[0, 0], InvalidArgument, args(2, 9, 3)),
    row("tile_to_shape", X[0, 0], InvalidArgument, args(2**20, 6 * 2**20, 3)),
    row("meshgrid", (P, P, Q), tuple(np.meshgrid(P, P, Q))),
    row(
        "meshgrid",
        (P, Q, P[:1]),
        tuple(np.meshgrid(P, Q, P[:1], indexing="ij")),
        args(0),
    ),
    row("meshgrid", (P, Q), tuple(np.meshgrid(P, Q)), args(1)),
    row("meshgrid", (floats(2**14), floats(2**14)), InvalidArgument),
]
