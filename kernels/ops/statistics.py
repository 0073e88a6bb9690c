"""Variance, moments, norms by mode, distances."""

from collections.abc import Sequence
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs, OpKind
from ..arguments import axes_of, axis_list, property_flag
from ..precision import floated, in_float32
from ..reductions import Axes, mean_of, variance_of
from ..registry import Function, Options, ReadArgs, kernel
from ..rows import WHOLE, Mixes, RowCall, State, elementwise
from ..rules import pairwise_reduces, reduces
from .reduce import norm1, norm2

_SUMMARY = OpKind.SUMMARYSTATS


def _read_spread(args: OpArgs) -> Options:
    flags = args.bools or tuple(value != 0 for value in args.floats)
    return {"axes": axes_of(args.ints), **dict(zip(("keep", "corrected"), flags, strict=False))}


def _read_summary(args: OpArgs) -> Options:
    keep, corrected = property_flag(args, "keepDims", False), property_flag(args, "biasCorrected", True)
    return {"axes": axes_of(args.dims), "keep": keep, "corrected": corrected}


def _spread(function: Function) -> Function:
    """Declare as reduce_… (population by default) and in SUMMARYSTATS (sample, where the file says so)."""
    name, number = {"variance": ("reduce_variance", 0), "deviation": ("reduce_stdev", 1)}[function.__name__]
    kernel(name, read=_read_spread, rows=reduces(), host=(1,))(function)
    place = ((_SUMMARY, number),)
    kernel(f"legacy:{name}", read=_read_summary, rows=reduces(), legacy=place, host=(1,))(function)
    return function


@_spread
@in_float32
def variance(
    _xp: Any, x: Any, dims: Any = None, *, axes: Axes = None, keep: bool = False, corrected: bool = False
) -> Any:
    """The variance: of the population, or of a sample (n - 1) when `corrected`."""
    chosen = axes if dims is None else axes_of(axis_list(dims))
    return variance_of(floated(x), chosen, keep, corrected)


@_spread
@in_float32
def deviation(xp: Any, x: Any, dims: Any = None, **options: Any) -> Any:
    """The square root of the variance."""
    return xp.sqrt(variance(xp, x, dims, **options))


def _read_moments(args: OpArgs) -> Options:
    return {"axes": axes_of(args.ints), "keep": bool(args.bools and args.bools[0])}


@kernel("moments", read=_read_moments, rows=reduces(), host=(1,))
@in_float32
def moments(_xp: Any, x: Any, dims: Any = None, *, axes: Axes = None, keep: bool = False) -> tuple[Any, Any]:
    """Mean and population variance."""
    chosen, x = axes if dims is None else axes_of(axis_list(dims)), floated(x)
    return mean_of(x, chosen, keep), variance_of(x, chosen, keep)


@kernel("normalize_moments", floats=("shift",), rows=elementwise)
def normalize_moments(_xp: Any, count: Any, total: Any, squares: Any, *, shift: float = 0.0) -> tuple[Any, Any]:
    """Mean and variance from a count, a sum and a sum of squares that were taken about `shift`."""
    mean = total / count
    return mean + shift if shift else mean, squares / count - mean * mean


def _sufficient_rows(call: RowCall) -> Sequence[State]:
    """The sums keep their rows; how many entries each has, and the shift, are the same for all."""
    kept = reduces()(RowCall(call.states[:2], call.inputs[:2], call.outputs[1:3], call.options, call.rows, call.values))
    if any(state is not WHOLE for state in call.states[2:]):
        raise Mixes("its shift depends on the batch")
    return [WHOLE, *kept, *[WHOLE] * (len(call.outputs) - 3)]


@kernel("sufficient_statistics", floats=("offset",), rows=_sufficient_rows, host=(1,))
@in_float32
def sufficient_statistics(xp: Any, x: Any, dims: Any, *shift: Any, offset: float | None = None) -> tuple[Any, ...]:
    """How many entries there are over the axes `dims`, their sum and the sum of their squares, about a shift if given.

    The shift is input 2 or `offset`, and comes as a fourth answer. Source: TensorFlow, which normalize_moments undoes.
    """
    axes = axes_of(axis_list(dims))
    about = shift[0] if shift else None if offset is None else xp.asarray(offset, x.dtype)
    moved = x if about is None else x - about
    total = moved.sum(axes)
    count = xp.asarray(x.size // max(total.size, 1), x.dtype)
    return count, total, xp.square(moved).sum(axes), *(() if about is None else (about,))


def _read_norm(args: OpArgs) -> Options:
    return {**_read_moments(args), "mode": int(args.floats[0]) if args.floats else 0}


_NORMS: tuple[Function, ...] = (norm2, norm2, norm1)


@kernel("norm", read=_read_norm, rows=reduces(), host=(1,))
def norm(xp: Any, x: Any, dims: Any = None, *, axes: Axes = None, keep: bool = False, mode: int = 0) -> Any:
    """The Frobenius (0), L2 (1) or L1 (2) norm. Raises InvalidArgument for another mode."""
    if mode not in range(len(_NORMS)):
        raise InvalidArgument(f"norm mode {mode} is unknown; expected 0 (Frobenius), 1 (L2) or 2 (L1)")
    return _NORMS[mode](xp, x, axes if dims is None else axes_of(axis_list(dims)), keep)


def _read_distance(args: OpArgs) -> Options:
    return {"axes": axes_of(args.dims), "keep": property_flag(args, "keepDims", False)}


def _distance(name: str, number: int, read: ReadArgs = _read_distance) -> Any:
    return kernel(f"legacy:{name}", read=read, rows=pairwise_reduces, legacy=((OpKind.REDUCE_3, number),))


@_distance("manhattan", 0)
@in_float32
def manhattan(xp: Any, x: Any, y: Any, *, axes: Axes = None, keep: bool = False) -> Any:
    """Σ |x - y|."""
    return xp.abs(floated(x) - y).sum(axes, keepdims=keep)


@_distance("euclidean", 1)
@in_float32
def euclidean(xp: Any, x: Any, y: Any, *, axes: Axes = None, keep: bool = False) -> Any:
    """√Σ (x - y)²."""
    return xp.sqrt(xp.square(floated(x) - y).sum(axes, keepdims=keep))


@_distance("cosine_similarity", 2)
@in_float32
def cosine_similarity(xp: Any, x: Any, y: Any, *, axes: Axes = None, keep: bool = False) -> Any:
    """x · y / (|x| |y|)."""
    x, y = xp.broadcast_arrays(floated(x), y)
    return dot(xp, x, y, axes=axes, keep=keep) / (norm2(xp, x, axes, keep) * norm2(xp, y, axes, keep))


@_distance("dot", 3)
@in_float32
def dot(_xp: Any, x: Any, y: Any, *, axes: Axes = None, keep: bool = False) -> Any:
    """Σ x y."""
    return (floated(x) * y).sum(axes, keepdims=keep)


def _read_eps(args: OpArgs) -> Options:
    return {**_read_distance(args), **({"eps": args.floats[-1]} if args.floats else {})}


@_distance("differing", 4, _read_eps)
def differing(xp: Any, x: Any, y: Any, *, axes: Axes = None, keep: bool = False, eps: float = 1e-5) -> Any:
    """In how many entries x and y differ by more than eps, the last of T: 0 for equal arrays."""
    x = floated(x)
    return (xp.abs(x - y) > eps).sum(axes, keepdims=keep).astype(x.dtype)


@_distance("cosine_distance", 5)
@in_float32
def cosine_distance(xp: Any, x: Any, y: Any, *, axes: Axes = None, keep: bool = False) -> Any:
    """1 - cosine similarity."""
    return 1 - cosine_similarity(xp, x, y, axes=axes, keep=keep)


@_distance("jaccard", 6)
@in_float32
def jaccard(xp: Any, x: Any, y: Any, *, axes: Axes = None, keep: bool = False) -> Any:
    """1 - Σ min(x, y) / Σ max(x, y)."""
    x = floated(x)
    return 1 - xp.minimum(x, y).sum(axes, keepdims=keep) / xp.maximum(x, y).sum(axes, keepdims=keep)


@_distance("hamming", 7)
@in_float32
def hamming(_xp: Any, x: Any, y: Any, *, axes: Axes = None, keep: bool = False) -> Any:
    """The share of entries in which x and y differ."""
    return mean_of((floated(x) != y).astype("float32"), axes, keep)
