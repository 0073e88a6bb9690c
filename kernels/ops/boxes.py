"""Boxes [y1, x1, y2, x2] on images: cut out and resized, drawn, and thinned out by overlap."""

from collections.abc import Callable
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list
from ..bounds import check_index, check_size, check_steps
from ..precision import FLOAT32, cast_like
from ..registry import Options, kernel
from ..rows import WHOLE, Mixes, RowCall, Rows, State
from ..rules import aligned


def _read_crop(args: OpArgs) -> Options:
    method = {"method": args.ints[0]} if args.ints else {}
    return {**method, **({"outside": args.floats[0]} if args.floats else {})}


def _crop_rows(call: RowCall) -> list[State]:
    image, boxes, numbers = call.states[:3]
    if image is not WHOLE or boxes != numbers or not isinstance(boxes, Rows) or boxes.axis:
        raise Mixes("its boxes count images across the batch")
    return call.all(boxes)


@kernel("crop_and_resize", read=_read_crop, rows=_crop_rows, host=(3,))
def crop_and_resize(
    xp: Any, x: Any, boxes: Any, numbers: Any, size: Any, *, method: int = 0, outside: float = 0.0
) -> Any:
    """[n, h, w, c] in float32: for each box, in parts of its image's extent, image `numbers[i]` of x under it, resized.

    Bilinear (0) or nearest (1), corners on corners; pixels beyond the image are `outside`. A box may be turned round.
    Raises InvalidArgument for other shapes, methods or numbers of no image.
    """
    crop = axis_list(size)
    if x.ndim != 4 or boxes.shape[1:] != (4,) or numbers.shape != boxes.shape[:1] or len(crop) != 2 or min(crop) < 1:
        raise InvalidArgument(f"crop_and_resize got images {x.shape}, boxes {boxes.shape}, size {list(crop)}")
    if method not in (0, 1):
        raise InvalidArgument(f"crop_and_resize got method {method}; expected 0 (bilinear) or 1 (nearest)")
    check_index(numbers, x.shape[0], "crop_and_resize")
    check_size((*boxes.shape[:1], *crop, x.shape[3]), 4, boxes.nbytes)
    rows, columns = (_places(xp, boxes, i, x.shape[i + 1], crop[i]) for i in (0, 1))
    inside = _inside(rows, x.shape[1])[:, :, None] & _inside(columns, x.shape[2])[:, None, :]
    sample = _nearest_of if method else _linear_of
    found = sample(xp, x, numbers, rows[:, :, None], columns[:, None, :])
    return xp.where(inside[..., None], found, outside).astype(FLOAT32)


def _places(xp: Any, boxes: Any, i: int, size: int, count: int) -> Any:
    """Where the new pixels lie along one axis of the image: [boxes, count]."""
    low, high = boxes[:, i, None], boxes[:, i + 2, None]
    if count == 1:
        return (low + high) / 2 * (size - 1)
    return low * (size - 1) + xp.arange(count).astype(boxes.dtype) * ((high - low) * (size - 1) / (count - 1))


def _inside(places: Any, size: int) -> Any:
    return (places >= 0) & (places <= size - 1)


def _pixels(xp: Any, x: Any, numbers: Any, rows: Any, columns: Any) -> Any:
    held = (xp.clip(rows, 0, x.shape[1] - 1).astype("int64"), xp.clip(columns, 0, x.shape[2] - 1).astype("int64"))
    return x[(numbers[:, None, None], *held)].astype(FLOAT32)


def _nearest_of(xp: Any, x: Any, numbers: Any, rows: Any, columns: Any) -> Any:
    return _pixels(xp, x, numbers, xp.floor(rows + 0.5), xp.floor(columns + 0.5))


def _linear_of(xp: Any, x: Any, numbers: Any, rows: Any, columns: Any) -> Any:
    top, left = xp.floor(rows), xp.floor(columns)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    lines = [
        _pixels(xp, x, numbers, line, left) * (1 - right) + _pixels(xp, x, numbers, line, left + 1) * right
        for line in (top, top + 1)
    ]
    return lines[0] * (1 - down) + lines[1] * down


def _drawn_rows(call: RowCall) -> list[State]:
    return list(aligned(call, {0: 0, 1: 0}, [0]))


@kernel("draw_bounding_boxes", rows=_drawn_rows)
def draw_bounding_boxes(xp: Any, x: Any, boxes: Any, colours: Any) -> Any:
    """Images with the borders of boxes [b, n, 4], one pixel wide, in colours [m, c], which go round.

    Raises InvalidArgument for other shapes.
    """
    if x.ndim != 4 or boxes.ndim != 3 or boxes.shape[::2] != (x.shape[0], 4) or colours.shape[1:] != x.shape[3:]:
        raise InvalidArgument(f"draw_bounding_boxes got images {x.shape}, boxes {boxes.shape}, colours {colours.shape}")
    check_steps(boxes.shape[1], x.size, x.size)
    places = [xp.arange(size) for size in x.shape[1:3]]
    for i in range(boxes.shape[1] if colours.shape[0] else 0):
        (rows, top), (columns, side) = (
            _span(xp, boxes[:, i], axis, places[axis], x.shape[axis + 1]) for axis in (0, 1)
        )
        border = (rows[:, :, None] & side[:, None, :]) | (top[:, :, None] & columns[:, None, :])
        x = xp.where(border[..., None], cast_like(colours[i % colours.shape[0]], x), x)
    return x


def _span(xp: Any, boxes: Any, axis: int, places: Any, size: int) -> tuple[Any, Any]:
    """For one box of each image, which places along an axis lie on it, and which on its border: [b, size] each."""
    low, high = (xp.trunc(boxes[:, i, None] * (size - 1)) for i in (axis, axis + 2))
    return (places >= low) & (places <= high), ((places == low) | (places == high)) & (low <= high)


def _read_limits(args: OpArgs) -> Options:
    most = {"most": args.ints[0]} if args.ints else {}
    return {**most, **dict(zip(("overlap", "least"), args.floats, strict=False))}


_LOWEST = float("-inf")
Overlaps = Callable[[int], Any]
"""By number of a box, its overlap with each box."""


def _thinned(overlaps: Overlaps, scores: Any, most: int, overlap: float, least: float) -> list[int]:
    """Boxes by score, the best first, without those that overlap one before them by more than `overlap`."""
    kept, free = list[int](), scores > least
    check_steps(min(most, scores.size), scores.size, scores.size)
    for number in (-scores).argsort(kind="stable").tolist():
        if len(kept) >= most:
            break
        if free[number]:
            kept.append(number)
            free = free & ~(overlaps(number) > overlap)
    return kept


def _shared(boxes: Any) -> Overlaps:
    """The area that two boxes share, by the area that they cover together. Their corners may come either way."""
    low, high = boxes.reshape(-1, 2, 2).min(1), boxes.reshape(-1, 2, 2).max(1)
    areas = (high - low).prod(1)

    def overlaps(number: int) -> Any:
        top, bottom = low.clip(low[number], None), high.clip(None, high[number])
        both = (bottom - top).clip(0, None).prod(1)
        return both / (areas + areas[number] - both).clip(1e-30, None)

    return overlaps


def _checked(what: str, boxes: Any, scores: Any, hosts: tuple[Any, ...], limits: tuple[Any, ...]) -> tuple[Any, ...]:
    """most, overlap, least: inputs win over what is written. Raises InvalidArgument for shapes that do not fit."""
    if boxes.shape not in ((*scores.shape, 4), scores.shape * 2) or scores.ndim != 1:
        raise InvalidArgument(f"{what} got boxes of shape {boxes.shape} and scores of shape {scores.shape}")
    found = (*(host.reshape(-1)[0].item() for host in hosts), *limits[len(hosts) :])
    return max(int(found[0]), 0), *found[1:]


_HOSTS = (0, 1, 2, 3, 4)


@kernel("non_max_suppression_v3", read=_read_limits, host=_HOSTS)
def non_max_suppression_v3(
    xp: Any, boxes: Any, scores: Any, *hosts: Any, most: int = 0, overlap: float = 0.5, least: float = _LOWEST
) -> Any:
    """The numbers (int32) of at most `most` boxes [n, 4] with scores above `least`, the best first, none of which
    overlaps a better one by more than `overlap`.
    """
    limits = _checked("non_max_suppression", boxes, scores, hosts, (most, overlap, least))
    return xp.asarray(_thinned(_shared(boxes.astype(FLOAT32)), scores, *limits), "int32")


@kernel("non_max_suppression", read=_read_limits, host=_HOSTS)
def non_max_suppression(
    xp: Any, boxes: Any, scores: Any, *hosts: Any, most: int = 0, overlap: float = 0.5, least: float = _LOWEST
) -> Any:
    """As version 3, filled up with zeros to `most`, or the number of boxes with scores above `least`, as M2.1 does."""
    limits = _checked("non_max_suppression", boxes, scores, hosts, (most, overlap, least))
    kept = _thinned(_shared(boxes.astype(FLOAT32)), scores, *limits)
    count = min(limits[0], int((scores > limits[2]).sum()))
    return xp.asarray([*kept, *[0] * (count - len(kept))], "int32")


@kernel("non_max_suppression_overlaps", read=_read_limits, host=_HOSTS)
def non_max_suppression_overlaps(
    xp: Any, overlaps: Any, scores: Any, *hosts: Any, most: int = 0, overlap: float = 0.5, least: float = _LOWEST
) -> Any:
    """As version 3, with the overlaps of all boxes given: [n, n]."""
    limits = _checked("non_max_suppression_overlaps", overlaps, scores, hosts, (most, overlap, least))
    return xp.asarray(_thinned(overlaps.__getitem__, scores, *limits), "int32")
