"""Resized images, against loops over pixels and shapes known in closed form; DL4J's own numbers are in golden.py."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .row import Row, args, floats, row

X = floats(2, 4, 6, 3)
FLAT = np.full((1, 3, 5, 2), 0.75, "float32")
RAMP = np.broadcast_to(np.arange(8, dtype="float32")[:, None, None], (8, 2, 1))
BYTES = np.arange(12, dtype="uint8").reshape(1, 3, 4, 1)
SIZES = ((7, 8), (2, 3), (4, 6), (1, 1))

Place = Callable[[int, int, int], float]


def by_distance(place: Place) -> Callable[[Array, int, int], Array]:
    """Bilinear along one axis: `place(new, size, count)` tells where a new entry lies."""

    def resize(x: Array, axis: int, count: int) -> Array:
        size, parts = x.shape[axis], list[Array]()
        for new in range(count):
            at = place(new, size, count)
            low = math.floor(at)
            before, after = (x.take(min(max(i, 0), size - 1), axis) for i in (low, low + 1))
            parts.append(before + (after - before) * (at - low))
        return np.stack(parts, axis)

    return resize


OLD = by_distance(lambda new, size, count: new * size / count)
ALIGNED = by_distance(lambda new, size, count: new * (size - 1) / max(count - 1, 1) if count > 1 else 0)
CENTRED = by_distance(lambda new, size, count: (new + 0.5) * size / count - 0.5)


def both(resize: Callable[[Array, int, int], Array], x: Array, size: tuple[int, int]) -> Array:
    """Both spatial axes."""
    return resize(resize(x.astype("float64"), -3, size[0]), -2, size[1]).astype("float32")


def mitchell(x: float) -> float:
    """The curve of Mitchell and Netravali, B = C = 1/3."""
    if x >= 2:
        return 0
    a, b, c, d = (-7 / 18, 2, -10 / 3, 16 / 9) if x >= 1 else (7 / 6, -2, 0, 8 / 9)
    return a * x**3 + b * x**2 + c * x + d


def by_curve(x: Array, axis: int, count: int, smooth: bool) -> Array:
    """Every old entry weighed by Mitchell's curve."""
    size, parts = x.shape[axis], list[Array]()
    wide = max(size / count, 1) if smooth else 1
    for new in range(count):
        centre = (new + 0.5) * size / count
        weights = np.array([mitchell(abs(i + 0.5 - centre) / wide) for i in range(size)])
        parts.append(np.tensordot(x, weights / weights.sum(), (axis, 0)))
    return np.stack(parts, axis)


def whole(x: Array, size: tuple[int, int], shift: float, scale: Callable[[int, int], float]) -> Array:
    """Nearest pixels."""
    rows, columns = (
        [min(int((new + shift) * scale(old, count)), old - 1) for new in range(count)]
        for old, count in zip(x.shape[-3:-1], size, strict=True)
    )
    return x[..., rows, :, :][..., columns, :]


def _ratio(old: int, count: int) -> float:
    return old / count


def refused(name: str) -> list[Row]:
    """What every resize refuses: no size, size 0, a huge one, an array that is no image."""
    return [
        row(name, X, TypeError if name == "image_resize" else InvalidArgument),
        row(name, (X, [0, 4]), InvalidArgument),
        row(name, (X, [2**20, 2**20]), InvalidArgument),
        row(name, (X[0, 0], [2, 2]), InvalidArgument),
    ]


BILINEAR = [
    *(row("resize_bilinear", (X, size), both(OLD, X, size)) for size in SIZES),
    *(row("resize_bilinear", X, both(ALIGNED, X, size), args(*size, b=(True, False))) for size in SIZES),
    *(row("resize_bilinear", X, both(CENTRED, X, size), args(*size, b=(False, True))) for size in SIZES),
    row("resize_bilinear", (X[1], [5, 5]), both(OLD, X[1], (5, 5))),
    row("resize_bilinear", (BYTES, [2, 7]), both(OLD, BYTES, (2, 7))),
    row("resize_bilinear", X, InvalidArgument, args(2, 2, b=(True, True))),
    *refused("resize_bilinear"),
]

OTHERS = [
    *(row("resize_nearest_neighbor", (X, size), whole(X, size, 0, _ratio)) for size in SIZES),
    *(row("resize_nearest_neighbor", X, whole(X, s, 0.5, _ratio), args(*s, b=(False, True))) for s in SIZES),
    row("resize_nearest_neighbor", X, X[:, [0, 2, 3]][:, :, [0, 3, 5]], args(3, 3, b=(True,))),
    row("resize_nearest_neighbor", (BYTES, [3, 2]), BYTES[:, :, ::2]),
    *refused("resize_nearest_neighbor"),
    *(row("resize_bicubic", (FLAT, size), np.full((1, *size, 2), 0.75, "float32")) for size in SIZES),
    row("resize_bicubic", X, X, args(4, 6)),
    row("resize_bicubic", X, X[:, ::2, ::2], args(2, 3)),
    row("resize_bicubic", X, X[:, ::3, ::5], args(2, 2, b=(True,)), atol=1e-5),
    *refused("resize_bicubic"),
    row("resize_area", (X, [2, 2]), X.reshape(2, 2, 2, 2, 3, 3).mean((2, 4))),
    row("resize_area", (X, [8, 6]), X.repeat(2, 1)),
    row("resize_area", (RAMP[:3], [2, 2]), np.broadcast_to(np.array([[[1 / 3]], [[5 / 3]]], "float32"), (2, 2, 1))),
    row("resize_area", BYTES, BYTES.astype("float32").mean((1, 2), keepdims=True), args(1, 1)),
    *refused("resize_area"),
]


METHODS = [
    *(
        row("image_resize", (FLAT, size), np.full((1, *size, 2), 0.75, "float32"), args(method, b=(False, smooth)))
        for method in range(8)
        for size in ((2, 3), (7, 4))
        for smooth in (False, True)
    ),
    *(row("image_resize", (X, size), both(CENTRED, X, size)) for size in SIZES),
    row("image_resize", (X, [3, 3]), both(CENTRED, X, (2, 3)), args(0, b=(True, False))),
    *(
        row(
            "image_resize",
            (X, size),
            both(partial(by_curve, smooth=smooth), X, size),
            args(7, b=(False, smooth)),
        )
        for size in ((2, 3), (7, 8))
        for smooth in (False, True)
    ),
    row("image_resize", (X, [2, 2]), InvalidArgument, args(8)),
    *refused("image_resize"),
    row("resize_images", X, both(OLD, X, (7, 8)), args(7, 8)),
    row("resize_images", X, whole(X, (2, 3), 0, _ratio), args(2, 3, 1)),
    row("resize_images", (X, [2, 3]), X[:, ::2, ::2], args(2)),
    row("resize_images", (X, [2, 2]), X.reshape(2, 2, 2, 2, 3, 3).mean((2, 4)), args(3)),
    row("resize_images", (X, [3, 3]), both(ALIGNED, X, (2, 3)), args(0, b=(True, True))),
    row("resize_images", (X, [3, 3]), InvalidArgument, args(4)),
    *refused("resize_images"),
]

ROWS = [*BILINEAR, *OTHERS, *METHODS]
