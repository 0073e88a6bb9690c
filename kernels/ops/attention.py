"""Dot-product attention over sequences whose features come before time: [B, F, T], or [B, H, F, T] with heads."""

from collections.abc import Sequence
from math import sqrt
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..precision import in_float32
from ..registry import Options, kernel
from ..rows import RowCall, State
from ..rules import aligned
from ..shapes import check_rank, check_shape
from .activation import softmax

MASKED = 1e9
"""What a key that is masked out loses before the softmax."""


def _read(args: OpArgs) -> Options:
    """I = scaled, with weights."""
    scaled, weights = (*args.ints, 1, 0)[:2]
    return {"scaled": bool(scaled), "weights": bool(weights)}


def _rows(projections: int) -> Any:
    """q, k and v carry the rows, and a mask behind the projections does."""

    def rule(call: RowCall) -> Sequence[State]:
        batch = {i: 0 for i in range(len(call.inputs)) if i < 3 or i >= 3 + projections}
        return aligned(call, batch, (0, 0) if call.options["weights"] else (0,))

    return rule


def _attended(xp: Any, q: Any, k: Any, v: Any, mask: Any, *, scaled: bool) -> tuple[Any, Any]:
    """v weighted [B, …, Fv, Tq], and the weights [B, …, Tk, Tq], which add up to 1 over the keys."""
    if q.ndim not in (3, 4) or k.ndim != q.ndim or v.ndim != q.ndim:
        shapes = ", ".join(str(list(x.shape)) for x in (q, k, v))
        raise InvalidArgument(f"attention got q, k, v of shapes {shapes}; expected 3 or 4 axes each")
    check_shape("k of attention", k, (*q.shape[:-1], k.shape[-1]))
    check_shape("v of attention", v, (*q.shape[:-2], *v.shape[-2:-1], k.shape[-1]))
    scores = xp.matmul(k.swapaxes(-1, -2), q)
    if scaled:
        scores = scores / sqrt(k.shape[-2])
    if mask is not None:
        kept = check_shape("the mask of attention", mask, (k.shape[0], k.shape[-1])).astype(scores.dtype)
        scores = scores + ((kept - 1) * MASKED).reshape(len(kept), *[1] * (q.ndim - 3), -1, 1)
    weights = softmax(xp, scores, axis=-2)
    return xp.matmul(v, weights), weights


@kernel("dot_product_attention", read=_read, rows=_rows(0))
@in_float32
def dot_product_attention(
    xp: Any, q: Any, k: Any, v: Any, *mask: Any, scaled: bool = True, weights: bool = False
) -> Any:
    """v · softmax(kᵀ q / √F) over the keys, then the weights if asked for.

    q [B, F, Tq], k [B, F, Tk], v [B, Fv, Tk], each also with heads behind B; mask [B, Tk] is 0 for keys that do not
    count. Raises InvalidArgument for shapes that do not fit.
    """
    out = _attended(xp, q, k, v, *mask or (None,), scaled=scaled)
    return out if weights else out[0]


def _project(xp: Any, what: str, w: Any, x: Any) -> Any:
    """[B, H, P, T] of w [H, P, nIn] and x [B, nIn, T]."""
    check_rank(f"the {what} of attention", x, 3)
    check_shape(f"W{what} of attention", check_rank(f"W{what} of attention", w, 3), (*w.shape[:2], x.shape[1]))
    return xp.matmul(w[None], x[:, None])


@kernel("multi_head_dot_product_attention", read=_read, rows=_rows(4))
@in_float32
def multi_head_attention(
    xp: Any,
    q: Any,
    k: Any,
    v: Any,
    wq: Any,
    wk: Any,
    wv: Any,
    wo: Any,
    *mask: Any,
    scaled: bool = True,
    weights: bool = False,
) -> Any:
    """Attention of H heads [B, out, Tq], then the weights [B, H, Tk, Tq] if asked for.

    Each head projects q, k, v with its part of wq, wk [H, P, nIn] and wv [H, Pv, nIn]; the heads' answers side by side
    go through wo [H Pv, out]. mask [B, Tk] as for one head. Raises InvalidArgument for shapes that do not fit.
    """
    q, k, v = _project(xp, "q", wq, q), _project(xp, "k", wk, k), _project(xp, "v", wv, v)
    heads, seen = _attended(xp, q, k, v, *mask or (None,), scaled=scaled)
    batch, count, width, times = heads.shape
    check_shape("Wo of attention", check_rank("Wo of attention", wo, 2), (count * width, wo.shape[1]))
    out = xp.matmul(wo.T, heads.reshape(batch, count * width, times))
    return (out, seen) if weights else out
