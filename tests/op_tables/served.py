"""What training leaves in a graph: dropout, fake quantisation, clipping, statistics."""

from typing import Any

import numpy as np

from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpKind

from .row import Row, args, floats, row

X, S = floats(4, 6), floats(4, 3, 6, seed=3)

DROPOUT = [
    row("dropout", X, X, args(42, t=(0.5,))),
    row("dropout", (S, [4, 1, 6]), S, args(42, t=(0.5,))),
    row((OpKind.RANDOM, 1), X, X, args(t=(0.3,))),
    row((OpKind.RANDOM, 2), X, X, args(t=(0.3,))),
    row((OpKind.RANDOM, 12), X, X, args(t=(0.3, 1.0, 0.0, 0.0))),
]


def quantised(x: Any, low: float, high: float, levels: int = 256) -> Any:
    """To the nearest of levels that are spread evenly over the range, after it is moved so that one of them is 0."""
    step = (high - low) / (levels - 1)
    below = round(-low / step) if low < 0 < high else 0 if low >= 0 else levels - 1
    marks = (np.arange(levels) - below) * step
    return marks[np.abs(np.asarray(x)[..., None] - marks).argmin(-1)].astype("float32")


_LOWS, _HIGHS = [-1.0, 0.0, -2.0, -1.5, 0.0, -0.1], [1.1, 1.0, 0.0, 1.0, 3.0, 0.8]
_RANGES = list(enumerate(zip(_LOWS, _HIGHS, strict=True)))


def by_channel(x: Any) -> Any:
    return np.stack([quantised(x[..., i], low, high) for i, (low, high) in _RANGES], -1)


_ONE, _ALL = "fake_quant_with_min_max_vars", "fake_quant_with_min_max_vars_per_channel"

QUANTISED = [
    row(_ONE, (X, np.float32(-0.9), np.float32(1)), quantised(X, -0.9, 1)),
    row(_ONE, (X, np.float32(-1.05), np.float32(1)), quantised(X, -1.05, 1, 16), args(4)),
    row(_ONE, X, quantised(X, -0.3, 1.5, 255), args(8, t=(-0.3, 1.5), b=(True,))),
    row(_ONE, X, quantised(X, 0, 2, 15), args(4, 1, t=(0.0, 2.0))),
    row(_ONE, X, np.zeros_like(X), args(t=(0.0, 0.0))),
    row(_ONE, X, InvalidArgument),
    row(_ONE, X, InvalidArgument, args(1, t=(-1.0, 1.0))),
    row(_ALL, (X, _LOWS, _HIGHS), by_channel(X), args(8)),
    row(_ALL, (S, _LOWS, _HIGHS), by_channel(S)),
    row(_ALL, (X, _LOWS), InvalidArgument),
]


def average_clipped(x: Any, most: float, axes: Any = None) -> Any:
    count = x.size if axes is None else np.prod([x.shape[axis] for axis in axes])
    norm = np.sqrt((x**2).sum(axes, keepdims=True)) / count
    return x * np.where(norm > most, most / norm, 1).astype("float32")


_NORM = np.sqrt((X**2).sum() + (S**2).sum())

CLIPPED = [
    row("clipbyavgnorm", X, average_clipped(X, 0.4, (1,)), args(1, t=(0.4,))),
    row("clipbyavgnorm", (X, np.float32(0.1)), average_clipped(X, 0.1)),
    row("clipbyavgnorm", X, X, args(t=(9.0,))),
    row("clip_by_global_norm", (X, S), (X * 2 / _NORM, S * 2 / _NORM, _NORM), args(t=(2.0,))),
    row("clip_by_global_norm", (X, S), (X, S, _NORM), args(t=(1000.0,))),
    row("clip_by_global_norm", (X, S), TypeError),
]


def summed(x: Any, axes: Any, *shift: Any) -> Any:
    """Count, Σ, Σ of squares, and the shift they are taken about."""
    moved = x - shift[0] if shift else x
    total = moved.sum(axes)
    return np.float32(x.size / total.size), total, (moved**2).sum(axes), *shift


_HALF = np.float32(0.5)

STATISTICS = [
    row("sufficient_statistics", (S, [1, 2]), summed(S, (1, 2))),
    row("sufficient_statistics", (S, [0]), summed(S, 0)),
    row("sufficient_statistics", (S, [2], _HALF), summed(S, 2, _HALF)),
    row("sufficient_statistics", (S, [2]), summed(S, 2, _HALF), args(t=(0.5,))),
    row("sufficient_statistics", (X, [2]), ValueError),
]

ROWS: list[Row] = [*DROPOUT, *QUANTISED, *CLIPPED, *STATISTICS]
