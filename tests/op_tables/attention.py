"""Attention with and without scale, mask, heads and weights."""

from typing import Any

import ml_dtypes
import numpy as np

from graphserver.spec.errors import InvalidArgument

from .row import args, floats, row

B, H, F, TQ, TK, FV = 3, 2, 4, 2, 5, 6
Q, K, V = floats(B, F, TQ), floats(B, F, TK, seed=1), floats(B, FV, TK, seed=2)
MASK = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 0, 0], [0, 0, 0, 0, 1]], "float32")
HEADED = floats(B, H, F, TQ), floats(B, H, F, TK, seed=1), floats(B, H, FV, TK, seed=2)


def attended(q: Any, k: Any, v: Any, mask: Any = None, scale: float = 0.5) -> tuple[Any, Any]:
    """One entry of the batch, one query and one key at a time; keys that are masked out are left out."""
    out, weights = np.zeros((*v.shape[:-1], q.shape[-1])), np.zeros((*k.shape[:-2], k.shape[-1], q.shape[-1]))
    for at in np.ndindex(*q.shape[:-2], q.shape[-1]):
        *where, query = at
        keys = [key for key in range(k.shape[-1]) if mask is None or mask[at[0], key]]
        scores = [np.exp(scale * q[(*where, slice(None), query)] @ k[(*where, slice(None), key)]) for key in keys]
        for key, score in zip(keys, scores, strict=True):
            weights[(*where, key, query)] = score / sum(scores)
            out[(*where, slice(None), query)] += score / sum(scores) * v[(*where, slice(None), key)]
    return out.astype("float32"), weights.astype("float32")


P, PV, OUT = 4, 3, 5
WQ, WK, WV = floats(H, P, F, seed=3), floats(H, P, F, seed=4), floats(H, PV, FV, seed=5)
WO = floats(H * PV, OUT, seed=6)


def many_heads(mask: Any = None, scale: float = 0.5) -> tuple[Any, Any]:
    q, k, v = (np.einsum("hpi,bit->bhpt", w, x) for w, x in ((WQ, Q), (WK, K), (WV, V)))
    heads, weights = attended(q, k, v, mask, scale)
    return np.einsum("hpo,bhpt->bot", WO.reshape(H, PV, OUT), heads), weights


_MANY = (Q, K, V, WQ, WK, WV, WO)
_HALF = tuple(x.astype(ml_dtypes.bfloat16) for x in (Q, K, V))
_ROUNDED = attended(*(x.astype("float32") for x in _HALF))[0].astype(ml_dtypes.bfloat16)

ROWS = [
    row("dot_product_attention", (Q, K, V), attended(Q, K, V)[0], args(1, 0)),
    row("dot_product_attention", (Q, K, V), attended(Q, K, V, scale=1), args(0, 1)),
    row("dot_product_attention", (Q, K, V, MASK), attended(Q, K, V, MASK), args(1, 1)),
    row("dot_product_attention", (Q, K, V, MASK.astype("int32")), attended(Q, K, V, MASK)[0], args(1, 0)),
    row("dot_product_attention", HEADED, attended(*HEADED), args(1, 1)),
    row("dot_product_attention", (*HEADED, MASK), attended(*HEADED, MASK)[0], args(1, 0)),
    row("dot_product_attention", _HALF, _ROUNDED, args(1, 0), rtol=1e-2),
    row("dot_product_attention", (Q, K[:, 1:], V), InvalidArgument, args(1, 0)),
    row("dot_product_attention", (Q, K, V[..., 1:]), InvalidArgument, args(1, 0)),
    row("dot_product_attention", (Q, K, V, MASK[:, 1:]), InvalidArgument, args(1, 0)),
    row("dot_product_attention", (Q[0], K[0], V[0]), InvalidArgument, args(1, 0)),
    row("multi_head_dot_product_attention", _MANY, many_heads()[0], args(1, 0), rtol=1e-4, atol=1e-5),
    row("multi_head_dot_product_attention", (*_MANY, MASK), many_heads(MASK), args(1, 1), rtol=1e-4, atol=1e-5),
    row("multi_head_dot_product_attention", _MANY, many_heads(scale=1), args(0, 1), rtol=1e-4, atol=1e-5),
    row("multi_head_dot_product_attention", (*_MANY[:6], WO[1:]), InvalidArgument, args(1, 0)),
    row("multi_head_dot_product_attention", (Q, K, V, WQ[..., 1:], WK, WV, WO), InvalidArgument, args(1, 0)),
    row("multi_head_dot_product_attention", (Q, K, V, WQ, WK[:1], WV, WO), InvalidArgument, args(1, 0)),
]
