"""How large an answer gets, told from the shapes of the inputs, before it is computed.

Kernels hold what their arguments ask for to a bound of their own (kernels/bounds.py). What remains is what arrays make
of each other: two long vectors make a matrix that no memory holds, and a loop may double an array in each iteration.
Nothing of that size is tried at load, nor in a loop.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from ...kernels.bounds import MOST_BYTES
from ...kernels.registry import Options
from ...kernels.rows import Dims, elementwise
from ...kernels.rules import matmuls
from ...spec.errors import InvalidArgument
from .call import Call

Entries = Callable[[Sequence[Dims], Sequence[Any], Options], int]
"""`(shapes, inputs, options) -> entries of the answer`."""


def foreseen(call: Call, inputs: Sequence[Any]) -> int:
    """Bytes that the answer takes at most, as far as shapes tell; 0 where kernels see to it themselves."""
    entries = _rule(call)
    if entries is None or len(inputs) < 2:
        return 0
    widest = max((value.dtype.itemsize for value in inputs if hasattr(value, "dtype")), default=0)
    return entries(list(map(np.shape, inputs)), inputs, call.options) * max(widest, 8)


def bounded(call: Call) -> Call:
    """The call, made to refuse what would take more than MOST_BYTES, and more than each of its inputs."""
    if call.loops or _rule(call) is None:
        return call
    function = call.function

    def run(*inputs: Any) -> Any:
        size = foreseen(call, inputs)
        if size > MOST_BYTES and size > max(getattr(value, "nbytes", 0) for value in inputs):
            raise InvalidArgument(f"it would make {size >> 20} MB; expected at most {MOST_BYTES >> 20} MB here")
        return function(*inputs)

    return replace(call, function=run)


def _rule(call: Call) -> Entries | None:
    if call.kernel.rows is elementwise:
        return _broadcast
    return _product if call.kernel.rows is matmuls else _NAMED.get(call.kernel.name)


def _broadcast(shapes: Sequence[Dims], _inputs: Sequence[Any], _options: Options) -> int:
    first = shapes[0]
    return prod(first if all(shape == first for shape in shapes) else _together(shapes))


def _together(shapes: Sequence[Dims]) -> Dims:
    """The shape that these broadcast to."""
    rank = max(map(len, shapes))
    return tuple(max(shape[i] for shape in shapes if len(shape) >= -i) for i in range(-rank, 0))


def _product(shapes: Sequence[Dims], _inputs: Sequence[Any], options: Options) -> int:
    x, y = shapes[:2]
    if min(len(x), len(y)) < 2:
        return max(prod(x), prod(y))
    rows = x[-1] if options.get("transpose_x") else x[-2]
    columns = y[-2] if options.get("transpose_y") else y[-1]
    return prod(_together([x[:-2], y[:-2]])) * rows * columns


def _picked(shapes: Sequence[Dims], inputs: Sequence[Any], options: Options) -> int:
    axis = int(inputs[2].reshape(-1)[0]) if len(shapes) > 2 and inputs[2].size else options.get("axis", 0)
    return prod(shapes[0]) // max(1, *shapes[0][axis : axis + 1 or None]) * prod(shapes[1])


def _joined(shapes: Sequence[Dims], _inputs: Sequence[Any], _options: Options) -> int:
    return sum(map(prod, shapes))


_NAMED: dict[str, Entries] = {
    **dict.fromkeys(("Where", "where_np", "select"), _broadcast),
    **dict.fromkeys(("gather", "embedding_lookup"), _picked),
    **dict.fromkeys(("concat", "stack", "flatten"), _joined),
}
"""Ops whose rule for the batch axis does not tell."""
