"""Losses of single entries, which graphs of trained models still carry. Inputs: predictions, weights, labels."""

from collections.abc import Callable, Sequence
from math import pi
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..forms import operation
from ..precision import cast_like, in_float32, wide
from ..registry import Options, ReadArgs, kernel
from ..rows import Mixes, RowCall, RowRule, State, elementwise

NONE, SUM, WEIGHTED_MEAN, MEAN = range(4)
"""How a loss is reduced: not at all, to its sum, over the sum of weights, over the number of non-zero weights."""


def read_mode(args: OpArgs) -> Options:
    """I[0] = how it is reduced."""
    return {"mode": args.ints[0]} if args.ints else {}


def _read_option(args: OpArgs) -> Options:
    return {**read_mode(args), **({"option": args.floats[0]} if args.floats else {})}


def _rows(call: RowCall) -> Sequence[State]:
    return elementwise(unreduced(call))


def unreduced(call: RowCall) -> RowCall:
    """The call, if it reduces nothing."""
    if call.options.get("mode", MEAN) != NONE:
        raise Mixes("it adds up the loss of all rows")
    return call


def loss(
    name: str, read: ReadArgs = read_mode, rows: RowRule = _rows
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare `(xp, predictions, labels, **option)` below, a loss before weights and reduction."""

    def declare(formula: Callable[..., Any]) -> Callable[..., Any]:
        def run(xp: Any, x: Any, weights: Any, labels: Any, *, mode: int = MEAN, **option: Any) -> Any:
            each = formula(xp, wide(x), wide(labels), **option)
            return cast_like(_reduced(xp, each, xp.broadcast_to(wide(weights), each.shape), mode), x)

        kernel(name, read=read, rows=rows)(run)
        return formula

    return declare


def _reduced(xp: Any, each: Any, weights: Any, mode: int) -> Any:
    """The losses weighted, and reduced by `mode`; a mean over nothing is 0."""
    weighted = each * weights
    if mode == NONE:
        return weighted
    if mode == SUM:
        return weighted.sum()
    if mode not in (WEIGHTED_MEAN, MEAN):
        raise InvalidArgument(f"a loss got reduction {mode}; expected 0 (none), 1 (sum), 2 or 3 (means)")
    count = weights.sum() if mode == WEIGHTED_MEAN else (weights != 0).sum()
    return xp.where(count == 0, 0, weighted.sum() / xp.where(count == 0, 1, count))


@loss("mean_sqerr_loss")
def squared_error(xp: Any, x: Any, labels: Any) -> Any:
    """(x - label)²."""
    return xp.square(x - labels)


@loss("absolute_difference_loss")
def absolute_difference(xp: Any, x: Any, labels: Any) -> Any:
    """|x - label|."""
    return xp.abs(x - labels)


@loss("huber_loss", _read_option)
def huber(xp: Any, x: Any, labels: Any, *, option: float = 1.0) -> Any:
    """Half the squared error, linear beyond `option`."""
    error = xp.abs(x - labels)
    inside = xp.minimum(error, option)
    return 0.5 * inside * inside + option * (error - inside)


@loss("hinge_loss")
def hinge(xp: Any, x: Any, labels: Any) -> Any:
    """max(0, 1 - (2 label - 1) x), labels 0 or 1."""
    return xp.maximum(1 - (2 * labels - 1) * x, 0)


@loss("log_loss", _read_option)
def log_loss(xp: Any, x: Any, labels: Any, *, option: float = 1e-7) -> Any:
    """-label ln(x + ε) - (1 - label) ln(1 - x + ε)."""
    return -labels * xp.log(x + option) - (1 - labels) * xp.log(1 - x + option)


def _read_poisson(args: OpArgs) -> Options:
    """I = reduction, full."""
    return {**read_mode(args), "full": bool((*args.ints, 0, 0)[1])}


@loss("log_poisson_loss", _read_poisson)
def log_poisson(xp: Any, x: Any, labels: Any, *, full: bool = False) -> Any:
    """eˣ - label · x, and when `full` Stirling's label ln(label) - label + ½ ln(2π label), which is 0 for label 0."""
    each = xp.exp(x) - x * labels
    if not full:
        return each
    counted = xp.where(labels > 0, labels, 1)
    stirling = counted * xp.log(counted) - counted + 0.5 * xp.log(2 * pi * counted)
    return each + xp.where(labels > 0, stirling, 0)


@operation(None, title="log_poisson", pairwise=32)
@in_float32
def log_poisson_of_counts(xp: Any, x: Any, y: Any) -> Any:
    """log_poisson of the labels x and predictions y."""
    return log_poisson(xp, y, x)


@operation(None, title="log_poisson_full", pairwise=33)
@in_float32
def full_log_poisson_of_counts(xp: Any, x: Any, y: Any) -> Any:
    """Full log_poisson of the labels x and predictions y."""
    return log_poisson(xp, y, x, full=True)


@kernel("l2_loss")
@in_float32
def l2(xp: Any, x: Any) -> Any:
    """Half the sum of x²."""
    return xp.square(x).sum() / 2
