"""Losses of whole distributions and vectors: cross entropies, cosine distance, pairwise errors."""

from collections.abc import Sequence
from math import prod
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..bounds import check_index
from ..precision import in_float32
from ..registry import Options, kernel
from ..rows import Mixes, RowCall, Rows, State, elementwise
from ..rules import aligned, pairwise_reduces
from ..shapes import check_shape
from .activation import log_softmax
from .loss import loss, read_mode, unreduced


def _read_smoothed(args: OpArgs) -> Options:
    """I = reduction. T = label smoothing."""
    return {**read_mode(args), "smoothing": args.floats[0] if args.floats else 0.0}


def _binary(xp: Any, x: Any, labels: Any) -> Any:
    """-label ln σ(x) - (1 - label) ln(1 - σ(x)), without overflow."""
    return xp.maximum(x, 0) - x * labels + xp.log1p(xp.exp(-xp.abs(x)))


@loss("sigm_cross_entropy_loss", _read_smoothed)
def sigmoid_cross_entropy(xp: Any, x: Any, labels: Any, *, smoothing: float = 0.0) -> Any:
    """The cross entropy of σ(x) against labels that are drawn toward one half by the share `smoothing`."""
    return _binary(xp, x, labels * (1 - smoothing) + 0.5 * smoothing)


@kernel("weighted_cross_entropy_with_logits", rows=elementwise)
def weighted_cross_entropy(xp: Any, labels: Any, x: Any, weights: Any) -> Any:
    """-weight · label ln σ(x) - (1 - label) ln(1 - σ(x)); weights are a number, or lie along the last axis."""
    return _weighted(xp, x, labels, xp.broadcast_to(weights, x.shape))


@in_float32
def _weighted(xp: Any, x: Any, labels: Any, weights: Any) -> Any:
    size = 1 + (weights - 1) * labels
    return (1 - labels) * x + size * (xp.log1p(xp.exp(-xp.abs(x))) + xp.maximum(-x, 0))


def _along(axis: int | None, *, keep: bool = False) -> Any:
    """The rule of a loss that takes one axis of its rows (None: all behind the first) into one number."""

    def rule(call: RowCall) -> Sequence[State]:
        x, weights, labels = unreduced(call).states
        shapes, rank = call.inputs, len(call.inputs[0])
        at: Any = call.options.get("axis", axis)
        taken = tuple(range(1, rank)) if at is None else (at % rank,)
        each = tuple([1 if i in taken else n for i, n in enumerate(shapes[0]) if keep or i not in taken])
        pair = RowCall([x, labels], [shapes[0], shapes[2]], [each], {"axes": taken, "keep": keep}, call.rows)
        (reduced,) = pairwise_reduces(pair)
        return elementwise(RowCall([reduced, weights], [each, shapes[1]], call.outputs, {}, call.rows))

    return rule


@loss("softmax_cross_entropy_loss", _read_smoothed, _along(-1))
def softmax_cross_entropy(xp: Any, x: Any, labels: Any, *, smoothing: float = 0.0) -> Any:
    """-Σ label ln softmax(x) over the last axis, labels drawn toward the uniform distribution by `smoothing`."""
    check_shape("the labels of softmax_cross_entropy_loss", labels, x.shape)
    labels = labels * (1 - smoothing) + smoothing / x.shape[-1]
    return -(labels * log_softmax(xp, x)).sum(-1)


def _class_rows(call: RowCall) -> Sequence[State]:
    """Rows in logits and labels alike, at an axis that is not summed over."""
    return pairwise_reduces(
        RowCall(call.states, call.inputs, call.outputs, {"axes": (call.options.get("axis", -1),)}, call.rows)
    )


@kernel("softmax_cross_entropy_loss_with_logits", ints=("axis",), rows=_class_rows)
@in_float32
def softmax_cross_entropy_of_logits(xp: Any, x: Any, labels: Any, *, axis: int = -1) -> Any:
    """-Σ label ln softmax(x) over `axis`."""
    check_shape("the labels of softmax_cross_entropy_loss_with_logits", labels, x.shape)
    return -(labels * log_softmax(xp, x, axis=axis)).sum(axis)


def _sparse_rows(call: RowCall) -> Sequence[State]:
    state, rank = call.states[0], len(call.inputs[0])
    axis = state.axis if isinstance(state, Rows) else 0
    if axis >= rank:
        raise Mixes("its classes depend on the batch")
    return aligned(call, {0: axis, 1: axis}, (axis,))


@kernel("sparse_softmax_cross_entropy_loss_with_logits", rows=_sparse_rows)
def sparse_softmax_cross_entropy(xp: Any, labels: Any, x: Any) -> Any:
    """-ln softmax(x)[label] of logits x [..., C] for labels [...] from 0 to C - 1.

    Raises InvalidArgument for labels outside, or for shapes that do not fit.
    """
    check_shape("the labels of sparse_softmax_cross_entropy_loss_with_logits", labels, x.shape[:-1])
    check_index(labels, x.shape[-1], "sparse_softmax_cross_entropy_loss_with_logits")
    return _picked(xp, x, labels)


@in_float32
def _picked(xp: Any, x: Any, labels: Any) -> Any:
    return -xp.take_along_axis(log_softmax(xp, x), labels[..., None].astype("int64"), -1)[..., 0]


def _read_cosine(args: OpArgs) -> Options:
    """I = reduction, axis."""
    return {**read_mode(args), "axis": args.ints[1] if len(args.ints) > 1 else -1}


@loss("cosine_distance_loss", _read_cosine, _along(-1, keep=True))
def cosine_distance(_xp: Any, x: Any, labels: Any, *, axis: int = -1) -> Any:
    """1 - Σ x label over `axis`, which stays with size one; both are taken to be of length one already."""
    check_shape("the labels of cosine_distance_loss", labels, x.shape)
    return 1 - (x * labels).sum(axis, keepdims=True)


@loss("mean_pairwssqerr_loss", rows=_along(None))
def pairwise_squared_error(xp: Any, x: Any, labels: Any) -> Any:
    """For each entry of axis 0: the mean over pairs of the squared difference of their errors, times two.

    That is 4 (n Σ e² - (Σ e)²) / (n (n - 1)) of its n errors e = x - label. Raises InvalidArgument below two axes.
    """
    check_shape("the labels of mean_pairwssqerr_loss", labels, x.shape)
    if x.ndim < 2:
        raise InvalidArgument(f"mean_pairwssqerr_loss got shape {list(x.shape)}; expected at least 2 axes")
    rest, n = tuple(range(1, x.ndim)), prod(x.shape[1:])
    error = x - labels
    return (n * xp.square(error).sum(rest) - xp.square(error.sum(rest))) * (4 / max(n * (n - 1), 1))
