"""Linear algebra: answers checked by what they must multiply to."""

import numpy as np

from graphserver.spec.dtype import INT64, Array
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import args, floats, row

LOW = np.tril(floats(3, 4, 4, low=0.5)) + 2 * np.eye(4, dtype="float32")
POSITIVE = LOW @ LOW.transpose(0, 2, 1)
ANY = floats(3, 4, 4, seed=1) + 3 * np.eye(4, dtype="float32")
B = floats(3, 4, 2, seed=2)
TALL = floats(3, 5, 2, seed=3)
WHOLE = np.array([[2, 0], [0, 4]], "int32")
I = np.eye(2, dtype="float32")


def givens(angle: float) -> Array:
    """A rotation of the plane."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], "float32")


Q, R = givens(2.0), np.array([[2, -1], [0, 3]], "float32")
U, V, S = givens(0.4), givens(-0.3), np.array([3.0, 0.5], "float32")


def t(x: Array) -> Array:
    """Each matrix transposed."""
    return np.swapaxes(x, -2, -1)


ROWS = [
    row("cholesky", POSITIVE, LOW, rtol=1e-4, atol=1e-4),
    row("cholesky", POSITIVE[0], LOW[0], rtol=1e-4, atol=1e-4),
    row("cholesky", WHOLE, np.sqrt(WHOLE).astype("float32")),
    row("cholesky", TALL, InvalidArgument),
    row("matrix_inverse", WHOLE, [[0.5, 0.0], [0.0, 0.25]]),
    row("matrix_inverse", R, [[0.5, 1 / 6], [0.0, 1 / 3]]),
    row("matrix_inverse", np.stack([Q, t(Q)]), np.stack([t(Q), Q])),
    row("matrix_inverse", TALL, InvalidArgument),
    row("matrix_determinant", LOW, LOW.diagonal(0, 1, 2).prod(1), rtol=1e-4),
    row("matrix_determinant", R, np.float32(6)),
    row("matrix_determinant", TALL, InvalidArgument),
    row("log_matrix_determinant", LOW, np.log(LOW.diagonal(0, 1, 2).prod(1)), rtol=1e-4, atol=1e-5),
    row("log_matrix_determinant", -R @ I[::-1].copy(), np.log(np.float32(6))),
    row("log_matrix_determinant", TALL, InvalidArgument),
    row("logdet", POSITIVE, 2 * np.log(LOW.diagonal(0, 1, 2).prod(1)), rtol=1e-4, atol=1e-5),
    row("logdet", POSITIVE[1], 2 * np.log(LOW[1].diagonal().prod()), rtol=1e-4, atol=1e-5),
    row("logdet", TALL, InvalidArgument),
    row("qr", Q @ R, (Q, R), rtol=1e-4, atol=1e-5),
    row("qr", np.stack([Q @ R, R]), (np.stack([Q, I]), np.stack([R, R])), rtol=1e-4, atol=1e-5),
    row("qr", -Q @ R, (-Q, R), args(b=(True,)), rtol=1e-4, atol=1e-5),
    row("qr", [[0.0], [-2.0]], ([[0.0], [-1.0]], [[2.0]])),
    row("svd", U * S @ t(V), (S, U, V), args(1, 1, 16), rtol=1e-4, atol=1e-5),
    row("svd", TALL, np.sqrt(np.linalg.eigvalsh(t(TALL) @ TALL)[:, ::-1]), args(0, 0, 16), rtol=1e-4),
    row("svd", [[3.0], [-4.0]], ([5.0], [[-0.6], [0.8]], [[-1.0]]), args(0, 1, 16)),
    row("lu", [[1.0, 2.0], [4.0, 2.0]], ([[4.0, 2.0], [0.25, 1.5]], [1, 0])),
    row("lu", np.stack([R, R[::-1]]), (np.stack([R, R]), np.array([[0, 1], [1, 0]])), OpArgs(results=(INT64, INT64))),
    row("lu", [[0.0, 1.0], [0.0, 2.0]], ([[0.0, 1.0], [0.0, 2.0]], [0, 1])),
    row("lu", TALL, InvalidArgument),
    row("solve", (ANY, ANY @ B), B, rtol=1e-3, atol=1e-4),
    row("solve", (ANY, t(ANY) @ B), B, args(b=(True,)), rtol=1e-3, atol=1e-4),
    row("solve", (R, R @ I), I),
    row("solve", (TALL, B), InvalidArgument),
    row("triangular_solve", (LOW + t(LOW), (LOW + LOW * np.eye(4, dtype="float32")) @ B), B, rtol=1e-3, atol=1e-4),
    row("triangular_solve", (R, R @ Q), Q, args(b=(False,))),
    row("triangular_solve", (R, t(R) @ Q), Q, args(b=(False, True))),
    row("triangular_solve", (TALL, B), InvalidArgument),
    *(
        line
        for name in ("lstsq", "solve_ls")
        for line in (
            row(name, (TALL, TALL @ Q), np.stack([Q] * 3), rtol=1e-3, atol=1e-4),
            row(name, ([[1.0], [1.0]], [[1.0], [3.0]]), [[2.0]]),
            row(name, ([[1.0], [1.0]], [[1.0], [3.0]]), [[1.0]], args(t=(2.0,))),
            row(name, (TALL, B), ValueError),
        )
    ),
]
