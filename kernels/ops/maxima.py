"""Maxima that tell where they lie, and maxima of sums."""

from typing import Any

from ...spec.graph import OpArgs
from ..arguments import axis_list, result_type
from ..precision import in_float32, is_float
from ..registry import Options, kernel
from ..rules import first
from ..shapes import check_rank, check_shape
from ..windows import SAME, VALID, Placed, Windows
from .pooling import read_pool


def _read_pool(args: OpArgs) -> Options:
    return {**read_pool(2)(args), "dtype": result_type(args, 1, "int64")}


@kernel("max_pool_with_argmax", read=_read_pool, rows=first)
def max_pool_with_argmax(
    xp: Any,
    x: Any,
    *,
    windows: Windows,
    last: bool = False,
    extra: int = 0,  # noqa: ARG001 - written for all kinds of pooling
    dtype: Any = "int64",
) -> tuple[Any, Any]:
    """The largest entry of each window, and where it lies in its image: (y · W + x) · C + c, the first among equals.

    Source: TensorFlow. DL4J M2.1 walks the axes in the wrong order and leaves its output in the shape of x.
    """
    start = 1 if last else 2
    place = windows.placed(check_rank("the input of max_pool_with_argmax", x, 4).shape[start : start + 2])
    lowest = float("-inf") if is_float(x) else xp.iinfo(x.dtype).min
    shape = (len(x), *place.count, x.shape[3]) if last else (*x.shape[:2], *place.count)
    best, index = xp.full(shape, lowest, x.dtype), xp.full(shape, -1, "int64")
    for tap, part in place.taps(place.padded(xp, x, start, lowest), start):
        at, inside = _positions(xp, place, tap, x.shape[-1 if last else 1], last=last)
        better = inside & ((part > best) | (index < 0))
        best, index = xp.where(better, part, best), xp.where(better, at, index)
    return best, index.astype(dtype)


def _positions(xp: Any, place: Placed, tap: tuple[int, ...], channels: int, *, last: bool) -> tuple[Any, Any]:
    """Where one place of each window lies in its image, by channel; and whether it lies inside, not in the margin."""
    moves = zip(place.count, place.windows.stride, place.before, tap, place.windows.dilation, strict=True)
    y, x = (xp.arange(count) * step - before + at * gap for count, step, before, at, gap in moves)
    height, width = place.sizes
    inside = ((y >= 0) & (y < height))[:, None] & ((x >= 0) & (x < width))
    flat = (y[:, None] * width + x) * channels
    channel = xp.arange(channels)
    if last:
        return flat[..., None] + channel, inside[..., None]
    return flat + channel[:, None, None], inside


def _read_dilation(args: OpArgs) -> Options:
    """I = same, rates of four axes, strides of four axes."""
    same, *sizes = args.ints or (0,)
    rates, strides = (tuple(sizes[i : i + 4]) or (1, 1, 1, 1) for i in (0, 4))
    return {"same": bool(same), "rates": rates, "strides": strides}


@kernel("dilation2d", read=_read_dilation, rows=first, host=(2, 3))
@in_float32
def dilation(
    xp: Any,
    x: Any,
    w: Any,
    rates_given: Any = None,
    strides_given: Any = None,
    *,
    same: bool = False,
    rates: tuple[int, ...] = (1, 1, 1, 1),
    strides: tuple[int, ...] = (1, 1, 1, 1),
) -> Any:
    """The largest x + w in each window of x [B, H, W, C] for w [kH, kW, C]; margins do not count.

    rates, strides: for four axes, the middle two of which count; inputs win. Raises InvalidArgument for shapes that do
    not fit.
    """
    rates = rates if rates_given is None else axis_list(rates_given)
    strides = strides if strides_given is None else axis_list(strides_given)
    channels = check_rank("the input of dilation2d", x, 4).shape[3]
    check_shape("the filter of dilation2d", check_rank("the filter of dilation2d", w, 3), (*w.shape[:2], channels))
    windows = Windows(w.shape[:2], strides[1:3], (0, 0), rates[1:3], SAME if same else VALID)
    place = windows.placed(x.shape[1:3])
    taps = place.taps(place.padded(xp, x, 1, float("-inf")), 1)
    tap, part = next(taps)
    out = part + w[tap]
    for tap, part in taps:
        out = xp.maximum(out, part + w[tap])
    return out
