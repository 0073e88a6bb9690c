"""Losses of distributions and vectors, with every reduction."""

from typing import Any

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpKind

from .row import Row, args, floats, row

X = floats(4, 3)
LABELS = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]], "float32")
PICKED = np.eye(3, dtype="float32")[[2, 0, 0, 1]]
COUNTS = np.array([[1, 0, 2], [0, 5, 1], [3, 1, 0], [0, 1, 7]], "float32")
PER_ROW = np.array([1, 0, 2, 1], "float32")


def single(x: Any) -> Array:
    return np.asarray(x, "float32")


def reduced(op: str, labels: Array, each: Array, weights: Array, *ints: int, t: Any = ()) -> list[Row]:
    """A row for each reduction: none, sum, over the sum of weights, over the number of those that are not 0."""
    weighted, spread = each * weights, np.broadcast_to(weights, each.shape)
    wants = (weighted, weighted.sum(), weighted.sum() / spread.sum(), weighted.sum() / np.count_nonzero(spread))
    rows = [row(op, (X, weights, labels), single(want), args(mode, *ints, t=t)) for mode, want in enumerate(wants)]
    return [*rows, row(op, (X, weights, labels), InvalidArgument, args(4, *ints, t=t))]


def binary(x: Array, labels: Array, weight: Any = 1.0) -> Array:
    p = 1 / (1 + np.exp(-x.astype("float64")))
    return single(-weight * labels * np.log(p) - (1 - labels) * np.log(1 - p))


def log_softmax(x: Array, axis: int = -1) -> Array:
    powers = np.exp(x.astype("float64"))
    return np.log(powers / powers.sum(axis, keepdims=True))


def pairs(x: Array, labels: Array) -> Array:
    """Twice the mean, over pairs of entries, of (difference of their errors)²."""
    errors = (x - labels).reshape(len(x), -1).astype("float64")
    differences = errors[:, :, None] - errors[:, None, :]
    n = errors.shape[1]
    return single(2 * (differences**2).sum((1, 2)) / (n * (n - 1)))


_POISSON = np.exp(X) - X * COUNTS
_SEEN = np.where(COUNTS > 0, COUNTS, 1)
_STIRLING = np.where(COUNTS > 0, _SEEN * np.log(_SEEN) - _SEEN + 0.5 * np.log(2 * np.pi * _SEEN), 0)
_SOFT = 0.8 * PICKED + 0.2 / 3
_CUBE, _CUBE_LABELS = floats(4, 2, 3, seed=1), floats(4, 2, 3, seed=2)
_ONE = np.float32(1)
_SPARSE = "sparse_softmax_cross_entropy_loss_with_logits"
_LOGITS = "softmax_cross_entropy_loss_with_logits"

ROWS = [
    *reduced("sigm_cross_entropy_loss", LABELS, binary(X, LABELS), PER_ROW[:, None]),
    row("sigm_cross_entropy_loss", (X, _ONE, LABELS), binary(X, 0.8 * LABELS + 0.1), args(0, t=(0.2,))),
    row(
        "sigm_cross_entropy_loss",
        (100 * X, _ONE, LABELS),
        np.maximum(100 * X, 0) - 100 * X * LABELS,
        args(0),
        atol=1e-4,
    ),
    *reduced("softmax_cross_entropy_loss", PICKED, -(PICKED * log_softmax(X)).sum(-1), PER_ROW),
    row("softmax_cross_entropy_loss", (X, _ONE, PICKED), single(-(_SOFT * log_softmax(X)).sum(-1)), args(0, t=(0.2,))),
    row("softmax_cross_entropy_loss", (X, _ONE, PICKED[:1]), InvalidArgument, args(0)),
    row(_LOGITS, (X, PICKED), single(-(PICKED * log_softmax(X)).sum(-1))),
    row(_LOGITS, (X, LABELS), single(-(LABELS * log_softmax(X, 0)).sum(0)), args(0)),
    row(_LOGITS, (_CUBE, _CUBE_LABELS), single(-(_CUBE_LABELS * log_softmax(_CUBE, 1)).sum(1)), args(1)),
    row(_LOGITS, (X, PICKED[0]), InvalidArgument),
    row(_SPARSE, (np.array([2, 0, 0, 1]), X), single(-(PICKED * log_softmax(X)).sum(-1))),
    row(_SPARSE, (np.array([[2, 0]] * 4), _CUBE), single(-log_softmax(_CUBE)[:, [0, 1], [2, 0]])),
    row(_SPARSE, (np.array([2, 0, 3, 1]), X), InvalidArgument),
    row(_SPARSE, (np.array([2, 0, -1, 1]), X), InvalidArgument),
    row(_SPARSE, (np.array([2, 0, 1]), X), InvalidArgument),
    row("weighted_cross_entropy_with_logits", (LABELS, X, np.float32(2)), binary(X, LABELS, 2)),
    row("weighted_cross_entropy_with_logits", (LABELS, X, [1.0, 2.0, 0.5]), binary(X, LABELS, np.array([1, 2, 0.5]))),
    row("weighted_cross_entropy_with_logits", (LABELS, X, [1.0, 2.0]), ValueError),
    *reduced("cosine_distance_loss", LABELS, 1 - (X * LABELS).sum(1, keepdims=True), PER_ROW[:, None], 1),
    row("cosine_distance_loss", (X, _ONE, LABELS), 1 - (X * LABELS).sum(0, keepdims=True), args(0, 0)),
    row("cosine_distance_loss", (X, _ONE, LABELS[:1]), InvalidArgument, args(0, 1)),
    *reduced("log_poisson_loss", COUNTS, single(_POISSON), PER_ROW[:, None]),
    row("log_poisson_loss", (X, _ONE, COUNTS), single(_POISSON + _STIRLING), args(0, 1)),
    row((OpKind.PAIRWISE, 32), (COUNTS, X), single(_POISSON)),
    row((OpKind.PAIRWISE, 32), (COUNTS[0], X[0]), single(_POISSON[0])),
    row((OpKind.PAIRWISE, 32), (COUNTS[:, :2], X), ValueError),
    row((OpKind.PAIRWISE, 33), (COUNTS, X), single(_POISSON + _STIRLING)),
    row((OpKind.PAIRWISE, 33), (COUNTS[0], X[0]), single((_POISSON + _STIRLING)[0])),
    row((OpKind.PAIRWISE, 33), (COUNTS[:, :2], X), ValueError),
    *reduced("mean_pairwssqerr_loss", LABELS, pairs(X, LABELS), PER_ROW),
    row("mean_pairwssqerr_loss", (_CUBE, _ONE, _CUBE_LABELS), pairs(_CUBE, _CUBE_LABELS), args(0)),
    row("mean_pairwssqerr_loss", (X[:, :1], _ONE, LABELS[:, :1]), np.zeros(4, "float32"), args(0)),
    row("mean_pairwssqerr_loss", (X[0], _ONE, LABELS[0]), InvalidArgument, args(0)),
    row("mean_pairwssqerr_loss", (X, _ONE, LABELS[:1]), InvalidArgument, args(0)),
    row("l2_loss", X, single((X.astype("float64") ** 2).sum() / 2)),
    row("l2_loss", X[0, 0], single(X[0, 0] ** 2 / 2)),
    row("l2_loss", X[:0], single(0)),
]
