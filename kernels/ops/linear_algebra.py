"""Factorisations and solutions of the matrices in the last two axes."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import result_type
from ..axis_rules import matrices
from ..bounds import check_steps
from ..precision import cast_like, floated, in_float32
from ..registry import Options, kernel
from ..rows import Mixes, RowCall, State


def _square(what: str, x: Any) -> Any:
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise InvalidArgument(f"{what} got shape {x.shape}; expected square matrices")
    return floated(x)


@kernel("cholesky", rows=matrices)
@in_float32
def cholesky(xp: Any, x: Any) -> Any:
    """The lower triangular L with L·Lᵀ = x; of a matrix that has none an array module raises, or answers NaN."""
    return xp.linalg.cholesky(_square("cholesky", x))


@kernel("matrix_inverse", rows=matrices)
@in_float32
def inverse(xp: Any, x: Any) -> Any:
    """x⁻¹."""
    return xp.linalg.inv(_square("matrix_inverse", x))


@kernel("matrix_determinant", rows=matrices)
@in_float32
def determinant(xp: Any, x: Any) -> Any:
    """det x."""
    return cast_like(xp.linalg.det(_square("matrix_determinant", x)), x)


@kernel("log_matrix_determinant", rows=matrices)
@in_float32
def log_determinant(xp: Any, x: Any) -> Any:
    """ln |det x|."""
    return xp.linalg.slogdet(_square("log_matrix_determinant", x))[1]


@kernel("logdet", rows=matrices)
@in_float32
def log_determinant_of_positive(xp: Any, x: Any) -> Any:
    """ln det x of positive definite matrices, by their Cholesky factor."""
    diagonal = xp.diagonal(cholesky(xp, x), 0, -2, -1)
    return 2 * xp.log(diagonal).sum(-1)


def _read_qr(args: OpArgs) -> Options:
    return {"full": bool(args.bools and args.bools[0])}


@kernel("qr", read=_read_qr, rows=matrices)
@in_float32
def qr(xp: Any, x: Any, *, full: bool = False) -> tuple[Any, Any]:
    """Orthonormal Q and upper triangular R with Q·R = x and a diagonal of R that is not negative.

    Q is [rows, columns], or square when `full`.
    """
    q, r = xp.linalg.qr(floated(x), mode="complete" if full else "reduced")
    sign = xp.where(xp.diagonal(r, 0, -2, -1) < 0, -1, 1).astype(r.dtype)
    rest = xp.ones((*sign.shape[:-1], r.shape[-2] - sign.shape[-1]), r.dtype)
    sign = xp.concatenate([sign, rest], -1)
    return q * sign[..., None, :], r * sign[..., None]


def _read_svd(args: OpArgs) -> Options:
    """I = [full, compute, switch]."""
    flags = (*map(bool, args.ints), True)
    return {"full": flags[0], "vectors": flags[1]} if args.ints else {}


@kernel("svd", read=_read_svd, rows=matrices)
@in_float32
def svd(xp: Any, x: Any, *, full: bool = False, vectors: bool = True) -> Any:
    """Singular values in descending order, and with `vectors` U and V of x = U·diag(s)·Vᵀ, square when `full`.

    Each pair of vectors has the sign that makes the largest entry of u positive.
    """
    if not vectors:
        return xp.linalg.svd(floated(x), compute_uv=False)
    u, s, vt = xp.linalg.svd(floated(x), full_matrices=full)
    sign = _leading_sign(xp, u[..., :, : s.shape[-1]])
    rest = xp.ones((*sign.shape[:-1], u.shape[-1] - sign.shape[-1]), sign.dtype)
    u = u * xp.concatenate([sign, rest], -1)[..., None, :]
    rest = xp.ones((*sign.shape[:-1], vt.shape[-2] - sign.shape[-1]), sign.dtype)
    return s, u, xp.swapaxes(vt * xp.concatenate([sign, rest], -1)[..., None], -2, -1)


def _leading_sign(xp: Any, columns: Any) -> Any:
    """For each column the sign of its largest entry by size."""
    largest = xp.take_along_axis(columns, xp.abs(columns).argmax(-2)[..., None, :], -2)[..., 0, :]
    return xp.where(largest < 0, -1, 1).astype(columns.dtype)


@kernel("lu", read=lambda args: {"dtype": result_type(args, 1, "int32")}, rows=matrices)
@in_float32
def lu(xp: Any, x: Any, *, dtype: Any = "int32") -> tuple[Any, Any]:
    """L (its unit diagonal left out) and U in one matrix, and the order of rows of x that they make up.

    The pivot of each column is its largest entry by size.
    """
    a, n = _square("lu", x).copy(), x.shape[-1]
    check_steps(n, a.size, a.size)
    rows = xp.broadcast_to(xp.arange(n), x.shape[:-1])
    for k in range(n):
        order = _swap(xp, n, k, k + xp.abs(a[..., k:, k]).argmax(-1)[..., None])
        a = xp.take_along_axis(a, order[..., None], -2)
        rows = xp.take_along_axis(rows, order, -1)
        pivot = a[..., k, k][..., None]
        a[..., k + 1 :, k] /= xp.where(pivot == 0, 1, pivot)
        a[..., k + 1 :, k + 1 :] -= a[..., k + 1 :, k, None] * a[..., None, k, k + 1 :]
    return a, rows.astype(dtype)


def _swap(xp: Any, n: int, k: int, other: Any) -> Any:
    """0 … n - 1 with k and `other` exchanged, for each matrix."""
    places = xp.arange(n)
    return xp.where(places == k, other, xp.where(places == other, k, places))


def _read_solve(args: OpArgs) -> Options:
    return {"adjoint": bool(args.bools and args.bools[0])}


def _solve_rows(call: RowCall) -> list[State]:
    if len({*map(len, call.inputs)}) > 1:
        raise Mixes("its operands have different ranks")
    return list(matrices(call))


@kernel("solve", read=_read_solve, rows=_solve_rows)
@in_float32
def solve(xp: Any, a: Any, b: Any, *, adjoint: bool = False) -> Any:
    """x with a·x = b, or aᵀ·x = b when `adjoint`."""
    a = _square("solve", a)
    return xp.linalg.solve(xp.swapaxes(a, -2, -1) if adjoint else a, cast_like(b, a))


def _read_triangular(args: OpArgs) -> Options:
    return dict(zip(("lower", "adjoint"), args.bools, strict=False))


@kernel("triangular_solve", read=_read_triangular, rows=_solve_rows)
@in_float32
def triangular_solve(xp: Any, a: Any, b: Any, *, lower: bool = True, adjoint: bool = False) -> Any:
    """x with t·x = b for the lower (else upper) triangle t of a, or tᵀ·x = b when `adjoint`."""
    a = _square("triangular_solve", a)
    return solve(xp, xp.tril(a) if lower else xp.triu(a), b, adjoint=adjoint)


def _read_least(args: OpArgs) -> Options:
    return {"regular": args.floats[0]} if args.floats else {}


@kernel("lstsq", read=_read_least, rows=_solve_rows, aliases=("MatrixSolveLs",))
@in_float32
def least_squares(xp: Any, a: Any, b: Any, *, regular: float = 0.0) -> Any:
    """x that makes |a·x - b|² + regular·|x|² least; of many the shortest."""
    a, b = floated(a), floated(b)
    if not regular:
        return xp.matmul(xp.linalg.pinv(a), b)
    t = xp.swapaxes(a, -2, -1)
    normal = xp.matmul(t, a) + regular * xp.eye(a.shape[-1], dtype=a.dtype)
    return xp.linalg.solve(normal, xp.matmul(t, b))


@kernel("solve_ls", read=_read_least, rows=_solve_rows)
@in_float32
def solve_least_squares(xp: Any, a: Any, b: Any, *, regular: float = 0.0) -> Any:
    """As lstsq."""
    return least_squares(xp, a, b, regular=regular)
