"""Transposed convolution."""

from typing import Any

from ...spec.errors import InvalidArgument
from ..bounds import check_size
from ..precision import in_float32
from ..registry import kernel
from ..rules import first
from ..windows import SAME, Windows
from .convolution import check_channels, read_windows, weights_last


def _full(n: int, kernel: int, stride: int, dilation: int) -> int:
    return stride * (n - 1) + (kernel - 1) * dilation + 1


@kernel("deconv2d", read=read_windows(2, modes=1), rows=first)
@in_float32
def deconvolve(xp: Any, x: Any, w: Any, *bias: Any, windows: Windows, last: bool = False, weights: int = 0) -> Any:
    """Each entry of x spread by w [kH, kW, out, in] ([in, out, kH, kW], [in, kH, kW, out]), overlaps added.

    VALID cuts the padding off both ends, SAME to stride times the input's size, what is odd from the end.
    """
    w, x = weights_last(w, weights), x.transpose(0, 3, 1, 2) if last else x
    check_channels(x.shape[1], w.shape[3])
    stride, dilation = windows.stride, windows.dilation
    sizes = [_full(*each) for each in zip(x.shape[2:], w.shape[:2], stride, dilation, strict=True)]
    check_size((x.shape[0], w.shape[2], *sizes), x.itemsize, x.nbytes * w.shape[2])
    out = _spread(xp, x, w, Windows(w.shape[:2], stride, (0, 0), dilation), sizes)
    for axis, (size, n, step, margin) in enumerate(zip(sizes, x.shape[2:], stride, windows.pad, strict=True), 2):
        kept = step * n if windows.mode == SAME else size - 2 * margin
        out = _cut(xp, out, axis, max(size - kept, 0) // 2, kept)
    if bias:
        out = out + bias[0].reshape(-1, 1, 1)
    return out.transpose(0, 2, 3, 1) if last else out


def _spread(xp: Any, x: Any, w: Any, windows: Windows, sizes: list[int]) -> Any:
    """Σ over the window of x · w, each product at its place in an output of `sizes`."""
    out = xp.zeros((x.shape[0], w.shape[2], *sizes), x.dtype)
    flat = x.reshape(*x.shape[:2], -1)
    for (i, j), part in windows.placed(tuple(sizes)).taps(out, 2):
        part += xp.matmul(w[i, j], flat).reshape(part.shape)
    return out


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
