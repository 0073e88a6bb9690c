"""Entries by their rank: the largest k, the n-th, percentiles, and tests whether entries ascend."""

from collections.abc import Callable
from math import ceil, floor
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axes_of, axis_list, result_type
from ..bounds import check_index
from ..reductions import Axes
from ..registry import Options, kernel
from ..rows import Mixes, RowCall, Rows, State
from ..rules import axes, fixed_axis, only, reduces
from .order import searched

_RANKS = "it ranks entries along the batch axis"


def _read_top(args: OpArgs) -> Options:
    """k: the writer's own field, for Java's class writes I = [sorted, k]; else I[0]. B[0]: sorted."""
    written = args.properties.get("k") or args.ints[:1]
    chosen = {"k": int(written[0])} if written else {}
    return {**chosen, "dtype": result_type(args, 1, "int64")}


@kernel("top_k", read=_read_top, rows=fixed_axis(-1, _RANKS), host=(1,))
def top_k(xp: Any, x: Any, size: Any = None, *, k: int = 1, dtype: Any = "int64") -> tuple[Any, Any]:
    """The k largest entries along the last axis, in descending order, and where they stand; the first of equals first.

    Raises InvalidArgument for k outside 0 … the size of that axis.
    """
    k = k if size is None else axis_list(size)[0]
    if not x.ndim or not 0 <= k <= x.shape[-1]:
        raise InvalidArgument(f"top_k got k {k}; expected 0 to the last size of {x.shape}")
    order = _descending(xp, x)[..., :k]
    return xp.take_along_axis(x, order, -1), order.astype(dtype)


def _descending(xp: Any, x: Any) -> Any:
    """The order of entries from the largest on; a stable sort of the reversed axis keeps the first of equals first."""
    return x.shape[-1] - 1 - xp.flip(xp.argsort(xp.flip(x, -1), -1, kind="stable"), -1)


def _in_top_rows(call: RowCall) -> list[State]:
    states = set(call.states)
    if len(states) != 1 or call.states[0] != Rows(0, call.inputs[0][0] // call.rows):
        raise Mixes("its predictions and targets do not all carry the callers' rows first")
    return call.all(call.states[0])


@kernel("in_top_k", ints=("k",), rows=_in_top_rows)
def in_top_k(xp: Any, x: Any, targets: Any, *, k: int = 1) -> Any:
    """Whether fewer than k entries of row i of x [n, classes] exceed its entry `targets[i]`.

    Raises InvalidArgument for other shapes, or targets that are no class.
    """
    if x.ndim != 2 or targets.shape != x.shape[:1]:
        raise InvalidArgument(f"in_top_k got shapes {x.shape} and {targets.shape}; expected [n, classes] and [n]")
    check_index(targets, x.shape[1], "in_top_k")
    mine = xp.take_along_axis(x, targets.reshape(-1, 1), 1)
    return (x > mine).sum(1) < k


@kernel("nth_element", ints=("reverse",), rows=fixed_axis(-1, _RANKS), host=(1,))
def nth_element(xp: Any, x: Any, number: Any, *, reverse: int = 0) -> Any:
    """The n-th smallest entry along the last axis, from 0; the n-th largest when `reverse`.

    Raises InvalidArgument for n outside the axis.
    """
    (n,) = axis_list(number)
    if not x.ndim or not 0 <= n < x.shape[-1]:
        raise InvalidArgument(f"nth_element got n {n}; expected less than the last size of {x.shape}")
    return xp.sort(x, -1)[..., x.shape[-1] - 1 - n if reverse else n]


def _read_ismax(args: OpArgs) -> Options:
    return {"axes": axes_of(args.ints), "dtype": result_type(args, 0, "")}


def _ismax_rows(call: RowCall) -> list[State]:
    state = only(call)
    if state.axis in axes(call, "axes"):
        raise Mixes(_RANKS)
    return call.all(state)


@kernel("ismax", read=_read_ismax, rows=_ismax_rows, aliases=("IsMax",))
def is_max(xp: Any, x: Any, *, axes: Axes = None, dtype: Any = "") -> Any:
    """1 where the largest entry along an axis (of all, without axes) stands, the first of equals; else 0."""
    if axes is None:
        return is_max(xp, x.reshape(-1), axes=(0,), dtype=dtype).reshape(x.shape)
    if len(axes) != 1:
        raise InvalidArgument(f"ismax got axes {list(axes)}; expected one, or none for all")
    top = xp.expand_dims(x.argmax(axes[0]), axes[0])
    counted = xp.arange(x.shape[axes[0]]).reshape((-1,) + (1,) * (x.ndim - 1 - axes[0] % x.ndim))
    return (counted == top).astype(dtype or x.dtype)


def _read_percentile(args: OpArgs) -> Options:
    names = zip(("q", "interpolation", "keep"), args.floats, strict=False)
    return {**dict(names), "axes": axes_of(args.ints)}


_FROM_ABOVE: tuple[Callable[[float], int], ...] = (ceil, floor, lambda place: floor(place + 0.5))
"""Lower, higher, nearest: which rank from the top is taken for one that is no whole number."""


@kernel("percentile", read=_read_percentile, rows=reduces(host=None))
def percentile(
    xp: Any, x: Any, *, q: float = 50.0, interpolation: float = 2, keep: float = 0, axes: Axes = None
) -> Any:
    """The entry at rank q/100 · (n - 1) over `axes`: of two around it the lower (0), higher (1) or nearest (2) one.

    Halfway the lower one is nearest, for M2.1 counts from the top. Raises InvalidArgument for q outside 0 … 100,
    another interpolation, or no entries.
    """
    if not 0 <= q <= 100 or interpolation not in (0, 1, 2) or not x.size:
        raise InvalidArgument(f"percentile got q {q}, interpolation {interpolation} for shape {x.shape}")
    joined, kept = searched(x, axes)
    last = joined.shape[-1] - 1
    found = xp.sort(joined, -1)[..., last - _FROM_ABOVE[int(interpolation)](last * (1 - q / 100))]
    return found.reshape(kept) if keep else found


@kernel("is_non_decreasing")
def is_non_decreasing(_xp: Any, x: Any) -> Any:
    """No entry, in row-major order, is less than the one before it."""
    flat = x.reshape(-1)
    return (flat[1:] >= flat[:-1]).all()


@kernel("is_strictly_increasing")
def is_strictly_increasing(_xp: Any, x: Any) -> Any:
    """Every entry, in row-major order, is greater than the one before it."""
    flat = x.reshape(-1)
    return (flat[1:] > flat[:-1]).all()
