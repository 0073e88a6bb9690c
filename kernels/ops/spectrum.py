"""Eigenvalues, and roots of matrices."""

from typing import Any

from ...spec.errors import InvalidArgument
from ..axis_rules import matrices
from ..precision import cast_like, floated, in_float32
from ..registry import kernel

_ROUNDS = 24
"""Steps of an iteration that doubles its digits in each, once it is near."""


@kernel("eig")
@in_float32
def eigen(xp: Any, x: Any) -> tuple[Any, Any]:
    """Eigenvalues [n, 2] and eigenvectors [n, n, 2] of a square matrix, as real and imaginary parts.

    Vectors are columns of length one. Raises InvalidArgument for another shape.
    """
    if x.ndim != 2 or x.shape[0] != x.shape[1]:
        raise InvalidArgument(f"eig got shape {x.shape}; expected a square matrix")
    values, vectors = xp.linalg.eig(floated(x))
    return _parts(xp, values, x), _parts(xp, vectors, x)


def _parts(xp: Any, z: Any, x: Any) -> Any:
    return cast_like(xp.stack([xp.real(z), xp.imag(z)], -1), floated(x))


@kernel("sqrtm", rows=matrices)
@in_float32
def matrix_root(xp: Any, x: Any) -> Any:
    """The matrices whose squares are x, with eigenvalues to the right of zero: Newton's steps on x and its inverse.

    A matrix without such a root (a negative eigenvalue) gives NaN. Raises InvalidArgument for other shapes.
    """
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise InvalidArgument(f"sqrtm got shape {x.shape}; expected square matrices")
    root = x.astype("float64")
    other = xp.broadcast_to(xp.eye(x.shape[-1]), root.shape)
    for _ in range(_ROUNDS):
        root, other = (root + xp.linalg.inv(other)) / 2, (other + xp.linalg.inv(root)) / 2
    gap = xp.abs(xp.matmul(root, root) - x).max((-2, -1), keepdims=True)
    found = gap <= 1e-4 * xp.maximum(xp.abs(x).max((-2, -1), keepdims=True), 1e-30)
    return cast_like(xp.where(found, root, float("nan")), floated(x))
