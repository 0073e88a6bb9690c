"""Convolution and pooling as plain loops: what the kernels are measured against."""

from itertools import product
from typing import Any

import numpy as np

from graphserver.spec.dtype import Array

VALID, SAME, CAUSAL = 0, 1, 2


def geometry(n: int, k: int, s: int, p: int, d: int, mode: int) -> tuple[int, int]:
    """How many windows, and where the first one starts (negative: in the margin)."""
    reach = (k - 1) * d + 1
    if mode == VALID:
        return (n + 2 * p - reach) // s + 1, -p
    count = -(-n // s)
    return count, -(reach - 1) if mode == CAUSAL else -(max((count - 1) * s + reach - n, 0) // 2)


def windows(x: Array, k: Any, s: Any, p: Any, d: Any, mode: int) -> Any:
    """For each output position and each place in its window that lies inside x [b, c, …]: both, and the entries."""
    axes = [geometry(*each, mode) for each in zip(x.shape[2:], k, s, p, d, strict=True)]
    for at in product(*(range(count) for count, _ in axes)):
        for tap in product(*map(range, k)):
            where = [
                start + a * step + t * gap for (_, start), a, step, t, gap in zip(axes, at, s, tap, d, strict=True)
            ]
            if all(0 <= i < n for i, n in zip(where, x.shape[2:], strict=True)):
                yield at, tap, x[(slice(None), slice(None), *where)]


def out_shape(x: Array, k: Any, s: Any, p: Any, d: Any, mode: int) -> tuple[int, ...]:
    return tuple(geometry(*each, mode)[0] for each in zip(x.shape[2:], k, s, p, d, strict=True))


def convolved(x: Array, w: Array, *said: Any) -> Array:
    """x [b, i, …] with w [window…, i, o]."""
    out = np.zeros((x.shape[0], w.shape[-1], *out_shape(x, *said)))
    for at, tap, entries in windows(x.astype("float64"), *said):
        out[(slice(None), slice(None), *at)] += entries @ w[tap]
    return out.astype("float32")


def deep(x: Array, w: Array, *said: Any) -> Array:
    """x [b, c, h, w] with w [kH, kW, c, m], each channel by itself."""
    out = np.zeros((x.shape[0], w.shape[2] * w.shape[3], *out_shape(x, *said)))
    for at, tap, entries in windows(x.astype("float64"), *said):
        out[(slice(None), slice(None), *at)] += (entries[:, :, None] * w[tap]).reshape(x.shape[0], -1)
    return out.astype("float32")


def pooled(x: Array, fold: Any, *said: Any) -> Array:
    """`fold` over the entries of each window inside x."""
    found: dict[tuple[int, ...], list[Array]] = {}
    for at, _, entries in windows(x.astype("float64"), *said):
        found.setdefault(at, []).append(entries)
    out = np.zeros((*x.shape[:2], *out_shape(x, *said)))
    for at, entries in found.items():
        out[(slice(None), slice(None), *at)] = fold(np.stack(entries))
    return out.astype("float32")


def last(x: Array) -> Array:
    """Channels from axis 1 to the end."""
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


def ordered(w: Array, order: int) -> Array:
    """[window…, i, o] as order 0, 1 ([o, i, window…]) or 2 ([o, window…, i])."""
    n = w.ndim - 2
    return np.ascontiguousarray(w.transpose((range(n + 2), (n + 1, n, *range(n)), (n + 1, *range(n), n))[order]))


def spread(x: Array, w: Array, s: Any, d: Any) -> Array:
    """Each entry of x [b, i, h, w] times w [kH, kW, o, i], added where it falls."""
    sizes = [step * (n - 1) + (k - 1) * gap + 1 for n, k, step, gap in zip(x.shape[2:], w.shape, s, d, strict=False)]
    out = np.zeros((x.shape[0], w.shape[2], *sizes))
    for i, j, a, b in product(range(x.shape[2]), range(x.shape[3]), range(w.shape[0]), range(w.shape[1])):
        out[:, :, i * s[0] + a * d[0], j * s[1] + b * d[1]] += x[:, :, i, j] @ w[a, b].T
    return out.astype("float32")
