"""Convolutions in every layout, weight order and padding mode."""

from typing import Any

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .loops import CAUSAL, SAME, VALID, convolved, deep, last, ordered, spread
from .row import Row, args, floats, row

NEAR = {"rtol": 1e-4, "atol": 1e-5}


def convolutions(op: str, x: Array, w: Array, reference: Any, cases: Any) -> list[Row]:
    """Each case (stride, padding, dilation, mode) in both layouts; weight orders and biases take turns."""
    made, k = list[Row](), w.shape[:-2]
    for i, (s, p, d, mode) in enumerate(cases):
        want = reference(x, w, k, s, p, d, mode)
        bias = floats(want.shape[1], seed=i)
        want = want + bias.reshape(-1, *[1] * len(k))
        for nhwc in (False, True):
            order = (i + nhwc) % 3
            said = args(*k, *s, *p, *d, mode, int(nhwc), order)
            inputs = (last(x) if nhwc else x, ordered(w, order), bias)
            made.append(row(op, inputs, last(want) if nhwc else want, said, **NEAR))
    return made


X1, X2, X3 = floats(4, 3, 7), floats(4, 3, 7, 6), floats(2, 2, 4, 4, 5)
W1, W2, W3 = floats(3, 3, 5, seed=1), floats(3, 2, 3, 5, seed=2), floats(2, 2, 3, 2, 3, seed=3)
D2 = floats(3, 2, 3, 2, seed=4)

CASES2 = (
    ((1, 1), (0, 0), (1, 1), VALID),
    ((2, 1), (1, 1), (1, 1), VALID),
    ((2, 2), (0, 0), (1, 1), SAME),
    ((1, 1), (0, 0), (2, 2), SAME),
)
CASES1 = (((1,), (0,), (1,), VALID), ((2,), (1,), (2,), SAME), ((2,), (0,), (2,), CAUSAL))
CASES3 = (((1, 1, 1), (0, 0, 0), (1, 1, 1), VALID), ((1, 2, 2), (0, 1, 0), (1, 1, 1), SAME))

_P = floats(1, 1, 6, 4, seed=5)
_POINT = floats(1, 1, 3, 4, seed=6)
_SAID = ((3, 2), (1, 1), (0, 0), (1, 1), VALID)
_SEPARATED = convolved(deep(X2, D2, *_SAID), _P, (1, 1), (1, 1), (0, 0), (1, 1), VALID)
_SHAPE = (3, 2, 1, 1, 0, 0, 1, 1)

CONVOLUTIONS = [
    *convolutions("conv2d", X2, W2, convolved, CASES2),
    *convolutions("conv1d", X1, W1, convolved, CASES1),
    *convolutions("conv3dnew", X3, W3, convolved, CASES3),
    *convolutions("depthwise_conv2d", X2, D2, deep, CASES2),
    row("conv2d", (X2, W2), convolved(X2, W2, *_SAID), args(0, 0, 1, 1, 0, 0, 1, 1, 0), **NEAR),
    row("conv2d", (X2[:0], W2), np.zeros((0, 5, 5, 5), "float32"), args(*_SHAPE, 0)),
    row("conv2d", (X2[:, :2], W2), InvalidArgument, args(*_SHAPE, 0)),
    row("conv2d", (X2[:, :, :2], W2), InvalidArgument, args(*_SHAPE, 0)),
    row("sconv2d", (X2, D2), deep(X2, D2, *_SAID), args(*_SHAPE, 0), **NEAR),
    row("sconv2d", (X2, D2, _P), _SEPARATED, args(*_SHAPE, 0), **NEAR),
    row("sconv2d", (last(X2), D2, _P, floats(4)), last(_SEPARATED) + floats(4), args(*_SHAPE, 0, 1), **NEAR),
    row("pointwise_conv2d", (X2, _POINT), np.einsum("bchw,co->bohw", X2, _POINT[0, 0]), args(0, 0)),
    row(
        "pointwise_conv2d",
        (X2, ordered(_POINT, 1), floats(4)),
        np.einsum("bchw,co->bohw", X2, _POINT[0, 0]) + floats(4)[:, None, None],
        args(0, 1),
    ),
    row("pointwise_conv2d", (X2, floats(1, 1, 4, 4)), InvalidArgument, args(0, 0)),
]


_T = floats(3, 2, 5, 3, seed=7)
_FULL = spread(X2, _T, (2, 1), (1, 1))
_ROOMY = spread(X2, _T, (4, 1), (1, 1))

TRANSPOSED = [
    row("deconv2d", (X2, _T), _FULL, args(3, 2, 2, 1, 0, 0, 1, 1, 0), **NEAR),
    row("deconv2d", (X2, ordered(_T, 1)), _FULL[:, :, 1:-1], args(3, 2, 2, 1, 1, 0, 1, 1, 0, 0, 1), **NEAR),
    row(
        "deconv2d",
        (last(X2), ordered(_T, 2), floats(5)),
        last(_FULL[:, :, :14, :6]) + floats(5),
        args(3, 2, 2, 1, 0, 0, 1, 1, 1, 1, 2),
        **NEAR,
    ),
    row(
        "deconv2d",
        (X2, _T),
        np.pad(_ROOMY[..., :6], ((0, 0), (0, 0), (0, 1), (0, 0))),
        args(3, 2, 4, 1, 0, 0, 1, 1, 1),
        **NEAR,
    ),
    row("deconv2d", (X2, W2), InvalidArgument, args(*_SHAPE, 0)),
]


ROWS = [*CONVOLUTIONS, *TRANSPOSED]
