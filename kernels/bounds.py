"""Bounds of what only data or arguments know: indices, sizes, counts.

A few numbers in a file may ask for any amount of memory or time. What they ask for is held to a fixed amount, or to a
multiple of what the op was given, whichever is more.
"""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..spec.errors import InvalidArgument
from .deferred import IndexCheck, defer

MOST_BYTES = 256 * 2**20
"""An op may always make so much; more only out of large inputs."""

GROWTH = 16
"""An output may be so many times as large as the inputs …"""

MOST_GROWN = 2**31
"""… but for what no message could carry: a few ops in a row would multiply."""

MOST_AXES = 64
"""NumPy's own limit."""

MOST_STEPS = 2**16
"""Array operations, or outputs, of one op."""

MOST_WORK = 2**32
"""Entries that one op may visit in all its steps; more only of a large input, each of its entries `VISITS` times."""

VISITS = 64

_ON_HOST: tuple[type[Any], ...] = (np.ndarray, np.generic)
_UNSIGNED = {1: "uint8", 2: "uint16", 4: "uint32", 8: "uint64"}


def check_index(index: Any, size: int, what: str) -> None:
    """Raise InvalidArgument unless every entry of the integer array `index` lies in 0 … size - 1.

    Array modules take negative indices from the end, or wrap; DL4J reads foreign memory. What lies on a device is
    judged with the results (deferred.py).
    """
    if index.dtype.kind not in "iu":
        raise InvalidArgument(f"{what} got indices of type {index.dtype}; expected integers")
    if not index.size:
        return
    if not size:
        raise InvalidArgument(f"{what} got {index.size} indices; there is nothing to choose from")
    if not isinstance(index, _ON_HOST):
        defer(IndexCheck(what, index.min(), index.max(), size))
    elif int(index.view(_UNSIGNED[index.dtype.itemsize]).max()) >= size:
        IndexCheck(what, index.min(), index.max(), size).judge(int)


def check_size(shape: Sequence[int], itemsize: int = 8, given: int = 0) -> tuple[int, ...]:
    """The shape, before an array of it is made of elements of `itemsize` bytes.

    given: bytes of the inputs that it is made of. An empty axis counts as one entry, for a part of the array may be
    made before it. Raises InvalidArgument for a negative size, for more axes than arrays have, and for more than
    `MOST_BYTES` unless that is at most `GROWTH` times the inputs and `MOST_GROWN`.
    """
    if len(shape) > MOST_AXES:
        raise InvalidArgument(f"an array of {len(shape)} axes was asked for; expected at most {MOST_AXES}")
    if any(size < 0 for size in shape):
        raise InvalidArgument(f"an array of shape {list(shape)} was asked for; expected sizes from 0")
    bound = max(MOST_BYTES, min(GROWTH * given, MOST_GROWN))
    if prod(size or 1 for size in shape) * itemsize > bound:
        raise InvalidArgument(f"an array of shape {list(shape)} was asked for; expected at most {bound >> 20} MB")
    return tuple(shape)


def check_axes(axes: Iterable[int], rank: int) -> tuple[int, ...]:
    """The axes counted from the front. Raises InvalidArgument for one that an array of `rank` axes does not have."""
    given = tuple(axes)
    if any(not -rank <= axis < rank for axis in given):
        raise InvalidArgument(f"axes {list(given)} were asked for; the input has {rank}")
    return tuple(axis % rank for axis in given)


def check_steps(steps: int, entries: int = 0, given: int = 0) -> None:
    """Raise InvalidArgument unless `steps` operations on `entries` entries each end soon.

    given: entries of the input. See MOST_STEPS, MOST_WORK.
    """
    if steps > MOST_STEPS:
        raise InvalidArgument(f"{steps} steps were asked for; expected at most {MOST_STEPS}")
    bound = max(MOST_WORK, VISITS * given)
    if steps * entries > bound:
        raise InvalidArgument(f"{steps} steps over {entries} entries were asked for; expected at most {bound} in all")
