"""Sliding windows over spatial axes: the geometry that convolution and pooling share.

Axes: a batch axis, a channel axis, and one to three spatial axes between them or at the end (the layout).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from ..spec.errors import InvalidArgument
from .bounds import check_size, check_steps

VALID, SAME, CAUSAL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Windows:
    """How a window moves, one number for each spatial axis. mode: VALID with margins `pad`, SAME or CAUSAL."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    pad: tuple[int, ...]
    dilation: tuple[int, ...]
    mode: int = VALID

    def placed(self, sizes: tuple[int, ...]) -> "Placed":
        """The windows over axes of these sizes. Raises InvalidArgument when not even one fits."""
        numbers = zip(sizes, self.kernel, self.stride, self.pad, self.dilation, strict=True)
        axes = [self._axis(*each) for each in numbers]
        if any(count < 1 for count, _, _ in axes):
            raise InvalidArgument(f"a window of {self.kernel} (dilation {self.dilation}) does not fit into {sizes}")
        return Placed(self, sizes, *zip(*axes, strict=True))

    def _axis(self, size: int, kernel: int, stride: int, pad: int, dilation: int) -> tuple[int, int, int]:
        """Windows, margin before and margin after along one axis."""
        if min(kernel, stride, dilation) < 1 or pad < 0 or self.mode not in (VALID, SAME, CAUSAL):
            raise InvalidArgument(
                f"a window got kernel {kernel}, stride {stride}, padding {pad}, dilation {dilation}, mode {self.mode}"
            )
        reach = (kernel - 1) * dilation + 1
        if self.mode == VALID:
            return (size + 2 * pad - reach) // stride + 1, pad, pad
        count = -(-size // stride)
        before = reach - 1 if self.mode == CAUSAL else max((count - 1) * stride + reach - size, 0) // 2
        return count, before, max((count - 1) * stride + reach - size - before, 0)


@dataclass(frozen=True, slots=True)
class Placed:
    """Windows over axes of known sizes: how many there are, and the margins before and after."""

    windows: Windows
    sizes: tuple[int, ...]
    count: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    def padded(self, xp: Any, x: Any, first: int, fill: Any = 0) -> Any:
        """x with the margins on its spatial axes, which start at `first`."""
        if not any(self.before) and not any(self.after):
            return x
        margins = [(0, 0)] * x.ndim
        margins[first : first + len(self.sizes)] = zip(self.before, self.after, strict=True)
        check_size([size + sum(margin) for size, margin in zip(x.shape, margins, strict=True)], x.itemsize, x.nbytes)
        return xp.pad(x, margins, constant_values=fill)

    def view(self, xp: Any, x: Any, first: int) -> Any:
        """The windows of a padded x without a copy: spatial axes become positions, and the window's own axes come
        last.
        """
        n = len(self.sizes)
        spatial = x.strides[first : first + n]
        moves = [stride * step for stride, step in zip(spatial, self.windows.stride, strict=True)]
        taps = [stride * step for stride, step in zip(spatial, self.windows.dilation, strict=True)]
        shape = (*x.shape[:first], *self.count, *x.shape[first + n :], *self.windows.kernel)
        strides = (*x.strides[:first], *moves, *x.strides[first + n :], *taps)
        return xp.lib.stride_tricks.as_strided(x, shape, strides)

    def taps(self, x: Any, first: int) -> Iterator[tuple[tuple[int, ...], Any]]:
        """For each place in the window, its position and the entries of a padded x that lie there."""
        given, n = prod(x.shape), len(self.sizes)
        check_steps(
            prod(self.windows.kernel), given // max(prod(x.shape[first : first + n]), 1) * prod(self.count), given
        )
        for tap in product(*map(range, self.windows.kernel)):
            yield tap, x[(*[slice(None)] * first, *self._slices(tap))]

    def _slices(self, tap: tuple[int, ...]) -> list[slice]:
        starts = [place * step for place, step in zip(tap, self.windows.dilation, strict=True)]
        return [
            slice(start, start + (count - 1) * step + 1, step)
            for start, count, step in zip(starts, self.count, self.windows.stride, strict=True)
        ]

    def valid(self, xp: Any) -> list[Any]:
        """For each axis and window, how many of its places lie inside the unpadded array."""
        w = self.windows
        axes = zip(self.sizes, self.count, self.before, w.kernel, w.stride, w.dilation, strict=True)
        return [_inside(xp.arange(count) * s - before, size, k, d) for size, count, before, k, s, d in axes]


def _inside(starts: Any, size: int, kernel: int, dilation: int) -> Any:
    """How many of `kernel` places, `dilation` apart from each start on, lie in 0 … size - 1."""
    first = (-(starts // dilation)).clip(0, kernel)
    end = ((size - 1 - starts) // dilation + 1).clip(0, kernel)
    return (end - first).clip(0)


def written(ints: tuple[int, ...], spatial: int, mode: int) -> Windows:
    """The windows at the head of a node's integers: kernel, stride, padding, dilation, `spatial` numbers each."""
    kernel, stride, pad, dilation = (ints[i * spatial : (i + 1) * spatial] for i in range(4))
    return Windows(kernel, stride, pad, dilation, mode)
