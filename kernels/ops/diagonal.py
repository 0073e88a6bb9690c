"""Diagonals and triangles of the matrices in the last two axes."""

from math import prod
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list, dtype_option
from ..axis_rules import matrices
from ..bounds import check_size
from ..precision import cast_like, in_float32
from ..registry import Options, kernel
from ..rows import Mixes, RowCall, Rows, State
from ..rules import fixed_axis


def _unit(xp: Any, n: int) -> Any:
    return xp.eye(n, dtype="bool")


@kernel("diag", aliases=("MatrixDiag",))
def diag(xp: Any, x: Any) -> Any:
    """x along the diagonal of an array [*x.shape, *x.shape] of zeros."""
    check_size((x.size, x.size), x.itemsize)
    return xp.where(_unit(xp, x.size), x.reshape(-1), xp.zeros_like(x, shape=())).reshape(x.shape * 2)


@kernel("diag_part", aliases=("DiagPart",))
def diag_part(xp: Any, x: Any) -> Any:
    """The diagonal of an array [*shape, *shape]. Raises InvalidArgument for other shapes."""
    half = x.shape[: x.ndim // 2]
    if not x.ndim or half * 2 != x.shape:
        raise InvalidArgument(f"diag_part got shape {x.shape}; expected the same sizes twice")
    return xp.diagonal(x.reshape(prod(half), -1)).reshape(half)


@kernel("matrix_diag", rows=fixed_axis(-1, "it spreads the batch axis"))
def matrix_diag(xp: Any, x: Any) -> Any:
    """Matrices of zeros with the vectors of the last axis on their diagonals."""
    n = x.shape[-1]
    check_size((*x.shape, n), x.itemsize, x.nbytes)
    return xp.where(_unit(xp, n), xp.expand_dims(x, -2), xp.zeros_like(x, shape=()))


@kernel("matrix_diag_part", rows=matrices)
def matrix_diag_part(xp: Any, x: Any) -> Any:
    """The diagonals of the matrices."""
    return xp.diagonal(x, 0, -2, -1)


@kernel("trace", rows=matrices)
@in_float32
def trace(xp: Any, x: Any) -> Any:
    """The sums of the diagonals."""
    return cast_like(xp.diagonal(x, 0, -2, -1).sum(-1), x)


@kernel("matrix_set_diag", rows=matrices, aliases=("MatrixSetDiag",))
def matrix_set_diag(xp: Any, x: Any, diagonal: Any) -> Any:
    """The matrices with their diagonals replaced. Raises InvalidArgument for diagonals of another size."""
    rows, columns = x.shape[-2:]
    short = min(rows, columns)
    if diagonal.shape != (*x.shape[:-2], short):
        raise InvalidArgument(f"matrix_set_diag got diagonals {diagonal.shape} for matrices {x.shape}")
    along = (xp.arange(rows) if rows == short else xp.arange(columns)).clip(0, max(short - 1, 0))
    laid = xp.expand_dims(xp.take(diagonal, along, -1), -1 if rows == short else -2)
    return xp.where(xp.eye(rows, columns, dtype="bool"), cast_like(laid, x), x)


def _read_band(args: OpArgs) -> Options:
    return dict(zip(("lower", "upper"), args.ints, strict=False))


@kernel("matrix_band_part", read=_read_band, rows=matrices, aliases=("band_part",), host=(1, 2))
def matrix_band_part(xp: Any, x: Any, *limits: Any, lower: int = -1, upper: int = -1) -> Any:
    """The matrices with zeros but on `lower` diagonals below the main one and `upper` above it; -1 keeps all."""
    lower, upper = (*(axis_list(limit)[0] for limit in limits), *(lower, upper)[len(limits) :])
    rows, columns = x.shape[-2:]
    distance = xp.arange(columns) - xp.arange(rows).reshape(-1, 1)
    kept = (distance <= (columns if upper < 0 else upper)) & (distance >= (-rows if lower < 0 else -lower))
    return xp.where(kept, x, xp.zeros_like(x, shape=()))


def _read_tri(args: OpArgs) -> Options:
    sizes = (args.ints * 2)[:2] if len(args.ints) == 1 else args.ints[:2]
    return {"sizes": sizes, "k": (args.ints[2:] or (0,))[0], **dtype_option(args)}


@kernel("tri", read=_read_tri)
def tri(xp: Any, *, sizes: tuple[int, ...], k: int = 0, dtype: Any = "float32") -> Any:
    """[rows, columns] with ones on and below diagonal k, else zeros."""
    return xp.tri(*check_size(sizes), k, dtype)


@kernel("triu", ints=("k",), rows=matrices)
def triu(xp: Any, x: Any, *, k: int = 0) -> Any:
    """The matrices with zeros below diagonal k."""
    rows, columns = x.shape[-2:]
    return xp.where(xp.arange(columns) - xp.arange(rows).reshape(-1, 1) >= k, x, xp.zeros_like(x, shape=()))


def _cross_rows(call: RowCall) -> list[State]:
    state = call.states[0]
    if not isinstance(state, Rows) or call.states[1] != state or state.axis == len(call.inputs[0]) - 1:
        raise Mixes("its vectors do not both carry the callers' rows in the same place")
    return call.all(state)


@kernel("cross", rows=_cross_rows)
@in_float32
def cross(xp: Any, x: Any, y: Any) -> Any:
    """Cross products of the vectors of three in the last axis. Raises InvalidArgument for other shapes."""
    if x.shape != y.shape or x.shape[-1:] != (3,):
        raise InvalidArgument(f"cross got shapes {x.shape} and {y.shape}; expected equal ones, ending with 3")
    return cast_like(xp.cross(x, y), x)
