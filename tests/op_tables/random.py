"""Random ops where chance has no say: parameters that leave one answer, and parameters that are wrong.

What is left to chance, its moments and its sameness, is judged in tests/kernels/test_random_numbers.py.
"""

from typing import Any

import numpy as np

from graphserver.spec.dtype import by_name
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs, OpKind

from .row import Row, args, floats, row

SHAPE = np.array([2, 3])
X = floats(2, 3)


def legacy(number: int, expected: Any, *t: float, inputs: Any = (), **properties: Any) -> Row:
    """A row of table RANDOM: T, and properties as Java writes them."""
    written = {name: value if isinstance(value, tuple) else (value,) for name, value in properties.items()}
    return row((OpKind.RANDOM, number), inputs, expected, OpArgs(floats=t, properties=written))


def full(value: float, dtype: str = "float32") -> Any:
    return np.full((2, 3), value, dtype)


TWO_THREE = {"shape": (2, 3), "dataType": "FLOAT"}
FP64 = (by_name("FP64"),)

ROWS = [
    legacy(0, full(4.0), 4.0, 4.0, **TWO_THREE),
    legacy(0, full(4.0, "float64"), 4.0, 4.0, inputs=SHAPE, dataType="DOUBLE"),
    legacy(0, np.float32(4.0), 4.0, 4.0, shape=()),
    legacy(0, InvalidArgument, 0.0, 1.0),
    legacy(0, InvalidArgument, 0.0, 1.0, shape=(10**6, 10**6)),
    legacy(0, InvalidArgument, 0.0, 1.0, shape=(2, -3)),
    legacy(6, full(1.5), 1.5, 0.0, **TWO_THREE),
    row("random_normal", SHAPE, full(-1.0), args(t=(-1.0, 0.0))),
    row("random_normal", SHAPE, full(-1.0, "float64"), args(t=(-1.0, 0.0), dtypes=FP64)),
    row("random_normal", SHAPE, ValueError, args(t=(0.0, -1.0))),
    legacy(7, full(1.0), 1.0, **TWO_THREE),
    legacy(7, full(False, "bool"), 0.0, shape=(2, 3), dataType="BOOL"),
    row("random_bernoulli", SHAPE, full(0.0), args(t=(0.0,))),
    row("random_bernoulli", SHAPE, ValueError, args(t=(1.5,))),
    legacy(8, full(5.0), 5.0, 1.0, **TWO_THREE),
    legacy(9, full(0, "int32"), 5.0, 0.0, shape=(2, 3), dataType="INT"),
    legacy(8, ValueError, 5.0, 2.0, **TWO_THREE),
    legacy(10, full(1.0), 0.0, 0.0, **TWO_THREE),
    legacy(10, full(np.exp(2.0)), 2.0, 0.0, **TWO_THREE),
    legacy(10, ValueError, 0.0, -1.0, **TWO_THREE),
    # the file declares DOUBLE for the variable, DL4J computed FLOAT (fixture random_ops): the property counts
    legacy(11, full(3.0), 3.0, 0.0, **TWO_THREE),
    legacy(11, np.zeros((0, 3), "float32"), 3.0, 1.0, shape=(0, 3)),
    legacy(11, InvalidArgument, 3.0, 1.0),
    legacy(13, np.zeros((0,), "float32"), 1.0, shape=(0,)),
    legacy(14, np.zeros((0,), "float16"), 1.0, shape=(0,), dataType="HALF"),
    row("random_exponential", [0, 3], np.zeros((0, 3), "float32"), args(2, 3, t=(0.5,), properties={"shape": (2,)})),
    row("random_exponential", SHAPE, InvalidArgument, args(t=(0.0,))),
    legacy(15, full(0.0), 0.0, **TWO_THREE),
    legacy(15, full(0, "int64"), 0.0, shape=(2, 3), dataType="LONG"),
    legacy(15, ValueError, -1.0, **TWO_THREE),
    legacy(16, full(0.0), 0.0, 1.0, **TWO_THREE),
    legacy(16, full(0.0, "float64"), 0.0, 7.0, shape=(2, 3), dataType="DOUBLE"),
    legacy(16, InvalidArgument, 1.0, 0.0, **TWO_THREE),
    row("randomuniform", SHAPE, full(2.0), args(t=(2.0, 2.0))),
    row("randomuniform", (SHAPE, [7], [8]), full(7, "int32"), args(9)),
    row("randomuniform", (SHAPE, np.float64(3), np.float64(3)), full(3.0, "float64"), args(dtypes=FP64)),
    row("randomuniform", SHAPE, ValueError, args(9, t=(3.0, 3.0))),
    row("random_gamma", (SHAPE, [0.0, 0.0]), np.zeros((2, 3, 2), "float32")),
    row("random_gamma", ([2], np.zeros((3, 1)), np.ones(4)), np.zeros((2, 3, 4)), args(12)),
    row("random_gamma", (SHAPE, [-1.0]), ValueError),
    row("random_gamma", ([10**9], [1.0, 1.0]), InvalidArgument),
    row("random_poisson", (SHAPE, [0.0]), np.zeros((2, 3, 1), "float32")),
    row("random_poisson", ([4], np.zeros((2, 2))), np.zeros((4, 2, 2)), args(12)),
    row("random_poisson", (SHAPE, [-1.0]), ValueError),
    row((OpKind.RANDOM, 3), (X, -X), -X, args(t=(1.0,))),
    row((OpKind.RANDOM, 3), (X, -X), X, args(t=(0.0,))),
    row((OpKind.RANDOM, 3), (X, np.ones(7, "float32")), ValueError, args(t=(0.5,))),
    legacy(4, np.array([[0, 1, 2], [3, 4, 5]], "float32"), 0.0, 5.0, **TWO_THREE),
    legacy(4, np.array([1, 0], "float32"), 1.0, 0.0, inputs=np.array([2])),
    legacy(4, InvalidArgument, 1.0, **TWO_THREE),
    legacy(5, np.array([8, 8, 8], "float32"), inputs=([7.0, 8.0, 9.0], [0.0, 1.0, 0.0])),
    legacy(5, full(9.0), inputs=([7.0, 8.0, 9.0], [0.0, 0.0, 2.0]), shape=(2, 3)),
    legacy(5, InvalidArgument, inputs=([7.0, 8.0], [1.0])),
    legacy(5, InvalidArgument, inputs=([7.0, 8.0], [1.0, -1.0])),
    row("random_multinomial", ([[0.0, 1e9], [1e9, 0.0]], [3]), np.array([[1, 1, 1], [0, 0, 0]])),
    row("random_multinomial", ([[0.0, 1e9], [1e9, 0.0]], 2), np.array([[1, 0], [1, 0]], "int32"), args(0, 9)),
    row("random_multinomial", (X[0], [3]), InvalidArgument),
    row("random_multinomial", (X, [-3]), InvalidArgument),
    row("random_shuffle", [4.0], [4.0]),
    row("random_shuffle", 4.0, 4.0),
    row("random_shuffle", np.zeros((0, 2)), np.zeros((0, 2))),
    row("random_shuffle", np.ones((5, 2)), np.ones((5, 2))),
    row("random_crop", (X, SHAPE), X),
    row("random_crop", (np.ones((4, 5)), SHAPE), np.ones((2, 3)), args(3)),
    row("random_crop", (X, [3, 3]), InvalidArgument),
    row("random_crop", (X, [2]), InvalidArgument),
    row("get_seed", (), np.int64(0)),
    row("get_seed", X, np.int64(0)),
    row("get_seed", (X, X), np.int64(0)),
    row("set_seed", (), np.int64(7), args(7)),
    row("set_seed", [8], np.int64(8)),
    row("set_seed", (), np.int64(0)),
]
