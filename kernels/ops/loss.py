"""Losses, which graphs of trained models still carry. Inputs: predictions, weights, labels."""

from collections.abc import Callable
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..precision import cast_like, wide
from ..registry import Options, ReadArgs, kernel
from ..rows import Mixes, RowCall, State, elementwise

NONE, SUM, WEIGHTED_MEAN, MEAN = range(4)
"""How a loss is reduced: not at all, to its sum, over the sum of weights, over the number of non-zero weights."""


def _read(args: OpArgs) -> Options:
    return {"mode": args.ints[0]} if args.ints else {}


def _read_option(args: OpArgs) -> Options:
    return {**_read(args), **({"option": args.floats[0]} if args.floats else {})}


def _rows(call: RowCall) -> list[State]:
    if call.options.get("mode", MEAN) != NONE:
        raise Mixes("it adds up the loss of all rows")
    return list(elementwise(call))


def _loss(name: str, read: ReadArgs = _read) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare `(xp, predictions, labels, option)` below, the loss of single entries, with weights and reduction."""

    def declare(formula: Callable[..., Any]) -> Callable[..., Any]:
        def run(xp: Any, x: Any, weights: Any, labels: Any, *, mode: int = MEAN, **option: float) -> Any:
            each = formula(xp, wide(x), wide(labels), **option)
            return cast_like(_reduced(xp, each, wide(weights), mode), x)

        kernel(name, read=read, rows=_rows)(run)
        return formula

    return declare


def _reduced(xp: Any, each: Any, weights: Any, mode: int) -> Any:
    weighted = each * weights
    if mode == NONE:
        return weighted
    if mode == SUM:
        return weighted.sum()
    if mode not in (WEIGHTED_MEAN, MEAN):
        raise InvalidArgument(f"a loss got reduction {mode}; expected 0 (none), 1 (sum), 2 or 3 (means)")
    spread = xp.broadcast_to(weights, each.shape)
    count = spread.sum() if mode == WEIGHTED_MEAN else (spread != 0).sum()
    return xp.where(count == 0, 0, weighted.sum() / xp.where(count == 0, 1, count))


@_loss("mean_sqerr_loss")
def squared_error(xp: Any, x: Any, labels: Any) -> Any:
    """(x - label)²."""
    return xp.square(x - labels)


@_loss("absolute_difference_loss")
def absolute_difference(xp: Any, x: Any, labels: Any) -> Any:
    """|x - label|."""
    return xp.abs(x - labels)


@_loss("huber_loss", _read_option)
def huber(xp: Any, x: Any, labels: Any, *, option: float = 1.0) -> Any:
    """Half the squared error, linear beyond `option`."""
    error = xp.abs(x - labels)
    inside = xp.minimum(error, option)
    return 0.5 * inside * inside + option * (error - inside)


@_loss("hinge_loss")
def hinge(xp: Any, x: Any, labels: Any) -> Any:
    """max(0, 1 - (2 label - 1) x), labels 0 or 1."""
    return xp.maximum(1 - (2 * labels - 1) * x, 0)


@_loss("log_loss", _read_option)
def log_loss(xp: Any, x: Any, labels: Any, *, option: float = 1e-7) -> Any:
    """-label ln(x + ε) - (1 - label) ln(1 - x + ε)."""
    return -labels * xp.log(x + option) - (1 - labels) * xp.log(1 - x + option)
