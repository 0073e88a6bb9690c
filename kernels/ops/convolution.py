"""Convolutions over one, two and three spatial axes: windows laid out as a matrix, one product for each slice."""

from dataclasses import replace
from math import prod
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..bounds import check_size
from ..precision import in_float32
from ..registry import Options, ReadArgs, kernel
from ..rules import first
from ..windows import Placed, Windows, written

SLICE_BYTES = 16 * 2**20
"""Windows of so many rows are laid out at once that they stay about this size."""


def read_windows(spatial: int, *, modes: int = 2) -> ReadArgs:
    """I = kernel, stride, padding, dilation (`spatial` numbers each), mode, layout (1: channels last), weights."""

    def read(args: OpArgs) -> Options:
        mode, layout, weights = (*args.ints[4 * spatial :], 0, 0, 0)[:3]
        if len(args.ints) < 4 * spatial + 1 or mode not in range(modes + 1):
            raise InvalidArgument(f"a convolution got integers {list(args.ints)}; expected {4 * spatial + 1} or more")
        return {"windows": written(args.ints, spatial, mode), "last": bool(layout), "weights": weights}

    return read


def weights_last(w: Any, order: int) -> Any:
    """Weights as [window…, in, out] from order 0 (that), 1 ([out, in, window…]) or 2 ([out, window…, in])."""
    axes = tuple(range(w.ndim))
    if order == 0:
        return w
    return w.transpose((*axes[2:], 1, 0) if order == 1 else (*axes[1:], 0))


def placed(windows: Windows, window: tuple[int, ...], sizes: tuple[int, ...]) -> Placed:
    """The windows over axes of `sizes`; a kernel size that a file leaves at 0 is that of the weights' `window`."""
    chosen = tuple(size if size > 0 else own for size, own in zip(windows.kernel, window, strict=True))
    if chosen != window:
        raise InvalidArgument(f"a convolution got a kernel of {chosen}; its weights have {window}")
    return replace(windows, kernel=chosen).placed(sizes)


def check_channels(got: int, expected: int) -> None:
    """Raise InvalidArgument unless input and weights agree."""
    if got != expected:
        raise InvalidArgument(f"a convolution got {got} input channels; its weights expect {expected}")


def _convolve(xp: Any, x: Any, w: Any, *bias: Any, windows: Windows, last: bool = False, weights: int = 0) -> Any:
    """Cross-correlation of x with w, plus a bias for each output channel.

    Raises InvalidArgument for channels or sizes that do not fit.
    """
    w = weights_last(w, weights)
    n = w.ndim - 2
    start = 1 if last else 2
    check_channels(x.shape[-1 if last else 1], w.shape[-2])
    place = placed(windows, w.shape[:n], x.shape[start : start + n])
    matrix = w.reshape(-1, w.shape[-1])
    check_size((prod(place.count), matrix.shape[0]), x.itemsize, x.nbytes * prod(w.shape[:n]))
    x = place.padded(xp, x, start)
    slices = max(1, SLICE_BYTES // (prod(place.count) * matrix.shape[0] * x.dtype.itemsize))
    multiply = _channels_last if last else _channels_first
    parts = [multiply(xp, place, x[i : i + slices], matrix) for i in range(0, max(1, x.shape[0]), slices)]
    out = parts[0] if len(parts) == 1 else xp.concatenate(parts)
    out = out.reshape(x.shape[0], *((*place.count, w.shape[-1]) if last else (w.shape[-1], *place.count)))
    if bias:
        out += bias[0] if last else bias[0].reshape((-1,) + (1,) * n)
    return out


def _channels_first(xp: Any, place: Placed, x: Any, matrix: Any) -> Any:
    """[b, out, positions] of x [b, in, …] and a matrix [window · in, out]."""
    n = len(place.count)
    order = (0, *range(2 + n, 2 + 2 * n), 1, *range(2, 2 + n))
    laid = place.view(xp, x, 2).transpose(order).reshape(x.shape[0], matrix.shape[0], prod(place.count))
    return xp.matmul(matrix.T, laid)


def _channels_last(xp: Any, place: Placed, x: Any, matrix: Any) -> Any:
    """[b · positions, out] of x [b, …, in] and a matrix [window · in, out]."""
    n = len(place.count)
    order = (*range(1 + n), *range(2 + n, 2 + 2 * n), 1 + n)
    laid = place.view(xp, x, 1).transpose(order).reshape(x.shape[0] * prod(place.count), matrix.shape[0])
    return xp.matmul(laid, matrix)


convolve = in_float32(_convolve)

for _name, _spatial, _modes in (("conv1d", 1, 2), ("conv2d", 2, 1), ("conv3dnew", 3, 1)):
    kernel(_name, read=read_windows(_spatial, modes=_modes), rows=first)(convolve)


_POINT = Windows((1, 1), (1, 1), (0, 0), (1, 1))


def _read_pointwise(args: OpArgs) -> Options:
    layout, weights = (*args.ints, 0, 0)[:2]
    return {"windows": _POINT, "last": bool(layout), "weights": weights}


kernel("pointwise_conv2d", read=_read_pointwise, rows=first)(convolve)


@kernel("depthwise_conv2d", read=read_windows(2, modes=1), rows=first)
@in_float32
def depthwise(xp: Any, x: Any, w: Any, *bias: Any, windows: Windows, last: bool = False, weights: int = 0) -> Any:
    """Each input channel c with its own m windows of w [kH, kW, c, m]; output channel c · m + i.

    w may also be [m, c, kH, kW] (weights 1) or [m, kH, kW, c] (weights 2).
    """
    w = weights_last(w, weights)
    check_channels(x.shape[-1 if last else 1], w.shape[2])
    place = placed(windows, w.shape[:2], x.shape[1:3] if last else x.shape[2:])
    x = place.padded(xp, x, 1 if last else 2)
    out = _summed_last(xp, place, x, w) if last else _summed_first(xp, place, x, w)
    if bias:
        out += bias[0] if last else bias[0].reshape(-1, 1, 1)
    return out


def _summed_last(xp: Any, place: Placed, x: Any, w: Any) -> Any:
    out = xp.zeros((x.shape[0], *place.count, *w.shape[2:]), x.dtype)
    for (i, j), part in place.taps(x, 1):
        out += part[..., None] * w[i, j]
    return out.reshape(*out.shape[:3], -1)


def _summed_first(xp: Any, place: Placed, x: Any, w: Any) -> Any:
    out = xp.zeros((x.shape[0], *w.shape[2:], *place.count), x.dtype)
    for (i, j), part in place.taps(x, 2):
        out += part[:, :, None] * w[i, j, :, :, None, None]
    return out.reshape(x.shape[0], -1, *place.count)


@kernel("sconv2d", read=read_windows(2, modes=1), rows=first)
def separable(xp: Any, x: Any, w: Any, *more: Any, windows: Windows, last: bool = False, weights: int = 0) -> Any:
    """A depthwise convolution, then a pointwise one when a third input of rank 4 holds its weights; then the bias."""
    if not more or more[0].ndim != 4:
        return depthwise(xp, x, w, *more, windows=windows, last=last, weights=weights)
    deep = depthwise(xp, x, w, windows=windows, last=last, weights=weights)
    return convolve(xp, deep, *more, windows=_POINT, last=last, weights=weights)
