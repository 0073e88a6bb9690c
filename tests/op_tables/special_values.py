"""Special functions where their values are known in closed form; questions about arrays."""

import math

import numpy as np

from graphserver.spec.dtype import FP32
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import args, floats, row

X = floats(2, 3, low=0.1, high=4.0)
D = X.astype("float64")
EULER = 0.5772156649015329
WHOLE = np.array([1, 2, 3, 4], "float32")
HARMONIC = np.array([0, 1, 1.5, 11 / 6])
ONE, TWO = np.float32(1), np.float32(2)
SIXTH = np.pi**2 / 6
N = np.array([[1, -2], [0, 2]], "int32")

SPECIAL = [
    row("lgamma", X, np.vectorize(math.lgamma)(D).astype("float32")),
    row("lgamma", WHOLE.astype("int32"), np.log([1, 1, 2, 6]).astype("float32")),
    row("lgamma", WHOLE.astype("float16"), np.log([1, 1, 2, 6]).astype("float16"), rtol=1e-3),
    row("digamma", WHOLE, (HARMONIC - EULER).astype("float32")),
    row("digamma", np.float64(0.5), np.float64(-EULER - 2 * math.log(2)), rtol=1e-12),
    row("digamma", WHOLE.reshape(2, 2), (HARMONIC - EULER).astype("float32").reshape(2, 2)),
    row("polygamma", (WHOLE * 0, WHOLE), (HARMONIC - EULER).astype("float32")),
    row("polygamma", ([1.0, 1.0], [1.0, 2.0]), [SIXTH, SIXTH - 1]),
    row("polygamma", ([2.0, 3.0], [1.0, 1.0]), [-2 * 1.2020569031595942, np.pi**4 / 15]),
    row("zeta", ([2.0, 4.0], ONE), [SIXTH, np.pi**4 / 90]),
    row("zeta", (TWO, WHOLE[:2]), [SIXTH, SIXTH - 1]),
    row(
        "zeta",
        (WHOLE[1:] * 2, [0.5, 0.5, 0.5]),
        [(2**s - 1) * z for s, z in ((4, np.pi**4 / 90), (6, np.pi**6 / 945), (8, np.pi**8 / 9450))],
    ),
    row("betainc", (ONE, X, np.float32(0.25)), (1 - 0.75**D).astype("float32")),
    row("betainc", (X, ONE, np.float32(0.25)), (0.25**D).astype("float32")),
    row("betainc", (TWO, TWO, X / 4), (3 * (D / 4) ** 2 - 2 * (D / 4) ** 3).astype("float32")),
    row("igamma", (X * 0 + 1, X), (1 - np.exp(-D)).astype("float32")),
    row("igamma", (X * 0 + 2, X), (1 - (1 + D) * np.exp(-D)).astype("float32")),
    row("igamma", (X[:, :1] * 0 + 1, X), (1 - np.exp(-D)).astype("float32")),
    row("igammac", (X * 0 + 1, X), np.exp(-X)),
    row("igammac", (X * 0 + 2, X), ((1 + D) * np.exp(-D)).astype("float32")),
    row("igammac", (X[:1] * 0 + 1, X), np.exp(-X)),
]

_COMPARED = {
    "eq": np.equal,
    "neq": np.not_equal,
    "gt": np.greater,
    "gte": np.greater_equal,
    "lt": np.less,
    "lte": np.less_equal,
}

QUESTIONS = [
    *(
        row(f"{name}_scalar", (x, np.asarray(y)), compare(x, y))
        for name, compare in _COMPARED.items()
        for x, y in ((X, X[0, 0]), (N, np.int32(0)), (N, np.float32(0.5)))
    ),
    *(row("is_numeric_tensor", x, np.bool_(x.dtype != bool)) for x in (X, N, X > 1)),
    row("zero_fraction", N, np.float64(0.25)),
    row("zero_fraction", X, np.float64(0)),
    row("zero_fraction", N, np.float32(0.25), OpArgs(results=(FP32,))),
    row("min_max_datatype", (), np.finfo("float32").max, args(5, 1)),
    row("min_max_datatype", (), np.int16(-(2**15)), args(8, 0)),
    row("min_max_datatype", (), np.uint64(2**64 - 1), args(14, 1)),
    row("min_max_datatype", (), InvalidArgument, args(50, 0)),
]

ROWS = [*SPECIAL, *QUESTIONS]
