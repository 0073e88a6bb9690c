"""Transposed and backward convolutions, dilation, maxima with places, columns to images."""

from itertools import product
from typing import Any

import numpy as np

from graphserver.spec.dtype import Array, by_code
from graphserver.spec.errors import InvalidArgument

from .loops import SAME, VALID, last, ordered, pooled, windows
from .row import args, floats, row

NEAR = {"rtol": 1e-4, "atol": 1e-5}
X3, W3 = floats(2, 3, 3, 2, 3), floats(2, 2, 3, 4, 3, seed=1)


def spread(x: Array, w: Array, stride: Any) -> Array:
    """Each entry of x [b, i, d, h, w] times w [kD, kH, kW, o, i], added where it falls."""
    sizes = [step * (n - 1) + k for n, k, step in zip(x.shape[2:], w.shape, stride, strict=False)]
    out = np.zeros((len(x), w.shape[3], *sizes))
    for at, tap in product(np.ndindex(*x.shape[2:]), np.ndindex(*w.shape[:3])):
        where = [a * step + t for a, step, t in zip(at, stride, tap, strict=True)]
        out[(slice(None), slice(None), *where)] += x[(slice(None), slice(None), *at)] @ w[tap].T
    return out.astype("float32")


_FULL = spread(X3, W3, (2, 1, 1))
_BIAS = floats(4, seed=2)
_SHAPE3 = (2, 2, 3, 2, 1, 1)
_PLACED = (*_SHAPE3, 0, 0, 0, 1, 1, 1)

CUBES = [
    row("deconv3d", (X3, W3), _FULL, args(*_PLACED, 0), **NEAR),
    row(
        "deconv3d", (X3, ordered(W3, 1)), _FULL[:, :, 1:-1, :, 1:-1], args(*_SHAPE3, 1, 0, 1, 1, 1, 1, 0, 0, 1), **NEAR
    ),
    row(
        "deconv3d",
        (last(X3), ordered(W3, 2), _BIAS),
        last(_FULL[:, :, :, :2, 1:4]) + _BIAS,
        args(*_PLACED, 1, 1, 2),
        **NEAR,
    ),
    row("deconv3d", (X3[:, 1:], W3), InvalidArgument, args(*_PLACED, 0)),
    row("deconv3d", (X3, W3), InvalidArgument, args(*_PLACED[:-1])),
]

W2, SIZES = floats(3, 2, 3, 5, seed=3), (7, 6)


def backward(gradient: Array, *said: Any) -> Array:
    """The gradient of Σ gradient · conv(x, w) by x [b, 3, 7, 6]: each product goes where its entry came from."""
    places = np.arange(7 * 6).reshape(1, 1, *SIZES)
    out = np.zeros((len(gradient), 3, 7 * 6))
    for at, tap, entries in windows(places, (3, 2), *said):
        out[:, :, int(entries[0, 0])] += gradient[(slice(None), slice(None), *at)] @ W2[tap].T
    return out.reshape(-1, 3, *SIZES).astype("float32")


G_VALID, G_SAME, G_WIDE = floats(2, 5, 5, 5), floats(2, 5, 4, 3), floats(2, 5, 4, 7)
_VALID = ((1, 1), (0, 0), (1, 1), VALID)
_IMAGE, _IMAGE_LAST = np.array([2, 3, 7, 6], "int32"), np.array([2, 7, 6, 3], "int32")

BACKWARD = [
    row("deconv2d_tf", (_IMAGE, W2, G_VALID), backward(G_VALID, *_VALID), args(3, 2, 1, 1, 0, 0, 1, 1, 0), **NEAR),
    row(
        "deconv2d_tf",
        (_IMAGE_LAST, ordered(W2, 1), last(G_SAME)),
        last(backward(G_SAME, (2, 2), (0, 0), (1, 1), SAME)),
        args(3, 2, 2, 2, 0, 0, 1, 1, 1, 1, 1),
        **NEAR,
    ),
    row(
        "deconv2d_tf",
        (_IMAGE, ordered(W2, 2), G_WIDE),
        backward(G_WIDE, (2, 1), (1, 1), (1, 1), VALID),
        args(3, 2, 2, 1, 1, 1, 1, 1, 0, 0, 2),
        **NEAR,
    ),
    row("deconv2d_tf", (_IMAGE + 1, W2, G_VALID), InvalidArgument, args(3, 2, 1, 1, 0, 0, 1, 1, 0)),
    row("deconv2d_tf", (_IMAGE, W2, G_VALID[:, 1:]), InvalidArgument, args(3, 2, 1, 1, 0, 0, 1, 1, 0)),
]

X2, WHOLE = floats(2, 3, 7, 6), (10 * floats(2, 3, 7, 6)).round().astype("int32")


def places(x: Array, *said: Any) -> tuple[Array, Array]:
    """The largest entry of each window, and the first place (y · W + x) · C + c where it stands."""
    best = pooled(x, lambda e: e.max(0), *said).astype(x.dtype)
    index = np.full(best.shape, -1)
    numbers = np.broadcast_to(np.moveaxis(np.arange(7 * 6 * 3).reshape(1, 7, 6, 3), -1, 1), x.shape)
    for (at, _, entries), (_, _, number) in zip(windows(x, *said), windows(numbers, *said), strict=True):
        where = (slice(None), slice(None), *at)
        index[where] = np.where((index[where] < 0) & (entries == best[where]), number, index[where])
    return best, index


_POOL = ((3, 2), (2, 1), (1, 1), (1, 1))
_SAID = (3, 2, 2, 1, 1, 1, 1, 1)
_INT32 = (by_code(5), by_code(9))

MAXIMA = [
    row("max_pool_with_argmax", X2, places(X2, *_POOL, VALID), args(*_SAID, 0)),
    row("max_pool_with_argmax", last(X2), tuple(map(last, places(X2, *_POOL, SAME))), args(*_SAID, 1, 0, 1)),
    row("max_pool_with_argmax", WHOLE, places(WHOLE, *_POOL, SAME), args(*_SAID, 1)),
    row(
        "max_pool_with_argmax",
        X2,
        tuple(out.astype(kind) for out, kind in zip(places(X2, *_POOL, VALID), ("float32", "int32"), strict=True)),
        args(*_SAID, 0, results=_INT32),
    ),
    row("max_pool_with_argmax", X2, InvalidArgument, args(9, 9, *_SAID[2:4], 0, 0, 1, 1, 0)),
    row("max_pool_with_argmax", X2[0], InvalidArgument, args(*_SAID, 0)),
]

FILTER = floats(3, 2, 3, seed=4)


def dilated(x: Array, *said: Any) -> Array:
    """max(x + filter) over each window of x [b, c, h, w]."""
    found: dict[Any, list[Array]] = {}
    for at, tap, entries in windows(x, (3, 2), *said):
        found.setdefault(at, []).append(entries + FILTER[tap])
    count = tuple(size + 1 for size in max(found))
    out = np.zeros((*x.shape[:2], *count), "float32")
    for at, entries in found.items():
        out[(slice(None), slice(None), *at)] = np.max(entries, 0)
    return last(out)


_DILATED = dilated(X2, (2, 1), (0, 0), (1, 2), SAME)

DILATION = [
    row("dilation2d", (last(X2), FILTER), dilated(X2, (1, 1), (0, 0), (1, 1), VALID), args(0)),
    row("dilation2d", (last(X2), FILTER), _DILATED, args(1, 1, 1, 2, 1, 1, 2, 1, 1)),
    row("dilation2d", (last(X2), FILTER, [1, 1, 2, 1], [1, 2, 1, 1]), _DILATED, args(1)),
    row("dilation2d", (last(X2), FILTER[..., 1:]), InvalidArgument, args(0)),
    row("dilation2d", (last(X2), FILTER), InvalidArgument, args(0, 1, 9, 9, 1)),
]

COLUMNS = floats(2, 3, 3, 2, 4, 7)


def image(columns: Array, *said: Any) -> Array:
    """Each entry of the columns added where im2col took it from."""
    numbers, out = np.arange(7 * 6).reshape(1, 1, *SIZES), np.zeros((*columns.shape[:2], 7 * 6))
    for at, tap, entries in windows(numbers, (3, 2), *said):
        out[..., int(entries[0, 0])] += columns[(slice(None), slice(None), *tap, *at)]
    return out.reshape(*columns.shape[:2], *SIZES).astype("float32")


_EVEN = COLUMNS[..., :3]

IMAGES = [
    row("col2im", COLUMNS, image(COLUMNS, (2, 1), (1, 1), (1, 1), VALID), args(2, 1, 1, 1, 7, 6, 1, 1, 0)),
    row("col2im", _EVEN, image(_EVEN, (2, 2), (0, 0), (1, 1), SAME), args(2, 2, 0, 0, 7, 6, 1, 1, 1)),
    row("col2im", COLUMNS, InvalidArgument, args(1, 1, 1, 1, 7, 6, 1, 1, 0)),
    row("col2im", COLUMNS, InvalidArgument, args(1, 1)),
]

ROWS = [*CUBES, *BACKWARD, *MAXIMA, *DILATION, *IMAGES]
