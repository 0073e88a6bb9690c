"""Images [b, h, w, c] (or [h, w, c]) in another size."""

from collections.abc import Callable
from functools import partial
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list
from ..bounds import check_size
from ..precision import cast_like, floated, in_float32
from ..registry import Options, kernel
from ..resampling import CURVES, Grid, Taps, area, cubic, curved, linear, nearest
from ..rows import Mixes, RowCall, State
from ..rules import first

Make = Callable[[Any, Grid], Taps]
Size = tuple[int, ...]


def _read(args: OpArgs) -> Options:
    """I = [h, w], B = [align, half]."""
    return {"size": args.ints[:2], **dict(zip(("align", "half"), args.bools, strict=False))}


def _read_area(args: OpArgs) -> Options:
    return {"size": args.ints[:2], **dict(zip(("align",), args.bools, strict=False))}


def _rows(call: RowCall) -> list[State]:
    if len(call.inputs[0]) != 4:
        raise Mixes("its image has no batch axis")
    return list(first(call))


def _sized(x: Any, given: Any, size: Size, what: str) -> Size:
    """The new height and width. Raises InvalidArgument unless both are positive and x is an image."""
    chosen = size if given is None else axis_list(given)
    if x.ndim not in (3, 4) or len(chosen) != 2 or min(chosen) < 1 or not x.size:
        raise InvalidArgument(f"{what} got size {list(chosen)} for an image of shape {x.shape}")
    check_size((*x.shape[:-3], *chosen, x.shape[-1]), max(x.itemsize, 4), x.nbytes)
    return chosen


@in_float32
def _sampled(xp: Any, x: Any, *, make: Make, grids: tuple[Grid, Grid]) -> Any:
    """Columns first: the fewer rows then are those of the input. Taps are float32, sums in the type of x."""
    for axis, grid in ((-2, grids[1]), (-3, grids[0])):
        x = cast_like(make(xp, grid).apply(xp, floated(x), x.ndim + axis), floated(x))
    return x


def _picked(xp: Any, x: Any, grids: tuple[Grid, Grid]) -> Any:
    return xp.take(xp.take(x, nearest(xp, grids[0]), -3), nearest(xp, grids[1]), -2)


def _grids(x: Any, size: Size, align: bool, half: bool) -> tuple[Grid, Grid]:
    if align and half:
        raise InvalidArgument("a resize got both aligned corners and half-pixel centres; expected one of them")
    return Grid(x.shape[-3], size[0], align, half), Grid(x.shape[-2], size[1], align, half)


@kernel("resize_bilinear", read=_read, rows=_rows, host=(1,))
def resize_bilinear(
    xp: Any, x: Any, given: Any = None, *, size: Size = (), align: bool = False, half: bool = False
) -> Any:
    """Between two neighbours each way; whole numbers answer in float32."""
    size = _sized(x, given, size, "resize_bilinear")
    return _sampled(xp, x, make=linear, grids=_grids(x, size, align, half))


@kernel("resize_nearest_neighbor", read=_read, rows=_rows, host=(1,))
def resize_nearest(
    xp: Any, x: Any, given: Any = None, *, size: Size = (), align: bool = False, half: bool = False
) -> Any:
    """The nearest pixel (without flags: the one before)."""
    size = _sized(x, given, size, "resize_nearest_neighbor")
    return _picked(xp, x, _grids(x, size, align, half))


@kernel("resize_bicubic", read=_read, rows=_rows, host=(1,))
def resize_bicubic(
    xp: Any, x: Any, given: Any = None, *, size: Size = (), align: bool = False, half: bool = False
) -> Any:
    """By cubics through four neighbours each way. (M2.1 refuses fewer than 16 new pixels; we do not.)"""
    size = _sized(x, given, size, "resize_bicubic")
    return _sampled(xp, x, make=cubic, grids=_grids(x, size, align, half))


@kernel("resize_area", read=_read_area, rows=_rows, host=(1,))
def resize_area(xp: Any, x: Any, given: Any = None, *, size: Size = (), align: bool = False) -> Any:
    """The mean of all that lies under the new pixel."""
    size = _sized(x, given, size, "resize_area")
    return _sampled(xp, x, make=area, grids=_grids(x, size, align, half=False))


_PLAIN: dict[str, Make] = {"linear": linear, "cubic": cubic, "area": area}
_METHODS = ("linear", "nearest", "cubic", "area", "gaussian", "lanczos3", "lanczos5", "mitchell")


def _read_method(args: OpArgs) -> Options:
    """I = [method], B = [keep the aspect, smooth]."""
    method = {"method": args.ints[0]} if args.ints else {}
    return {**method, **dict(zip(("aspect", "smooth"), args.bools, strict=False))}


def _fitted(x: Any, size: Size, aspect: bool) -> Size:
    """The largest size within `size` that has the image's aspect."""
    if not aspect:
        return size
    scale = min(new / old for new, old in zip(size, x.shape[-3:-1], strict=True))
    return tuple(max(1, round(old * scale)) for old in x.shape[-3:-1])


@kernel("image_resize", read=_read_method, rows=_rows, host=(1,))
def image_resize(xp: Any, x: Any, given: Any, *, method: int = 0, aspect: bool = False, smooth: bool = False) -> Any:
    """As TensorFlow 2 resizes, centres at .5: bilinear (0), nearest (1), bicubic (2), area (3), gaussian (4),
    lanczos3 (5), lanczos5 (6), mitchell (7); `smooth` widens the curve when the image shrinks.
    """
    size = _fitted(x, _sized(x, given, (), "image_resize"), aspect)
    if method not in range(len(_METHODS)):
        raise InvalidArgument(f"image_resize got method {method}; expected 0 to {len(_METHODS) - 1}")
    name, grids = _METHODS[method], _grids(x, size, align=False, half=True)
    if name == "nearest":
        return _picked(xp, x, grids)
    if name == "area" or (name in _PLAIN and not smooth):
        return _sampled(xp, x, make=_PLAIN[name], grids=grids)
    curve, radius = CURVES[name]
    return _sampled(xp, x, make=partial(curved, curve=curve, radius=radius, smooth=smooth), grids=grids)


def _read_images(args: OpArgs) -> Options:
    """I = [h, w, method], or [method] when the size is an input. B = [align, keep the aspect]."""
    flags = dict(zip(("align", "aspect"), args.bools, strict=False))
    method = args.ints[2:] or (args.ints if len(args.ints) == 1 else ())
    return {**({"method": method[0]} if method else {}), "size": args.ints[:2], **flags}


@kernel("resize_images", read=_read_images, rows=_rows, host=(1,))
def resize_images(
    xp: Any, x: Any, given: Any = None, *, size: Size = (), method: int = 0, align: bool = False, aspect: bool = False
) -> Any:
    """Bilinear (0), nearest (1), bicubic (2) or area (3), without half-pixel centres."""
    size = _fitted(x, _sized(x, given, size, "resize_images"), aspect)
    if method not in range(4):
        raise InvalidArgument(f"resize_images got method {method}; expected 0 to 3")
    name, grids = _METHODS[method], _grids(x, size, align, half=False)
    return _picked(xp, x, grids) if name == "nearest" else _sampled(xp, x, make=_PLAIN[name], grids=grids)
