"""Bounds of values that only the data knows."""

from typing import Any

from ..spec.errors import InvalidArgument

_UNSIGNED = {1: "uint8", 2: "uint16", 4: "uint32", 8: "uint64"}


def check_index(index: Any, size: int, what: str) -> None:
    """Raise InvalidArgument unless every entry of the integer array `index` lies in 0 … size - 1.

    Array modules take negative indices from the end, or wrap; DL4J reads foreign memory.
    """
    if index.dtype.kind not in "iu":
        raise InvalidArgument(f"{what} got indices of type {index.dtype}; expected integers")
    if index.size and int(index.view(_UNSIGNED[index.dtype.itemsize]).max()) >= size:
        raise InvalidArgument(f"{what} got indices {int(index.min())} to {int(index.max())}; expected 0 to {size - 1}")
