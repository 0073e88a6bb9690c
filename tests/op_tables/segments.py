"""Reductions by segment, against a loop over the segments."""

from collections.abc import Callable

import ml_dtypes
import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .row import args, floats, row

Reduce = Callable[[Array], Array]

X = floats(6, 3)
N = np.arange(18, dtype="int32").reshape(6, 3)
SORTED = np.array([0, 0, 1, 1, 1, 2], "int32")
GAP = np.array([0, 0, 0, 2, 2, 3], "int64")
ANY = np.array([2, 0, 1, 0, 2, 1], "int32")
GRID = np.array([[3, 0, 3], [0, 3, 1]], "int32")
Y = floats(2, 3, 4, seed=1)


def _mean(a: Array) -> Array:
    return a.mean(0)


FORMULAS: dict[str, tuple[Reduce, float, float]] = {
    "sum": (lambda a: a.sum(0), 0, 0),
    "prod": (lambda a: a.prod(0), 1, 1),
    "mean": (_mean, 0, 0),
    "max": (lambda a: a.max(0), 0, float(np.finfo("float32").min)),
    "min": (lambda a: a.min(0), 0, float(np.finfo("float32").max)),
    "sqrt_n": (lambda a: a.sum(0) / np.sqrt(len(a)), 0, 0),
}
"""By name: the formula, and what an empty segment gives, sorted and unsorted."""


def by_loop(x: Array, segments: Array, count: int, reduce: Reduce, empty: float) -> Array:
    """Segment by segment."""
    parts = [x[segments == i] for i in range(count)]
    return np.stack([reduce(part) if len(part) else np.full(x.shape[segments.ndim :], empty) for part in parts]).astype(
        x.dtype
    )


ROWS = [
    *(
        row(f"segment_{name}", (x, segments), by_loop(x, segments, int(segments.max()) + 1, reduce, empty))
        for name, (reduce, empty, _) in FORMULAS.items()
        if name != "sqrt_n"
        for x in (X, N)
        for segments in (SORTED, GAP)
    ),
    row(
        "segment_sum",
        (X.astype(ml_dtypes.bfloat16)[:2], [0, 0]),
        X[:2].sum(0)[None].astype(ml_dtypes.bfloat16),
        rtol=0.02,
    ),
    row("segment_max", (X, ANY), InvalidArgument),
    row("segment_sum", (X, [0, 0]), InvalidArgument),
    row("segment_sum", (X, [-1, 0, 0, 0, 0, 0]), InvalidArgument),
    row("segment_sum", (X, np.array([0, 0, 0, 0, 0, 2**40])), InvalidArgument),
    *(
        row(f"unsorted_segment_{name}", (x, segments), by_loop(x, segments, 5, reduce, empty), args(5))
        for name, (reduce, _, empty) in FORMULAS.items()
        for x, segments in ((X, ANY), (X, GAP), (Y, GRID))
    ),
    row("unsorted_segment_max", (N, ANY), by_loop(N, ANY, 3, lambda a: a.max(0), 0), args(3)),
    row("unsorted_segment_mean", (N, ANY), by_loop(N, ANY, 3, _mean, 0), args(3)),
    row("unsorted_segment_sum", (X, ANY, 4), by_loop(X, ANY, 4, lambda a: a.sum(0), 0)),
    row("unsorted_segment_sum", (X[:0], ANY[:0]), np.zeros((2, 3), "float32"), args(2)),
    row("unsorted_segment_sum", (X, ANY), InvalidArgument, args(2)),
    row("unsorted_segment_sum", (X, ANY[:4]), InvalidArgument, args(3)),
    row("unsorted_segment_sum", (X, ANY), InvalidArgument, args(2**40)),
]
