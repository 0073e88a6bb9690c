"""Colours of images: spaces, contrast, hue and saturation. They are three entries of one axis, by default the last."""

from collections.abc import Callable
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..precision import cast_like, in_float32
from ..reductions import mean_of
from ..registry import Function, Options, kernel
from ..rules import along

Channels = tuple[Any, Any, Any]
Formula = Callable[[Any, Any, Any, Any], Channels]

_READS_COLOURS = along("axis", "it takes the batch axis for colours", default=-1)

_MATRICES = {
    "rgb_to_yiq": (
        (0.299, 0.587, 0.114),
        (0.59590059, -0.27455667, -0.32134392),
        (0.21153661, -0.52273617, 0.31119955),
    ),
    "yiq_to_rgb": (
        (1.0, 0.95598634, 0.6208248),
        (1.0, -0.27201283, -0.64720424),
        (1.0, -1.10674021, 1.70423049),
    ),
    "rgb_to_yuv": (
        (0.299, 0.587, 0.114),
        (-0.14714119, -0.28886916, 0.43601035),
        (0.61497538, -0.51496512, -0.10001026),
    ),
    "yuv_to_rgb": (
        (1.0, 0.0, 1.13988303),
        (1.0, -0.394642334, -0.58062185),
        (1.0, 2.03206185, 0.0),
    ),
}
"""New colours by the old ones. Source: TensorFlow's, which are the standards' own."""


def _split(xp: Any, x: Any, axis: int, what: str) -> Channels:
    if not x.ndim or x.shape[axis] != 3:
        raise InvalidArgument(f"{what} got shape {x.shape}; expected three colours along axis {axis}")
    first, second, third = xp.moveaxis(x, axis, 0)
    return first, second, third


def _mixed(name: str) -> Function:
    @in_float32
    def run(xp: Any, x: Any, *, axis: int = -1) -> Any:
        colours = _split(xp, x, axis, name)
        lines = [sum(w * one for w, one in zip(line, colours, strict=True)) for line in _MATRICES[name]]
        return cast_like(xp.stack(lines, axis), x)

    run.__doc__ = f"The colours of x, {name.replace('_', ' ')}."
    return run


for _name in _MATRICES:
    kernel(_name, ints=("axis",), rows=_READS_COLOURS)(_mixed(_name))


@kernel("rgb_to_grs", ints=("axis",), rows=_READS_COLOURS)
@in_float32
def rgb_to_grey(xp: Any, x: Any, *, axis: int = -1) -> Any:
    """Brightness, as one entry of the colours' axis."""
    red, green, blue = _split(xp, x, axis, "rgb_to_grs")
    return cast_like(xp.expand_dims(0.2989 * red + 0.587 * green + 0.114 * blue, axis), x)


def _to_hsv(xp: Any, red: Any, green: Any, blue: Any) -> Channels:
    """Hue as a part of the circle from red, saturation, value."""
    value = xp.maximum(xp.maximum(red, green), blue)
    spread = value - xp.minimum(xp.minimum(red, green), blue)
    safe = xp.where(spread == 0, 1, spread)
    sixth = xp.where(
        red == value, (green - blue) / safe, xp.where(green == value, (blue - red) / safe + 2, (red - green) / safe + 4)
    )
    return (sixth / 6) % 1.0, spread / xp.where(value > 0, value, 1), value


def _to_rgb(xp: Any, hue: Any, saturation: Any, value: Any) -> Channels:
    sixth = (hue % 1.0) * 6
    red, green, blue = (
        value * (1 - saturation * xp.clip(1 - part, 0, 1))
        for part in (xp.abs(sixth - 3) - 1, 2 - xp.abs(sixth - 2), 2 - xp.abs(sixth - 4))
    )
    return red, green, blue


@kernel("rgb_to_hsv", ints=("axis",), rows=_READS_COLOURS)
@in_float32
def rgb_to_hsv(xp: Any, x: Any, *, axis: int = -1) -> Any:
    """Hue, saturation and value of red, green and blue; all from 0 to 1."""
    return cast_like(xp.stack(_to_hsv(xp, *_split(xp, x, axis, "rgb_to_hsv")), axis), x)


@kernel("hsv_to_rgb", ints=("axis",), rows=_READS_COLOURS)
@in_float32
def hsv_to_rgb(xp: Any, x: Any, *, axis: int = -1) -> Any:
    """Red, green and blue of hue, saturation and value; all from 0 to 1."""
    return cast_like(xp.stack(_to_rgb(xp, *_split(xp, x, axis, "hsv_to_rgb")), axis), x)


def _read_change(args: OpArgs) -> Options:
    axis = {"axis": args.ints[0]} if args.ints else {}
    return {**axis, **({"change": args.floats[0]} if args.floats else {})}


@kernel("adjust_hue", read=_read_change, rows=_READS_COLOURS)
@in_float32
def adjust_hue(xp: Any, x: Any, delta: Any = None, *, change: float = 0.0, axis: int = -1) -> Any:
    """Colours turned by a part of the circle: T[0], or a second input."""
    hue, saturation, value = _to_hsv(xp, *_split(xp, x, axis, "adjust_hue"))
    turned = hue + (change if delta is None else delta.reshape(()))
    return cast_like(xp.stack(_to_rgb(xp, turned, saturation, value), axis), x)


@kernel("adjust_saturation", read=_read_change, rows=_READS_COLOURS)
@in_float32
def adjust_saturation(xp: Any, x: Any, factor: Any = None, *, change: float = 1.0, axis: int = -1) -> Any:
    """Colours with their saturation times T[0] or a second input, held to 0 … 1."""
    hue, saturation, value = _to_hsv(xp, *_split(xp, x, axis, "adjust_saturation"))
    held = xp.clip(saturation * (change if factor is None else factor.reshape(())), 0, 1)
    return cast_like(xp.stack(_to_rgb(xp, hue, held, value), axis), x)


@kernel("adjust_contrast", read=_read_change, rows=along("axes", "it takes one mean over the batch", default=(-3, -2)))
@in_float32
def adjust_contrast(_xp: Any, x: Any, factor: Any = None, *, change: float = 1.0) -> Any:
    """The distance of each pixel from its channel's mean over [.., h, w, c], times T[0] or a second input.

    Raises InvalidArgument for fewer than three axes.
    """
    if x.ndim < 3:
        raise InvalidArgument(f"adjust_contrast got shape {x.shape}; expected height, width and channels")
    mean = mean_of(x, (-3, -2), keep=True)
    return cast_like((x - mean) * (change if factor is None else factor.reshape(())) + mean, x)


@kernel(
    "adjust_contrast_v2", read=_read_change, rows=along("axes", "it takes one mean over the batch", default=(-3, -2))
)
@in_float32
def adjust_contrast_v2(xp: Any, x: Any, factor: Any = None, *, change: float = 1.0) -> Any:
    """As adjust_contrast."""
    return adjust_contrast(xp, x, factor, change=change)
