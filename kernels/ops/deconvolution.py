"""Transposed convolution."""

from collections.abc import Sequence
from typing import Any

from ...spec.errors import InvalidArgument
from ..arguments import axis_list
from ..bounds import check_size
from ..precision import in_float32
from ..registry import kernel
from ..rows import EXTENT, WHOLE, Mixes, RowCall, Rows, State
from ..rules import first
from ..shapes import check_shape
from ..windows import SAME, Placed, Windows
from .convolution import check_channels, placed, read_windows, weights_last


def _full(n: int, kernel: int, stride: int, dilation: int) -> int:
    return stride * (n - 1) + (kernel - 1) * dilation + 1


def _deconvolve(xp: Any, x: Any, w: Any, *bias: Any, windows: Windows, last: bool = False, weights: int = 0) -> Any:
    """Each entry of x spread by w [window…, out, in] ([in, out, window…], [in, window…, out]), overlaps added.

    VALID cuts the padding off both ends, SAME to stride times the input's size, what is odd from the end.
    Raises InvalidArgument for channels that do not fit, and when nothing is left.
    """
    w, x = weights_last(w, weights), xp.moveaxis(x, -1, 1) if last else x
    check_channels(x.shape[1], w.shape[-1])
    window, stride, dilation = w.shape[:-2], windows.stride, windows.dilation
    sizes = tuple([_full(*each) for each in zip(x.shape[2:], window, stride, dilation, strict=True)])
    place = Windows(window, stride, (0,) * len(window), dilation).placed(sizes)
    out = _spread(xp, x, w, place, sizes)
    for axis, (size, n, step, margin) in enumerate(zip(sizes, x.shape[2:], stride, windows.pad, strict=True), 2):
        kept = step * n if windows.mode == SAME else size - 2 * margin
        out = _cut(xp, out, axis, max(size - kept, 0) // 2, kept)
    if bias:
        out = out + bias[0].reshape(-1, *[1] * len(window))
    return xp.moveaxis(out, 1, -1) if last else out


deconvolve = in_float32(_deconvolve)

for _name, _spatial in (("deconv2d", 2), ("deconv3d", 3)):
    kernel(_name, read=read_windows(_spatial, modes=1), rows=first)(deconvolve)


def _spread(xp: Any, x: Any, w: Any, place: Placed, sizes: tuple[int, ...]) -> Any:
    """Σ over the window of x · w [window…, out, in], each product at its place in an output of `sizes`."""
    check_size((x.shape[0], w.shape[-2], *sizes), x.itemsize, x.nbytes * w.shape[-2])
    out = xp.zeros((x.shape[0], w.shape[-2], *sizes), x.dtype)
    flat = x.reshape(*x.shape[:2], -1)
    for tap, part in place.taps(out, 2):
        part += xp.matmul(w[tap], flat).reshape(part.shape)
    return out


def _backward_rows(call: RowCall) -> Sequence[State]:
    """The rows of the gradient, where the shape follows the batch."""
    shape, w, gradient = call.states
    if shape is not EXTENT or w is not WHOLE or not isinstance(gradient, Rows) or gradient.axis != 0:
        raise Mixes("its output has a fixed shape")
    return call.all(gradient)


@kernel("deconv2d_tf", read=read_windows(2, modes=1), rows=_backward_rows, host=(0,))
def convolution_backward(xp: Any, shape: Any, w: Any, gradient: Any, **options: Any) -> Any:
    """The array of this shape whose convolution with w would have had the `gradient`: TensorFlow's transposed form.

    w as for conv2d: [kH, kW, in, out] ([out, in, kH, kW], [out, kH, kW, in]), out being the gradient's channels.
    Raises InvalidArgument for shapes that do not fit.
    """
    return _backward(xp, gradient, w, shape=axis_list(shape), **options)


@in_float32
def _backward(xp: Any, x: Any, w: Any, *, shape: tuple[int, ...], windows: Windows, last: bool, weights: int) -> Any:
    w, x = weights_last(w, weights), xp.moveaxis(x, -1, 1) if last else x
    check_channels(x.shape[1], w.shape[-1])
    channels, *sizes = (*shape[-1:], *shape[1:-1]) if last else shape[1:]
    place = placed(windows, w.shape[:2], tuple(sizes))
    check_shape("the gradient of deconv2d_tf", x, (*shape[:1], w.shape[-1], *place.count))
    check_channels(channels, w.shape[-2])
    margins = zip(sizes, place.before, place.after, strict=True)
    out = _spread(xp, x, w, place, tuple([before + size + after for size, before, after in margins]))
    kept = [slice(before, before + size) for size, before in zip(sizes, place.before, strict=True)]
    out = out[:, :, *kept]
    return xp.moveaxis(out, 1, -1) if last else out


def _cut(xp: Any, x: Any, axis: int, start: int, count: int) -> Any:
    """`count` entries along an axis from `start` on, zeros where x has no more."""
    lead = (slice(None),) * axis
    if count < 1:
        raise InvalidArgument(f"a transposed convolution cuts all {x.shape[axis]} entries of axis {axis} off")
    missing = start + count - x.shape[axis]
    if missing > 0:
        check_size((*x.shape[:axis], count, *x.shape[axis + 1 :]), x.itemsize, x.nbytes)
        x = xp.pad(x, [(0, missing if i == axis else 0) for i in range(x.ndim)])
    return x[(*lead, slice(start, start + count))]
