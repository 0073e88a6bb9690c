"""Distinct entries, and differences of sets."""

from typing import Any

from ...spec.graph import OpArgs
from ..arguments import result_type
from ..registry import Options, kernel


def _read_unique(args: OpArgs) -> Options:
    return {"index": result_type(args, 1, "int64"), "count": result_type(args, 2, "int64")}


@kernel("unique", read=_read_unique)
def unique(xp: Any, x: Any, **types: Any) -> tuple[Any, Any]:
    """The distinct entries of x in the sequence of their first appearance, and for each entry of x its number."""
    values, index, _ = unique_with_counts(xp, x, **types)
    return values, index


@kernel("unique_with_counts", read=_read_unique)
def unique_with_counts(xp: Any, x: Any, *, index: Any = "int64", count: Any = "int64") -> tuple[Any, Any, Any]:
    """As unique; further how often each distinct entry appears."""
    found = xp.unique(x.reshape(-1), return_index=True, return_inverse=True, return_counts=True)
    values, first, inverse, counts = found
    order = xp.argsort(first)
    place = xp.argsort(order)
    numbers = place[inverse.reshape(-1)]
    return values[order], numbers.astype(index), counts[order].astype(count)


@kernel("listdiff", read=lambda args: {"index": result_type(args, 1, "int64")})
def list_diff(xp: Any, x: Any, y: Any, *, index: Any = "int64") -> tuple[Any, Any]:
    """The entries of vector x that are not in y, and where in x they stand."""
    (places,) = xp.nonzero(~xp.isin(x, y))
    return x[places], places.astype(index)
