"""Writing by position, against a loop over the updates."""

from collections.abc import Callable

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .row import args, floats, row

Step = Callable[[Array, Array], Array]

X = floats(5, 3)
U = floats(2, 3, seed=1)
W = floats(4, 3, seed=2, low=0.5)
TWICE = np.array([1, 3, 1, 1], "int32")
GRID = np.array([[1, 3], [0, 3]], "int64")
N = np.arange(10, 25, dtype="int32").reshape(5, 3)

STEPS: dict[str, Step] = {
    "upd": lambda _x, u: u,
    "add": lambda x, u: x + u,
    "sub": lambda x, u: x - u,
    "mul": lambda x, u: x * u,
    "div": lambda x, u: x / u,
    "max": np.maximum,
    "min": np.minimum,
}


def by_loop(x: Array, numbers: Array, updates: Array, step: Step) -> Array:
    """One update after the other."""
    out = x.copy()
    for number, update in zip(numbers.reshape(-1), updates.reshape(numbers.size, -1), strict=True):
        out[number] = step(out[number], update)
    return out


FIVE = np.array([[0], [4]], "int32")
CELLS = np.array([[[0, 1], [4, 2]], [[0, 1], [3, 0]]], "int32")
V = floats(2, 2, seed=3)


def by_cells(x: Array, step: Step) -> Array:
    """The updates V at the positions CELLS, one after the other."""
    out = x.copy()
    for (i, j), update in zip(CELLS.reshape(-1, 2), V.reshape(-1), strict=True):
        out[i, j] = step(out[i, j], update)
    return out


ROWS = [
    *(
        row(f"scatter_{name}", (X, numbers, updates), by_loop(X, numbers, updates, step))
        for name, step in STEPS.items()
        for numbers, updates in (
            (np.array([1, 3]), U),
            (TWICE, W),
            (GRID, W.reshape(2, 2, 3)),
        )
    ),
    row("scatter_div", (N, [2], [[2, 3, 4]]), by_loop(N, np.array([2]), np.array([[2, 3, 4]]), lambda x, u: x // u)),
    row("scatter_add", (X, [[1]], [1.0, 2.0, 3.0]), by_loop(X, np.array([1]), np.array([1.0, 2, 3]), STEPS["add"])),
    row("scatter_add", (X, np.array(2), U[0]), by_loop(X, np.array([2]), U[:1], STEPS["add"])),
    row("scatter_add", (X, [5], U[:1]), InvalidArgument),
    row("scatter_upd", (X, [-1], U[:1]), InvalidArgument),
    row("scatter_mul", (X, [1], U), ValueError),
    *(row(f"scatter_nd_{name}", (X, CELLS, V), by_cells(X, STEPS[name[:3]])) for name in ("add", "sub", "update")),
    *(
        row(f"scatter_nd_{name}", (X, FIVE, U), by_loop(X, FIVE, U, STEPS[name[:3]]))
        for name in ("add", "sub", "update")
    ),
    *(row(f"scatter_nd_{name}", (X, [[5]], U[:1]), InvalidArgument) for name in ("add", "sub", "update")),
    row("scatter_nd_add", (X, [[0, 0, 0]], [1.0]), InvalidArgument),
    row("scatter_nd", (CELLS, V, [5, 3]), by_cells(np.zeros((5, 3), "float32"), STEPS["add"])),
    row("scatter_nd", (FIVE, U, [6, 3]), by_loop(np.zeros((6, 3), "float32"), FIVE, U, STEPS["add"])),
    row("scatter_nd", (FIVE, U, [4, 3]), InvalidArgument),
    row("scatter_nd", (FIVE, U, [2**30, 3]), InvalidArgument),
    row("scatter_update", (X, U), by_loop(X, np.array([2, 0]), U, STEPS["upd"]), args(6, 1, 1, 2, 2, 0)),
    row("scatter_update", (X, U), by_loop(X, np.array([2, 2]), U, STEPS["add"]), args(0, 1, 1, 2, 2, 2)),
    row(
        "scatter_update",
        (X, floats(1, 5)),
        by_loop(X.T, np.array([1]), floats(1, 5), lambda x, u: u - x).T,
        args(4, 1, 0, 1, 1),
    ),
    row("scatter_update", (X, U), InvalidArgument, args(6, 1, 1, 2, 2, 7)),
    row("scatter_update", (X, U), InvalidArgument, args(9, 1, 1, 2, 2, 0)),
    row("compat_sparse_to_dense", ([[0], [2]], [4], [1.0, 2.0], 9.0), [1.0, 9.0, 2.0, 9.0]),
    row("compat_sparse_to_dense", ([[0, 1], [1, 0]], [2, 2], [1.0, 2.0]), [[0.0, 1.0], [2.0, 0.0]]),
    row("compat_sparse_to_dense", ([[4]], [4], [1.0], 9.0), InvalidArgument),
    row("compat_sparse_to_dense", ([[0]], [2**40], [1.0], 9.0), InvalidArgument),
]
