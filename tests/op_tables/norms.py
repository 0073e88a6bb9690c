"""Normalisation."""

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .row import args, floats, row

X, S, IMAGE = floats(4, 6), floats(4, 3, 6, seed=3), floats(4, 3, 5, 2, seed=5)
NEAR = {"rtol": 1e-3, "atol": 1e-4}
MEAN, VARIANCE = floats(3, seed=6), floats(3, seed=7, low=0.5, high=2.0)
GAIN, SHIFT = floats(3, seed=8), floats(3, seed=9)
_C = (slice(None), None, None)


def _normal(x: Array, axes: tuple[int, ...]) -> Array:
    x = x.astype("float64")
    return (x - x.mean(axes, keepdims=True)) / x.std(axes, keepdims=True)


def _single(x: Array) -> Array:
    return x.astype("float32")


_BATCHED = (IMAGE - MEAN[_C]) / np.sqrt(VARIANCE[_C] + 1e-3) * GAIN[_C] + SHIFT[_C]
_LAST = IMAGE.transpose(0, 2, 3, 1).copy()
_OVER = _normal(_LAST, (0, 1, 2))
_SEEN = _LAST.reshape(-1, 3)


def _responses(x: Array, radius: int) -> Array:
    out = np.empty_like(x)
    for i in range(x.shape[-1]):
        near = x[..., max(0, i - radius) : i + radius + 1]
        out[..., i] = x[..., i] / (2 + 0.5 * (near**2).sum(-1)) ** 0.75
    return out


ROWS = [
    row("batchnorm", (IMAGE, MEAN, VARIANCE, GAIN, SHIFT), _BATCHED, args(1, 1, 1, t=(1e-3,)), **NEAR),
    row(
        "batchnorm",
        (_LAST, MEAN, VARIANCE, SHIFT),
        (_LAST - MEAN) / np.sqrt(VARIANCE) + SHIFT,
        args(0, 1, t=(0.0,)),
        **NEAR,
    ),
    row("batchnorm", (IMAGE, MEAN, VARIANCE), InvalidArgument, args(1, 0, 1, t=(0.0,))),
    row(
        "layer_norm",
        (S, floats(6), floats(6, seed=1)),
        _single(_normal(S, (2,)) * floats(6) + floats(6, seed=1)),
        args(2, b=(False,)),
    ),
    row("layer_norm", (IMAGE, GAIN), _single(_normal(IMAGE, (1, 2, 3)) * GAIN[_C]), args(1, 2, 3, b=(True,))),
    row("layer_norm", (X, floats(5)), ValueError, args(1, b=(False,))),
    row("standardize", S, _single(_normal(S, (1, 2))), args(1, 2)),
    row("standardize", (S, [2]), _single(_normal(S, (2,)))),
    row("lrn", S, _responses(S, 2), args(2, t=(2.0, 0.5, 0.75))),
    row("lrn", IMAGE, _responses(IMAGE, 1), args(1, t=(2.0, 0.5, 0.75))),
    row(
        "fused_batch_norm",
        (_LAST, GAIN, SHIFT),
        (_single(_OVER * GAIN + SHIFT), _SEEN.mean(0), _SEEN.var(0, ddof=1)),
        args(0, 1, t=(0.0,)),
        **NEAR,
    ),
    row(
        "fused_batch_norm",
        (IMAGE, GAIN, SHIFT, MEAN, VARIANCE),
        (_BATCHED, np.zeros(3, "float32"), np.zeros(3, "float32")),
        args(1, 0, t=(1e-3,)),
        **NEAR,
    ),
    row("fused_batch_norm", (_LAST, GAIN, SHIFT), InvalidArgument, args(0, 0)),
]
