"""Diagonals and triangles."""

from collections.abc import Callable
from typing import Any

import numpy as np

from graphserver.spec.dtype import INT32, Array
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import args, floats, row

V = floats(3)
M = floats(3, 3, seed=1)
B = floats(4, 3, 5, seed=2)
TALL = floats(4, 5, 2, seed=3)
FOUR = np.arange(36, dtype="int32").reshape(2, 3, 2, 3)


def _each(function: Callable[..., Any], x: Array, *more: Any) -> Array:
    """A function of one matrix, for each in a batch."""
    return np.stack([function(matrix, *more) for matrix in x])


def _banded(x: Array, lower: int, upper: int) -> Array:
    return np.stack([np.triu(np.tril(matrix, upper), -lower) for matrix in x])


def _set(x: Array, diagonal: Array) -> Array:
    out = x.copy()
    for i, values in enumerate(diagonal):
        np.fill_diagonal(out[i], 0)
        for j, value in enumerate(values):
            out[i, j, j] = value
    return out


ROWS = [
    row("diag", V, np.diag(V)),
    row("diag", FOUR[0, :, 0], np.diag(FOUR[0, :, 0].reshape(-1)).reshape(3, 3, 3, 3)),
    row("diag", floats(2**14), InvalidArgument),
    row("diag_part", M, np.diag(M)),
    row("diag_part", FOUR, FOUR.reshape(6, 6).diagonal().reshape(2, 3)),
    row("diag_part", B, InvalidArgument),
    row("matrix_diag", V, np.diag(V)),
    row("matrix_diag", B, np.stack([_each(np.diag, x) for x in B])),
    row("matrix_diag", floats(4, 2**13), InvalidArgument),
    row("matrix_diag_part", M, np.diag(M)),
    row("matrix_diag_part", B, _each(np.diag, B)),
    row("matrix_diag_part", TALL, _each(np.diag, TALL)),
    row("trace", M, np.trace(M)),
    row("trace", B, _each(np.trace, B)),
    row("trace", FOUR, np.trace(FOUR, axis1=-2, axis2=-1).astype("int32")),
    row("matrix_set_diag", (B, B[:, 0, :3]), _set(B, B[:, 0, :3])),
    row("matrix_set_diag", (TALL, B[:, 0, :2]), _set(TALL, B[:, 0, :2])),
    row("matrix_set_diag", (M, V), _set(M[None], V[None])[0]),
    row("matrix_set_diag", (B, V), InvalidArgument),
    row("matrix_band_part", B, _banded(B, 1, 2), args(1, 2)),
    row("matrix_band_part", B, _banded(B, 0, 9), args(0, -1)),
    row("matrix_band_part", (TALL, -1, 0), _banded(TALL, 9, 0)),
    row("tri", (), np.tri(3, dtype="float32"), args(3)),
    row("tri", (), np.tri(3, 5, 1, dtype="float32"), args(3, 5, 1)),
    row("tri", (), np.tri(3, 2, -1, dtype="int32"), OpArgs(ints=(3, 2, -1), dtypes=(INT32,))),
    row("tri", (), InvalidArgument, args(2**20, 2**20)),
    row("triu", M, np.triu(M)),
    row("triu", B, _each(np.triu, B, 2), args(2)),
    row("triu", TALL, _each(np.triu, TALL, -1), args(-1)),
    row("cross", (V, V[::-1].copy()), np.cross(V, V[::-1])),
    row("cross", (M, M[::-1].copy()), np.cross(M, M[::-1])),
    row("cross", (B[:, 0, :3], TALL[:, :3, 0]), np.cross(B[:, 0, :3], TALL[:, :3, 0])),
    row("cross", (B, B), InvalidArgument),
]
