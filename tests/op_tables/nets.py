"""Products, and activations with arguments."""

import ml_dtypes
import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .row import args, floats, row

X = floats(4, 6)
W = floats(6, 5, seed=1)
B = floats(5, seed=2)
C = floats(4, 3, 5, 2, seed=5)
S = floats(4, 3, 6, seed=3)
U = floats(4, 6, 3, seed=4)
HALF = X.astype(ml_dtypes.bfloat16)
XW = (X.astype("float64") @ W).astype("float32")

PRODUCTS = [
    row("matmul", (X, W), XW, args(0, 0, 0, t=(1.0, 0.0))),
    row("matmul", (S, U), np.einsum("bij,bjk->bik", S, U)),
    row("matmul", (S, S), np.einsum("bij,bkj->bik", S, S), args(0, 1, 0)),
    row("matmul", (S, S), np.einsum("bij,bik->bjk", S, S), args(1, 0, 0)),
    row("matmul", (S, U), np.einsum("bij,bjk->bki", S, U), args(0, 0, 1)),
    row("matmul", (S, W), np.einsum("bij,jk->bik", S, W)),
    row("matmul", (W.T, U), np.einsum("kj,bjm->bkm", W.T, U)),
    row("matmul", (X, W, XW), 2 * XW + 0.5 * XW, args(0, 0, 0, t=(2.0, 0.5))),
    row("matmul", (S, W[:, 0]), S @ W[:, 0]),
    row("matmul", (HALF, HALF), (HALF.astype("float32") @ HALF.astype("float32").T).astype(HALF.dtype), args(0, 1)),
    row("matmul", (X, X), ValueError),
    row("xw_plus_b", (X, W, B), XW + B),
    row("xw_plus_b", (HALF, W, B), (HALF.astype("float32") @ W + B).astype(HALF.dtype)),
    row("xw_plus_b", (X, B, B), ValueError),
    row("relu_layer", (X, W, B), np.maximum(XW + B, 0)),
    row("relu_layer", (X, W.T, B), np.maximum(XW + B, 0), args(1)),
    row("relu_layer", (X, X, B), ValueError),
    row("biasadd", (C, floats(3)), C + floats(3)[:, None, None], args(b=(True,))),
    row("tensormmul", (S, U), np.einsum("bij,cjk->bick", S, U), args(1, 2, 1, 1)),
    row("tensormmul", (S, U), np.einsum("bij,bjk->ik", S, U), args(2, 0, 2, 2, 0, 1)),
    row("batched_gemm", (np.float32(2), np.float32(0), X, X, W, W), (2 * XW, 2 * XW), args(0, 0, 4, 5, 6, 4, 5, 6, 2)),
    row("batched_gemm", (np.float32(1), np.float32(0), X, W.T), XW, args(0, 1)),
    row("batched_gemm", (np.float32(1), np.float32(0), X), InvalidArgument, args(0, 0)),
]


def _softmax(x: Array, axis: int) -> Array:
    powers = np.exp(x.astype("float64"))
    return (powers / powers.sum(axis, keepdims=True)).astype("float32")


ACTIVATIONS = [
    row("softmax", S, _softmax(S, 1), args(1)),
    row("softmax", X + 1000, _softmax(X, -1), rtol=1e-3),
    row("softmax", HALF, _softmax(HALF, -1).astype(HALF.dtype), rtol=1e-2),
    row("softmax", X, ValueError, args(2)),
    row("log_softmax", S, np.log(_softmax(S, 2)), args(2)),
    row("crelu", X, np.concatenate([np.maximum(X, 0), np.maximum(-X, 0)], -1)),
    row("crelu", S, np.concatenate([np.maximum(S, 0), np.maximum(-S, 0)], -1)),
    row("relu", X, np.maximum(X, 0), args(t=(0.0,))),
    row("relu", X, np.maximum(X, np.float32(0.3)), args(t=(0.3,))),
    row("relu", HALF, np.maximum(HALF, 0)),
    row("relu6", 5 * X, np.clip(5 * X, 0, 6)),
    row("relu6", 5 * X, np.clip(5 * X, 1, 6), args(t=(1.0,))),
    row("lrelu", X, np.where(X > 0, X, X * np.float32(0.01))),
    row("lrelu", HALF, np.where(X > 0, HALF, HALF * 0.5).astype(HALF.dtype), args(t=(0.5,)), rtol=1e-2),
    row("elu", X, np.where(X > 0, X, np.expm1(X))),
    row("elu", HALF, np.where(X > 0, X, np.expm1(HALF.astype("float32"))).astype(HALF.dtype), rtol=1e-2),
    row("thresholdedrelu", X, np.where(X > 0, X, 0)),
    row("thresholdedrelu", X, np.where(X > 1, X, 0), args(t=(1.0,))),
    row("prelu", (S, np.full(6, 0.25, "float32")), np.where(S > 0, S, S / 4), args(2)),
    row("prelu", (S, np.full((3, 1), 0.5, "float32")), np.where(S > 0, S, S / 2)),
]


ROWS = [*PRODUCTS, *ACTIVATIONS]
