"""Boxes on images, against loops over pixels and boxes."""

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .row import args, floats, row

X = floats(2, 4, 5, 3)
BOXES = np.array([[0, 0, 1, 1], [0.2, 0.7, 0.9, 0.1], [-0.5, 0, 0.5, 1.5]], "float32")
NUMBERS = np.array([1, 0, 1], "int32")


def cropped(size: tuple[int, int], outside: float, nearest: bool) -> Array:
    """Every pixel of every box by itself."""
    out = np.full((len(BOXES), *size, 3), outside, "float32")
    for n, (y1, x1, y2, x2) in enumerate(BOXES):
        for i in range(size[0]):
            for j in range(size[1]):
                y = (y1 + (y2 - y1) * i / (size[0] - 1) if size[0] > 1 else (y1 + y2) / 2) * 3
                x = (x1 + (x2 - x1) * j / (size[1] - 1) if size[1] > 1 else (x1 + x2) / 2) * 4
                if 0 <= y <= 3 and 0 <= x <= 4:
                    out[n, i, j] = _pixel(X[NUMBERS[n]], y, x, nearest)
    return out


def _pixel(image: Array, y: float, x: float, nearest: bool) -> Array:
    if nearest:
        return image[int(y + 0.5), int(x + 0.5)]
    i, j = int(y), int(x)
    k, m = min(i + 1, 3), min(j + 1, 4)
    top = image[i, j] * (1 - (x - j)) + image[i, m] * (x - j)
    return top * (1 - (y - i)) + (image[k, j] * (1 - (x - j)) + image[k, m] * (x - j)) * (y - i)


DRAWN = np.zeros((2, 5, 7, 1), "float32")
FRAMES = np.array([[[0.25, 0, 0.75, 0.5], [-1, -1, 2, 0.5]], [[0, 0, 1, 1], [0.5, 0.5, 0.4, 0.6]]], "float32")
COLOURS = np.array([[1.0], [2.0]], "float32")
FRAMED = DRAWN.copy()
FRAMED[0, [1, 3], :4, 0] = 1
FRAMED[0, 1:4, 0, 0] = 1
FRAMED[0, :, 3, 0] = 2
FRAMED[1, [0, 4], :, 0] = 1
FRAMED[1, :, [0, 6], 0] = 1

ONE_FRAME = np.where(FRAMED == 2, np.array([0, 1, 1, 1, 0], "float32").reshape(5, 1, 1), FRAMED)

TWO = np.array([[0, 0, 1, 1], [0, 0, 1, 0.9], [3, 3, 2, 2], [0, 0, 0.4, 1]], "float32")
SCORES = np.array([0.7, 0.9, 0.2, 0.8], "float32")
OVERLAPS = np.array([[1, 0.9, 0, 0.4], [0.9, 1, 0, 0.38], [0, 0, 1, 0], [0.4, 0.38, 0, 1]], "float32")
ALIKE = np.zeros(4, "float32")

ROWS = [
    *(
        row("crop_and_resize", (X, BOXES, NUMBERS, size), cropped(size, 0.5, bool(method)), args(method, t=(0.5,)))
        for method in (0, 1)
        for size in ((3, 4), (2, 2), (1, 5), (7, 1))
    ),
    row("crop_and_resize", (X, BOXES, [1, 0, 2], [2, 2]), InvalidArgument),
    row("crop_and_resize", (X, BOXES, NUMBERS, [0, 2]), InvalidArgument),
    row("crop_and_resize", (X, BOXES, NUMBERS, [2, 2]), InvalidArgument, args(2)),
    row("crop_and_resize", (X, BOXES, NUMBERS, [2**20, 2**20]), InvalidArgument),
    row("draw_bounding_boxes", (DRAWN, FRAMES, COLOURS), FRAMED),
    row("draw_bounding_boxes", (DRAWN, FRAMES[:, :1], COLOURS[:1]), ONE_FRAME),
    row("draw_bounding_boxes", (DRAWN, FRAMES[:, :0], COLOURS), DRAWN),
    row("draw_bounding_boxes", (DRAWN, FRAMES[:1], COLOURS), InvalidArgument),
    row("non_max_suppression_v3", (TWO, SCORES), [1, 3, 2], args(4, t=(0.5, 0.0))),
    row("non_max_suppression_v3", (TWO, SCORES), [1, 3], args(4, t=(0.5, 0.2))),
    row("non_max_suppression_v3", (TWO, SCORES, 4, 0.95), [1, 3, 0, 2]),
    row("non_max_suppression_v3", (TWO, SCORES, 4, 0.3, 0.1), [1, 2]),
    row("non_max_suppression_v3", (TWO, ALIKE), [0, 2, 3], args(3)),
    row("non_max_suppression_v3", (TWO[:0], SCORES[:0]), np.zeros(0, "int32"), args(3)),
    row("non_max_suppression_v3", (TWO, SCORES[:2]), InvalidArgument, args(3)),
    row("non_max_suppression", (TWO, SCORES), [1, 3, 2, 0], args(4, t=(0.5, 0.0))),
    row("non_max_suppression", (TWO, SCORES), [1, 3], args(2, t=(0.5, 0.0))),
    row("non_max_suppression", (TWO, SCORES, 9, 0.5, 0.5), [1, 3, 0]),
    row("non_max_suppression", (TWO[:, :3], SCORES), InvalidArgument, args(4)),
    row("non_max_suppression_overlaps", (OVERLAPS, SCORES), [1, 3, 2], args(4)),
    row("non_max_suppression_overlaps", (OVERLAPS, SCORES), [1, 2], args(4, t=(0.3,))),
    row("non_max_suppression_overlaps", (OVERLAPS, SCORES, 2), [1, 3]),
    row("non_max_suppression_overlaps", (OVERLAPS[:2], SCORES), InvalidArgument, args(4)),
]
