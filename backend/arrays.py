"""Where arrays live: the one place that knows which array library the kernels run on."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..spec.dtype import Array

ALIGNMENT = 64
"""Bytes: one cache line, the widest vector register, and what devices ask of pinned memory."""


@dataclass(frozen=True, slots=True)
class ArrayModule:
    """An array library.

    xp: what kernels get as their first argument. put: a host array as one of its own. fetch: its array (or scalar) as
    a host array. entered: inside of it a thread computes where these arrays live.
    """

    xp: Any
    put: Callable[[Array], Any]
    fetch: Callable[[Any], Array]
    entered: Callable[[], AbstractContextManager[Any]] = nullcontext

    @property
    def on_host(self) -> bool:
        """Whether its arrays are NumPy's own, so that nothing is ever moved."""
        return self.xp is np


def _as_it_is(array: Array) -> Array:
    return array


NUMPY = ArrayModule(np, _as_it_is, np.asarray)


def weight(array: Array) -> Array:
    """`array` read-only, native-endian, C order and 64-byte aligned; copied only when it is not so already.

    C order also for what a file holds in Fortran order: matrix products with it were never slower, and up to 1.8
    times faster at 32 rows. Object arrays (strings) know no alignment.
    """
    fit = array if is_fit(array) else _copy(array)
    view = fit.view()
    view.flags.writeable = False
    return view


def aligned_empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An uninitialised C-order array whose first byte lies on a 64-byte boundary."""
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    buffer = np.empty(size + ALIGNMENT, np.uint8)
    start = -_address(buffer) % ALIGNMENT
    return buffer[start : start + size].view(dtype).reshape(shape)


def _copy(array: Array) -> Array:
    if array.dtype.hasobject:
        return np.array(array, order="C")
    copy = aligned_empty(array.shape, array.dtype.newbyteorder("="))
    copy[...] = array
    return copy


def is_fit(array: Array) -> bool:
    """Whether `array` is native-endian, in C order and aligned; object arrays (strings) know no alignment."""
    if not array.flags.c_contiguous:
        return False
    return array.dtype.hasobject or (array.dtype.isnative and _address(array) % ALIGNMENT == 0)


def _address(array: Array) -> int:
    return array.__array_interface__["data"][0]
