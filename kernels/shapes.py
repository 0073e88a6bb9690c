"""Shapes that an op expects of its inputs."""

from collections.abc import Sequence
from typing import Any

from ..spec.errors import InvalidArgument


def check_shape(what: str, array: Any, expected: Sequence[int]) -> Any:
    """The array, if it has the expected shape. Raises InvalidArgument."""
    if tuple(array.shape) != tuple(expected):
        raise InvalidArgument(f"{what} has shape {list(array.shape)}; expected {list(expected)}")
    return array


def check_rank(what: str, array: Any, rank: int) -> Any:
    """The array, if it has so many axes. Raises InvalidArgument."""
    if array.ndim != rank:
        raise InvalidArgument(f"{what} has shape {list(array.shape)}; expected {rank} axes")
    return array
