"""Reductions in both forms, each with its arguments: axes, keepDims, axes as an input."""

import math
from collections.abc import Callable

import numpy as np

from graphserver.spec.dtype import INT32, Array
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs, OpKind

from .row import Place, Row, args, floats, row

Reduce = Callable[[Array, tuple[int, ...] | None], Array]

_FLOAT, _SAME = OpKind.REDUCE_FLOAT, OpKind.REDUCE_SAME
_LONG, _BOOL, _INDEX = OpKind.REDUCE_LONG, OpKind.REDUCE_BOOL, OpKind.INDEX_REDUCE
_STATS, _PAIRS = OpKind.SUMMARYSTATS, OpKind.REDUCE_3

X = floats(2, 3, 4)
P = floats(2, 3, 4, seed=1, low=0.1, high=1.0)
GAPS = np.where(np.abs(X) < 0.8, np.float32(0), X)
ODD = X.copy()
ODD[0, 1, 2], ODD[1, 0, 0] = np.nan, np.inf
ALL = 2147483647


def _entropy(a: Array, axes: tuple[int, ...] | None) -> Array:
    return -(a * np.log(a)).sum(axes)


FORMULAS: tuple[tuple[str | None, Place | None, Reduce, Array, tuple[float, ...]], ...] = (
    ("reduce_sum", (_SAME, 0), lambda a, ax: a.sum(ax), X, ()),
    ("reduce_max", (_SAME, 1), lambda a, ax: a.max(ax), X, ()),
    ("reduce_min", (_SAME, 2), lambda a, ax: a.min(ax), X, ()),
    ("reduce_prod", (_SAME, 3), lambda a, ax: a.prod(ax), X, ()),
    (None, (_SAME, 4), lambda a, ax: np.abs(a).sum(ax), X, ()),
    (None, (_SAME, 5), lambda a, ax: np.abs(a).max(ax), X, ()),
    (None, (_SAME, 6), lambda a, ax: np.abs(a).min(ax), X, ()),
    ("reduce_mean", (_FLOAT, 0), lambda a, ax: a.mean(ax), X, ()),
    (None, (_FLOAT, 1), lambda a, ax: np.abs(a).mean(ax), X, ()),
    ("reduce_norm1", (_FLOAT, 2), lambda a, ax: np.abs(a).sum(ax), X, ()),
    ("reduce_norm2", (_FLOAT, 3), lambda a, ax: np.sqrt((a * a).sum(ax)), X, ()),
    ("reduce_norm_max", (_FLOAT, 4), lambda a, ax: np.abs(a).max(ax), X, ()),
    (None, (_FLOAT, 5), lambda a, ax: np.sqrt((a * a).sum(ax)), X, ()),
    (None, (_FLOAT, 6), lambda a, ax: (np.abs(a) ** 3).sum(ax) ** (1 / 3), X, (3.0,)),
    ("reduce_sqnorm", (_FLOAT, 7), lambda a, ax: (a * a).sum(ax), X, ()),
    (None, (_FLOAT, 8), _entropy, P, ()),
    (None, (_FLOAT, 9), lambda a, ax: np.log(_entropy(a, ax)), P, ()),
    (None, (_FLOAT, 10), lambda a, ax: _entropy(a, ax) / math.log(2), P, ()),
    ("reduce_logsumexp", None, lambda a, ax: np.log(np.exp(a).sum(ax)), X, ()),
    (None, (_LONG, 0), lambda a, ax: np.count_nonzero(a, ax), GAPS, ()),
    (None, (_LONG, 1), lambda a, ax: np.count_nonzero(a == 0, ax), GAPS, ()),
    (None, (_LONG, 2), lambda a, ax: np.count_nonzero(a > 0.5, ax), X, (0.5, 1e-5, 3.0)),
    (None, (_BOOL, 0), lambda a, ax: np.any(a, ax), GAPS, ()),
    (None, (_BOOL, 1), lambda a, ax: np.all(a, ax), GAPS, ()),
    (None, (_BOOL, 2), lambda a, ax: np.all(np.isfinite(a), ax), ODD, ()),
    (None, (_BOOL, 3), lambda a, ax: np.any(~np.isfinite(a), ax), ODD, ()),
    (None, (_BOOL, 4), lambda a, ax: np.any(np.isnan(a), ax), ODD, ()),
    (None, (_BOOL, 5), lambda a, ax: np.any(np.isinf(a), ax), ODD, ()),
    ("reduce_variance", (_STATS, 0), lambda a, ax: a.var(ax), X, ()),
    ("reduce_stdev", (_STATS, 1), lambda a, ax: a.std(ax), X, ()),
)
"""Custom name, place in a legacy table, the reduction, what it is fed, its own T."""


def _legacy(place: Place, axes: tuple[int, ...], keep: bool, t: tuple[float, ...]) -> OpArgs:
    """Flags stand in the booleans, or in properties alone."""
    if place[0] in (_STATS, _PAIRS):
        return OpArgs(dims=axes, floats=t, properties={"keepDims": (keep,), "biasCorrected": (False,)})
    return args(t=t, b=(keep, True), dims=axes)


def _rows(name: str | None, place: Place | None, reduce: Reduce, x: Array, t: tuple[float, ...]) -> list[Row]:
    made = list[Row]()
    for axes in (None, (1,), (0, -1)):
        with np.errstate(all="ignore"):
            out = np.asarray(reduce(x.astype("float64"), axes))
        keep = axes == (0, -1)
        kind = place[0] if place else _FLOAT
        out = out.astype({_LONG: "int64", _BOOL: "bool"}.get(kind, "float32"))
        out = out.reshape(1, 3, 1) if keep else out
        if name:
            made.append(row(name, x, out, args(*(axes or ()), b=(keep,))))
        if place:
            made.append(row(place, x, out, _legacy(place, axes or (ALL,), keep, t)))
            if axes == (1,) and place[0] is not _PAIRS:
                made.append(row(place, (x, [1]), out, _legacy(place, (), keep, t)))
    return made


_INTS = np.array([[1, 2], [4, 7]], "int32")
_HALF = np.full(4096, 1.0, "float16")
_EMPTY = np.zeros((0, 3), "float32")
_U, _V = np.array([[1, 2, 3], [4, 5, 6]], "float32"), np.array([[2, 1, 0], [4, 5, 6]], "float32")


def _cosine(a: Array, b: Array) -> Array:
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


DISTANCES: dict[int, Callable[[Array, Array], Array]] = {
    0: lambda a, b: np.abs(a - b).sum(1),
    1: lambda a, b: np.linalg.norm(a - b, axis=1),
    2: _cosine,
    3: lambda a, b: (a * b).sum(1),
    5: lambda a, b: 1 - _cosine(a, b),
    6: lambda a, b: 1 - np.minimum(a, b).sum(1) / np.maximum(a, b).sum(1),
    7: lambda a, b: (a != b).mean(1).astype("float32"),
}


def _distances(number: int, formula: Callable[[Array, Array], Array]) -> list[Row]:
    place, want = (_PAIRS, number), formula(_U, _V).astype("float32")
    flat = formula(_U.reshape(1, 6), _V.reshape(1, 6)).astype("float32")[0]
    return [
        row(place, (_U, _V), want, _legacy(place, (1,), False, ())),
        row(place, (_U, _V), want[:, None], _legacy(place, (1,), True, ())),
        row(place, (_U, _V), np.asarray(flat), _legacy(place, (ALL,), False, ())),
    ]


def _positions(name: str, number: int, find: Callable[[Array], Array]) -> list[Row]:
    joined = X.transpose(1, 0, 2).reshape(3, -1)
    return [
        row(name, X, find(X), args(-1)),
        row(name, X, find(X)[..., None].astype("int32"), args(2, b=(True,), dtypes=(INT32,))),
        row(name, (X, [2]), find(X)),
        row((_INDEX, number), X, find(X), args(dims=(2,), b=(False, True))),
        row((_INDEX, number), X, find(joined).reshape(1, 3, 1), args(dims=(0, 2), b=(True, True))),
        row((_INDEX, number), X, find(X.reshape(-1)), args(dims=(ALL,), b=(False, True))),
    ]


_FOUND = [[0.1, 0.9, 0.7], [0.2, 0.3, 0.4]]
_ABOVE = (0.5, 0.0, 3.0)

ROWS = [
    *(found for entry in FORMULAS for found in _rows(*entry)),
    *(found for number, formula in DISTANCES.items() for found in _distances(number, formula)),
    *_positions("argmax", 0, lambda a: a.argmax(-1)),
    *_positions("argmin", 1, lambda a: a.argmin(-1)),
    *_positions("argamax", 2, lambda a: np.abs(a).argmax(-1)),
    *_positions("argamin", 3, lambda a: np.abs(a).argmin(-1)),
    row("reduce_mean", _INTS, np.float32(3.5)),
    row("reduce_sum", _HALF, np.float16(4096)),
    row("reduce_sum", _INTS, np.array([5, 9], "int32"), args(0)),
    row("reduce_sum", X, ValueError, args(3)),
    row("reduce_variance", X, X.var(1, ddof=1), args(1, b=(False, True))),
    row("reduce_stdev", X, X.std(1, keepdims=True), args(1, t=(1.0, 0.0))),
    row((_STATS, 1), X, X.std(1, ddof=1), OpArgs(dims=(1,), properties={"biasCorrected": (True,)})),
    row((_LONG, 2), X, InvalidArgument, args(t=(0.5, 0.0, 99.0), dims=(1,))),
    row((_INDEX, 4), _FOUND, np.array([1, -1]), args(t=_ABOVE, dims=(1,), b=(False, True))),
    row((_INDEX, 4), _FOUND, np.array([[1], [-1]]), args(t=_ABOVE, dims=(1,), b=(True, True))),
    row((_INDEX, 4), _FOUND, np.array(1), args(t=_ABOVE, dims=(ALL,), b=(False, True))),
    row((_INDEX, 5), _FOUND, np.array([2, -1]), args(t=_ABOVE, dims=(1,), b=(False, True))),
    row((_INDEX, 5), _FOUND, np.array([[2], [-1]]), args(t=_ABOVE, dims=(1,), b=(True, True))),
    row((_INDEX, 5), _FOUND, np.array(2), args(t=_ABOVE, dims=(ALL,), b=(False, True))),
    row("moments", (X, [0, 2]), (X.mean((0, 2)), X.var((0, 2)))),
    row("norm", X, np.sqrt((X * X).sum((0, 2))), args(0, 2, t=(1.0,))),
    row("norm", X, InvalidArgument, args(t=(7.0,))),
    row("normalize_moments", (4.0, [8.0, 4.0], [20.0, 8.0]), ([2.0, 1.0], [1.0, 1.0]), args(t=(0.0,))),
    row("normalize_moments", (4.0, [8.0], [20.0]), ([5.0], [1.0]), args(t=(3.0,))),
    row("normalize_moments", (2.0, 3.0, 5.0), (1.5, 0.25)),
    row("reduce_mean", _EMPTY, np.full(3, np.nan, "float32"), args(0)),
    row("reduce_mean", _EMPTY, np.zeros(0, "float32"), args(1)),
    row("reduce_variance", _EMPTY, np.float32(np.nan)),
    row("reduce_variance", X[:, :1], np.full((2, 1, 4), np.nan, "float32"), args(1, b=(True, True))),
    row("moments", (_EMPTY, [0]), (np.full(3, np.nan, "float32"), np.full(3, np.nan, "float32"))),
    row("zero_fraction", _EMPTY, np.float64(np.nan)),
    row("standardize", _EMPTY, _EMPTY, args(0)),
    row((OpKind.REDUCE_3, 7), (_EMPTY, _EMPTY), np.full(3, np.nan, "float32"), OpArgs(dims=(0,))),
    row("cumsum", X, X.cumsum(1), args(0, 0, 1)),
    row("cumsum", (X, [2]), X.cumsum(2), args(0, 0)),
    row("cumsum", _INTS, np.array([[1, 3], [7, 14]], "int32"), args(0, 0)),
    row("cumprod", X, X[:, :, ::-1].cumprod(2)[:, :, ::-1], args(0, 1, 2)),
    row("cumprod", [2.0, 3.0, 4.0], [1.0, 2.0, 6.0], args(1, 0, 0)),
    row("cumprod", [2.0, 3.0, 4.0], [12.0, 4.0, 1.0], args(1, 1, 0)),
]
