"""Pooling, upsampling and the other ops that walk windows without weights."""

from math import prod
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..bounds import check_size
from ..precision import in_float32, is_float
from ..registry import Options, ReadArgs, kernel
from ..rules import first
from ..shapes import check_rank, check_shape
from ..windows import SAME, VALID, Windows, written


def read_pool(spatial: int) -> ReadArgs:
    """I = kernel, stride, padding, dilation (`spatial` numbers each), mode, extra, layout (1: channels last)."""

    def read(args: OpArgs) -> Options:
        mode, extra, layout = (*args.ints[4 * spatial :], 0, 0, 0)[:3]
        if len(args.ints) < 4 * spatial + 1:
            raise InvalidArgument(f"pooling got integers {list(args.ints)}; expected {4 * spatial + 1} or more")
        return {"windows": written(args.ints, spatial, mode), "extra": extra, "last": bool(layout)}

    return read


def _placed(x: Any, windows: Windows, last: bool) -> tuple[Any, int]:
    """The windows over x, and where its spatial axes start."""
    start = 1 if last else 2
    return windows.placed(x.shape[start : start + len(windows.kernel)]), start


def max_pool(xp: Any, x: Any, *, windows: Windows, last: bool = False, extra: int = 0) -> Any:  # noqa: ARG001 - extra is written for all kinds
    """The largest entry of each window; margins do not count."""
    place, start = _placed(x, windows, last)
    lowest = float("-inf") if is_float(x) else xp.iinfo(x.dtype).min
    out = None
    for _, part in place.taps(place.padded(xp, x, start, lowest), start):
        out = part.copy() if out is None else xp.maximum(out, part, out=out)
    return out


@in_float32
def average_pool(xp: Any, x: Any, *, windows: Windows, last: bool = False, extra: int = 0) -> Any:
    """The mean of each window, over its entries inside x (extra 0) or over its whole size (1)."""
    place, start = _placed(x, windows, last)
    out = _added(place, place.padded(xp, x, start), start)
    if extra or not any((*place.before, *place.after)):
        out /= prod(windows.kernel)
        return out
    for axis, counts in enumerate(place.valid(xp)):
        out /= counts.astype(x.dtype).reshape((-1,) + (1,) * (x.ndim - 1 - start - axis))
    return out


@in_float32
def norm_pool(xp: Any, x: Any, *, windows: Windows, last: bool = False, extra: int = 2) -> Any:
    """(Σ |x|ᵖ)^(1/p) of each window, p = extra. Raises InvalidArgument for p = 0."""
    if not extra:
        raise InvalidArgument("pooling by a norm got p = 0; expected another p")
    place, start = _placed(x, windows, last)
    return _added(place, place.padded(xp, xp.abs(x) ** extra, start), start) ** (1 / extra)


def _added(place: Any, x: Any, start: int) -> Any:
    taps = place.taps(x, start)
    out = next(taps)[1].copy()
    for _, part in taps:
        out += part
    return out


for _name, _spatial, _function, _aliases in (
    ("maxpool2d", 2, max_pool, ("MaxPool", "MaxPool2D", "maxpool")),
    ("avgpool2d", 2, average_pool, ("AvgPool", "AvgPool2D", "avgpool")),
    ("pnormpool2d", 2, norm_pool, ("PnormPool", "PnormPool2D", "pnormpool")),
    ("maxpool3dnew", 3, max_pool, ()),
    ("avgpool3dnew", 3, average_pool, ()),
):
    kernel(_name, read=read_pool(_spatial), rows=first, aliases=_aliases)(_function)


def _read_upsampling(args: OpArgs) -> Options:
    height, width, channels_first = (*args.ints, 0)[:3]
    return {"factors": (height, width), "last": not channels_first}


def _read_upsampling3d(args: OpArgs) -> Options:
    return {"factors": args.ints[:3], "last": not (*args.ints, 0)[3]}


def upsample(xp: Any, x: Any, *, factors: tuple[int, ...], last: bool) -> Any:
    """Each entry repeated along the spatial axes."""
    start = 1 if last else 2
    grown = [size * factor for size, factor in zip(x.shape[start:], factors, strict=False)]
    check_size((*grown, *x.shape[:start], *x.shape[start + len(grown) :]), x.itemsize, x.nbytes)
    for axis, factor in enumerate(factors, start):
        x = xp.repeat(x, factor, axis)
    return x


kernel("upsampling2d", read=_read_upsampling, rows=first, aliases=("upsampling",))(upsample)
kernel("upsampling3d", read=_read_upsampling3d, rows=first)(upsample)


def _read_im2col(args: OpArgs) -> Options:
    same = bool((*args.ints[8:], 0)[0])
    return {"windows": written(args.ints, 2, int(same)), **({"fill": args.floats[0]} if args.floats else {})}


@kernel("im2col", read=_read_im2col, rows=first)
def im2col(xp: Any, x: Any, *, windows: Windows, fill: float = 0.0) -> Any:
    """The windows of x [b, c, h, w] as [b, c, kH, kW, oH, oW]."""
    place, start = _placed(x, windows, last=False)
    check_size((*x.shape[:2], *windows.kernel, *place.count), x.itemsize, x.nbytes)
    return xp.ascontiguousarray(place.view(xp, place.padded(xp, x, start, fill), start).transpose(0, 1, 4, 5, 2, 3))


def _read_col2im(args: OpArgs) -> Options:
    """I = strides, margins, sizes of the image, dilations, same."""
    if len(args.ints) < 8:
        raise InvalidArgument(f"col2im got integers {list(args.ints)}; expected 8 or more")
    stride, pad, sizes, dilation = (args.ints[i : i + 2] for i in (0, 2, 4, 6))
    mode = SAME if (*args.ints[8:], 0)[0] else VALID
    return {"stride": stride, "pad": pad, "sizes": sizes, "dilation": dilation, "mode": mode}


@kernel("col2im", read=_read_col2im, rows=first)
@in_float32
def col2im(xp: Any, x: Any, *, sizes: tuple[int, int], **how: Any) -> Any:
    """The image [b, c, h, w] from its windows [b, c, kH, kW, oH, oW], overlaps added.

    Raises InvalidArgument unless an image of `sizes` has so many windows.
    """
    batch, channels, *window = check_rank("the input of col2im", x, 6).shape[:4]
    place = Windows(tuple(window), **how).placed(sizes)
    check_shape("the input of col2im", x, (*x.shape[:4], *place.count))
    height, width = (sum(each) for each in zip(sizes, place.before, place.after, strict=True))
    out = xp.zeros(check_size((batch, channels, height, width), x.itemsize, x.nbytes), x.dtype)
    for (i, j), part in place.taps(out, 2):
        part += x[:, :, i, j]
    top, left = place.before
    return out[:, :, top : top + sizes[0], left : left + sizes[1]]
