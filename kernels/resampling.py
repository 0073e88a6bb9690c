"""Resampling of an axis: each new entry is a weighted sum of a few old ones.

Sources: TensorFlow's resize ops, which DL4J follows, with the places where the two differ marked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, pi
from typing import Any

from .bounds import check_steps

STEPS = 1024
"""Cubic weights come from a table of so many steps between two entries."""

Curve = Callable[[Any, Any], Any]
"""`(xp, distance)` to weights, distance from 0 on."""


@dataclass(frozen=True, slots=True)
class Taps:
    """index, weight: [count, taps], the old entries that make each of `count` new ones, and how much of each."""

    index: Any
    weight: Any

    def apply(self, xp: Any, x: Any, axis: int) -> Any:
        """x [.., n, ..] with `count` entries along `axis`."""
        taps, shape = self.index.shape[1], [1] * x.ndim
        shape[axis] = self.index.shape[0]
        check_steps(taps, x.size // max(x.shape[axis], 1) * shape[axis], x.size)
        parts = (xp.take(x, self.index[:, i], axis) * self.weight[:, i].reshape(shape) for i in range(taps))
        out = next(parts)
        for part in parts:
            out = out + part
        return out


@dataclass(frozen=True, slots=True)
class Grid:
    """`size` old entries and `count` new ones. align: their first and last centres meet. half: centres lie at .5."""

    size: int
    count: int
    align: bool = False
    half: bool = False

    @property
    def scale(self) -> float:
        """Old entries per new one."""
        if self.align and self.count > 1:
            return (self.size - 1) / (self.count - 1)
        return self.size / max(self.count, 1)

    def places(self, xp: Any, *, corner: bool = False) -> Any:
        """Where each new entry lies among the old ones, in float32; `corner`: from the edge of the first, if half."""
        new = xp.arange(self.count).astype("float32")
        scale = xp.asarray(self.scale, "float32")
        if not self.half:
            return new * scale
        return (new + 0.5) * scale - (0 if corner else 0.5)


def nearest(xp: Any, grid: Grid) -> Any:
    """The old entry for each new one: [count]."""
    places = grid.places(xp, corner=True)
    return _held(xp, xp.floor(places + 0.5) if grid.align else xp.floor(places), grid)


def linear(xp: Any, grid: Grid) -> Taps:
    """Two neighbours, by distance."""
    places = grid.places(xp)
    low = xp.floor(places)
    index = xp.stack([low, low + 1], 1)
    return Taps(_held(xp, index, grid), xp.stack([1 - (places - low), places - low], 1))


def cubic(xp: Any, grid: Grid) -> Taps:
    """Four neighbours by a cubic: with a = -0.5 and none outside when `half`, else a = -0.75 and the edge repeated."""
    places = grid.places(xp)
    low = xp.floor(places)
    part = xp.rint((places - low) * STEPS) / STEPS
    index = low[:, None] + xp.arange(-1, 3)
    distance = xp.stack([part + 1, part, 1 - part, 2 - part], 1)
    if not grid.half:
        return Taps(_held(xp, index, grid), _cubic(xp, distance, -0.75))
    return _within(xp, index, _cubic(xp, distance, -0.5), grid)


def area(xp: Any, grid: Grid) -> Taps:
    """All old entries under the new one, by the length that it covers of them."""
    low = xp.arange(grid.count)[:, None] * grid.scale
    index = xp.floor(low) + xp.arange(ceil(grid.scale) + 1)
    covered = xp.minimum(index + 1, low + grid.scale) - xp.maximum(index, low)
    return Taps(_held(xp, index, grid), (xp.maximum(covered, 0) / max(grid.scale, 1e-30)).astype("float32"))


def curved(xp: Any, grid: Grid, curve: Curve, radius: float, smooth: bool) -> Taps:
    """All old entries within `radius` by a curve, which `smooth` widens where new entries lie farther apart."""
    wide = max(grid.scale, 1.0) if smooth else 1.0
    centres = (xp.arange(grid.count) + 0.5) * grid.scale
    low = xp.ceil(centres - radius * wide - 0.5)
    index = low[:, None] + xp.arange(2 * ceil(radius * wide) + 1)
    distance = xp.abs(index + 0.5 - centres[:, None]) / wide
    weight = xp.where(distance <= radius, curve(xp, distance), 0)
    return _within(xp, index, weight.astype("float32"), grid)


def _within(xp: Any, index: Any, weight: Any, grid: Grid) -> Taps:
    """Taps without those outside, whose weights go to the others."""
    weight = xp.where((index >= 0) & (index < grid.size), weight, 0)
    total = weight.sum(1, keepdims=True)
    return Taps(_held(xp, index, grid), (weight / xp.where(total == 0, 1, total)).astype("float32"))


def _held(xp: Any, index: Any, grid: Grid) -> Any:
    return xp.clip(index, 0, grid.size - 1).astype("int64")


def _cubic(xp: Any, x: Any, a: float) -> Any:
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    return xp.where(x <= 1, near, ((a * x - 5 * a) * x + 8 * a) * x - 4 * a)


def _lanczos(radius: int) -> Curve:
    def curve(xp: Any, x: Any) -> Any:
        away = xp.where(x <= 1e-3, 1, x) * pi
        return xp.where(x <= 1e-3, 1, radius * xp.sin(away) * xp.sin(away / radius) / (away * away))

    return curve


def _mitchell(xp: Any, x: Any) -> Any:
    far = (((-7 / 18) * x + 2) * x - 10 / 3) * x + 16 / 9
    return xp.where(x >= 1, far, ((7 / 6) * x - 2) * x * x + 8 / 9)


CURVES: dict[str, tuple[Curve, float]] = {
    "linear": (lambda xp, x: xp.maximum(1 - x, 0), 1),
    "cubic": (lambda xp, x: _cubic(xp, x, -0.5), 2),
    "gaussian": (lambda xp, x: xp.exp(-2 * x * x), 1.5),
    "lanczos3": (_lanczos(3), 3),
    "lanczos5": (_lanczos(5), 5),
    "mitchell": (_mitchell, 2),
}
"""By name, each with the radius within which it counts."""
