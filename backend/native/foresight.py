"""How large an answer may get, told from the shapes of the inputs, before it is computed.

Kernels hold what their arguments ask for to a bound of their own (kernels/bounds.py). What remains is what arrays make
of each other: two long vectors make a matrix that no memory holds. At load, nothing of that size is even tried.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ...kernels.registry import Options
from ...kernels.rows import Dims, elementwise
from ...kernels.rules import matmuls
from .call import Call

BROADCASTS = frozenset({"Where", "where_np", "select"})
"""Ops that broadcast their operands, and whose rule for the batch axis is another than `elementwise`."""


def foreseen(call: Call, inputs: Sequence[Any]) -> int:
    """Bytes that the answer takes at most, as far as shapes tell; 0 where kernels see to it themselves."""
    shapes = [np.shape(value) for value in inputs]
    widest = max((value.dtype.itemsize for value in inputs if hasattr(value, "dtype")), default=0)
    return _entries(call, shapes, inputs) * max(widest, 8)


def _entries(call: Call, shapes: Sequence[Dims], inputs: Sequence[Any]) -> int:
    if len(shapes) < 2:
        return 0
    if call.kernel.rows is elementwise or call.kernel.name in BROADCASTS:
        return prod(_together(shapes))
    if call.kernel.rows is matmuls:
        return _product(shapes[0], shapes[1], call.options)
    if call.kernel.name in ("gather", "embedding_lookup"):
        axis = int(inputs[2].reshape(-1)[0]) if len(shapes) > 2 and inputs[2].size else call.options.get("axis", 0)
        return prod(shapes[0]) // max(1, *shapes[0][axis : axis + 1 or None]) * prod(shapes[1])
    return 0


def _together(shapes: Sequence[Dims]) -> Dims:
    """The shape that these broadcast to."""
    rank = max(map(len, shapes))
    return tuple(max(shape[i] for shape in shapes if len(shape) >= -i) for i in range(-rank, 0))


def _product(x: Dims, y: Dims, options: Options) -> int:
    if min(len(x), len(y)) < 2:
        return max(prod(x), prod(y))
    rows = x[-1] if options.get("transpose_x") else x[-2]
    columns = y[-2] if options.get("transpose_y") else y[-1]
    return prod(_together([x[:-2], y[:-2]])) * rows * columns
