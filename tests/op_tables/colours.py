"""Colours, against Python's colorsys and loops over pixels."""

import colorsys
from collections.abc import Callable

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .row import args, floats, row

X = floats(2, 4, 5, 3, low=0.0, high=1.0)
X[0, 0, :3] = [[0, 0, 0], [0.5, 0.5, 0.5], [1, 0, 0]]
FIRST = np.moveaxis(X, -1, 1).copy()

Pixel = Callable[[float, float, float], tuple[float, float, float]]


def each(x: Array, pixel: Pixel) -> Array:
    """A function of three colours, for each pixel."""
    return np.array([pixel(*map(float, one)) for one in x.reshape(-1, 3)], "float32").reshape(x.shape)


def hued(delta: float) -> Pixel:
    """Colours turned."""

    def turn(r: float, g: float, b: float) -> tuple[float, float, float]:
        h, s, v = colorsys.rgb_to_hsv(r, g, b)
        return colorsys.hsv_to_rgb((h + delta) % 1, s, v)

    return turn


def saturated(factor: float) -> Pixel:
    """Colours made stronger."""

    def change(r: float, g: float, b: float) -> tuple[float, float, float]:
        h, s, v = colorsys.rgb_to_hsv(r, g, b)
        return colorsys.hsv_to_rgb(h, min(max(s * factor, 0), 1), v)

    return change


def _yuv(r: float, g: float, b: float) -> tuple[float, float, float]:
    """Rec. 601: brightness, and its distances from blue and red."""
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return y, 0.492111 * (b - y), 0.877283 * (r - y)


def _yiq(r: float, g: float, b: float) -> tuple[float, float, float]:
    """YUV turned by 33 degrees."""
    y, u, v = _yuv(r, g, b)
    turn = np.deg2rad(33)
    return y, v * np.cos(turn) - u * np.sin(turn), v * np.sin(turn) + u * np.cos(turn)


MEAN = X.mean((1, 2), keepdims=True)
CONTRAST = (X - MEAN) * 2 + MEAN

FORMULAS: dict[str, tuple[Array, Array]] = {
    "rgb_to_hsv": (X, each(X, colorsys.rgb_to_hsv)),
    "hsv_to_rgb": (X, each(X, colorsys.hsv_to_rgb)),
    "rgb_to_yuv": (X, each(X, _yuv)),
    "yuv_to_rgb": (each(X, _yuv), X),
    "rgb_to_yiq": (X, each(X, _yiq)),
    "yiq_to_rgb": (each(X, _yiq), X),
}

ROWS = [
    *(
        line
        for name, (x, expected) in FORMULAS.items()
        for line in (
            row(name, x, expected, rtol=2e-4, atol=2e-4),
            row(name, np.moveaxis(x, -1, 1).copy(), np.moveaxis(expected, -1, 1), args(1), rtol=2e-4, atol=2e-4),
            row(name, x[0, 0], expected[0, 0], args(1), rtol=2e-4, atol=2e-4),
            row(name, x[..., :2], InvalidArgument),
        )
    ),
    row("rgb_to_grs", X, X @ np.array([[0.2989], [0.587], [0.114]], "float32")),
    row("rgb_to_grs", FIRST, np.tensordot(X, np.array([0.2989, 0.587, 0.114], "float32"), 1)[:, None], args(1)),
    row("rgb_to_grs", np.array([[10, 20, 30]], "uint8"), np.array([[18]], "uint8")),
    row("rgb_to_grs", X[..., :1], InvalidArgument),
    row("adjust_hue", X, each(X, hued(0.3)), args(t=(0.3,)), atol=1e-5),
    row("adjust_hue", (X, -0.6), each(X, hued(-0.6)), atol=1e-5),
    row("adjust_hue", FIRST, np.moveaxis(each(X, hued(0.1)), -1, 1), args(1, t=(0.1,)), atol=1e-5),
    row("adjust_hue", X[..., :2], InvalidArgument, args(t=(0.3,))),
    row("adjust_saturation", X, each(X, saturated(2)), args(t=(2.0,)), atol=1e-5),
    row("adjust_saturation", (X, 0.5), each(X, saturated(0.5)), atol=1e-5),
    row("adjust_saturation", FIRST, np.moveaxis(each(X, saturated(9)), -1, 1), args(1, t=(9.0,)), atol=1e-5),
    row("adjust_saturation", X[..., :2], InvalidArgument, args(t=(0.3,))),
    *(
        line
        for name in ("adjust_contrast", "adjust_contrast_v2")
        for line in (
            row(name, X, CONTRAST, args(t=(2.0,))),
            row(name, (X, 2.0), CONTRAST),
            row(name, X[1], CONTRAST[1], args(t=(2.0,))),
            row(name, X[0, 0], InvalidArgument, args(t=(2.0,))),
        )
    ),
]
