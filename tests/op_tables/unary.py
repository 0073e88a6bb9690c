"""Functions of single entries: each number of the legacy tables against Python's own mathematics."""

import math
from collections.abc import Callable

import ml_dtypes
import numpy as np
from scipy import special

from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpKind

from .row import Place, Row, args, row

Formula = Callable[[float], float]

WIDE, POSITIVE, UNIT, ABOVE_ONE = (-3.0, 3.0), (0.1, 3.0), (-0.9, 0.9), (1.1, 3.0)
INF, NAN = math.inf, math.nan


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _softplus(x: float) -> float:
    return math.log(1 + math.exp(x))


def _slope(function: Formula) -> Formula:
    """The derivative by central differences."""
    return lambda x: (function(x + 1e-5) - function(x - 1e-5)) / 2e-5


def _rational_tanh(x: float) -> float:
    d = 2 * x / 3
    return 1.7159 * math.copysign(1, d) * (1 - 1 / (1 + abs(d) + d**2 + 1.41645 * d**4))


def _precise_gelu(x: float) -> float:
    return x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + (0.044715 * x) ** 3)))


def _selu(x: float) -> float:
    return 1.05070098736 * (x if x > 0 else 1.67326324235 * (math.exp(x) - 1))


SAME: dict[int, tuple[Formula, tuple[float, float]]] = {
    0: (abs, WIDE),
    1: (lambda x: (x > 0) - (x < 0), WIDE),
    2: (lambda _x: 1, WIDE),
    3: (lambda x: -x, WIDE),
    4: (lambda x: math.copysign(math.floor(abs(x) + 0.5), x), WIDE),
    5: (lambda x: x * (1 - x), WIDE),
    6: (lambda x: x**3, WIDE),
    7: (lambda x: 1 - x, WIDE),
    11: (lambda x: 1 / x, POSITIVE),
    12: (lambda x: x * x, WIDE),
    15: (lambda x: x, WIDE),
    17: (math.ceil, WIDE),
    18: (math.floor, WIDE),
    21: (lambda x: x, WIDE),
}

FLOAT = {1: (math.sqrt, POSITIVE), 3: (lambda x: 1 / math.sqrt(x), POSITIVE)}

STRICT: dict[int, tuple[Formula, tuple[float, float]]] = {
    4: (_slope(math.tanh), WIDE),
    5: (lambda x: abs(x) < 1, WIDE),
    6: (_slope(_sigmoid), WIDE),
    7: (_slope(lambda x: x / (1 + abs(x))), WIDE),
    8: (_slope(math.tan), UNIT),
    9: (_slope(_selu), WIDE),
    10: (lambda x: 0.2 if abs(x) < 2.5 else 0, WIDE),
    11: (_slope(_rational_tanh), POSITIVE),
    12: (lambda x: (x > 0) * (1 - math.tanh(x) ** 2), WIDE),
    13: (_slope(lambda x: x * _sigmoid(x)), WIDE),
    14: (_slope(math.acosh), ABOVE_ONE),
    15: (_slope(math.asinh), WIDE),
    16: (math.cosh, WIDE),
    17: (_slope(lambda x: math.log(_sigmoid(x))), WIDE),
    18: (lambda x: x * (1 - x), WIDE),
    19: (lambda x: max(-3.79297773665, min(3.79297773665, x)), WIDE),
    20: (lambda x: x, POSITIVE),
    21: (lambda x: 3 * x * x, WIDE),
    22: (math.cos, WIDE),
    23: (math.exp, WIDE),
    24: (math.log, POSITIVE),
    26: (_sigmoid, WIDE),
    27: (math.sin, WIDE),
    28: (_softplus, WIDE),
    29: (math.tanh, WIDE),
    30: (math.acos, UNIT),
    31: (math.asin, UNIT),
    32: (math.atan, WIDE),
    33: (lambda x: max(-1, min(1, x)), WIDE),
    34: (lambda x: x / (1 + abs(x)), WIDE),
    36: (lambda x: max(0, min(1, 0.2 * x + 0.5)), WIDE),
    37: (_rational_tanh, WIDE),
    38: (lambda x: max(0, math.tanh(x)), WIDE),
    39: (math.sinh, WIDE),
    40: (math.cosh, WIDE),
    41: (math.tan, UNIT),
    42: (_selu, WIDE),
    43: (lambda x: x * _sigmoid(x), WIDE),
    44: (math.log1p, POSITIVE),
    45: (math.erf, WIDE),
    46: (math.acosh, ABOVE_ONE),
    47: (math.asinh, WIDE),
    48: (round, WIDE),
    49: (lambda x: math.log(_sigmoid(x)), WIDE),
    50: (math.erfc, WIDE),
    51: (math.expm1, WIDE),
    52: (math.atanh, UNIT),
    53: (lambda x: x * _sigmoid(1.702 * x), WIDE),
    54: (_slope(lambda x: x * _sigmoid(1.702 * x)), WIDE),
    55: (_precise_gelu, WIDE),
    56: (_slope(_precise_gelu), WIDE),
    57: (lambda x: x * math.tanh(_softplus(x)), WIDE),
    58: (_slope(lambda x: x * math.tanh(_softplus(x))), WIDE),
}


def _three(place: Place, formula: Formula, domain: tuple[float, float]) -> list[Row]:
    """A vector, a matrix in double precision, and a matrix in half precision."""
    numbers = np.random.default_rng(place[1]).uniform(*domain, 12)
    made = list[Row]()
    for dtype, shape in ((np.float32, 12), (np.float64, (4, 3)), (ml_dtypes.bfloat16, (2, 6))):
        x = numbers.astype(dtype).reshape(shape)
        expected = np.array([formula(float(v)) for v in x.reshape(-1)]).reshape(shape).astype(dtype)
        exact = dtype is np.float64
        tolerance = {"rtol": 1e-5, "atol": 1e-6} if exact or dtype is np.float32 else {"rtol": 1e-2, "atol": 1e-2}
        made.append(row(place, x, expected, **tolerance))
    return made


_TABLES = ((OpKind.TRANSFORM_SAME, SAME), (OpKind.TRANSFORM_FLOAT, FLOAT), (OpKind.TRANSFORM_STRICT, STRICT))

_ODD = np.array([1.5, -2, 0, INF, -INF, NAN], "float32")
_BOOL, _SAME, _STRICT = OpKind.TRANSFORM_BOOL, OpKind.TRANSFORM_SAME, OpKind.TRANSFORM_STRICT

TESTS: dict[int, Formula] = {
    1: math.isinf,
    2: math.isnan,
    3: math.isfinite,
    4: lambda x: not math.isfinite(x),
    6: lambda x: x > 0,
    7: lambda x: x == 0,
    8: lambda x: x < 0,
}


def _tests(number: int, test: Formula) -> list[Row]:
    kinds = (_ODD, _ODD.astype("float64").reshape(3, 2), _ODD.astype("float16").reshape(2, 3))
    return [row((_BOOL, number), x, np.array([test(float(v)) for v in x.flat], bool).reshape(x.shape)) for x in kinds]


CONDITIONS = {
    0: [0, 0, 1, 0], 1: [1, 1, 0, 1], 2: [1, 0, 0, 0], 3: [0, 1, 0, 1], 4: [1, 0, 1, 0], 5: [0, 1, 1, 1],
    6: [0, 0, 0, 0], 7: [1, 1, 0, 1], 8: [0, 0, 0, 1], 9: [0, 0, 0, 0], 10: [0, 0, 1, 0], 11: [1, 1, 0, 1],
    12: [1, 1, 1, 1], 13: [0, 0, 1, 0], 14: [1, 1, 1, 0], 15: [0, 0, 0, 1],
}  # fmt: skip
"""Condition number to where it holds in [-2, 2, 1, inf] compared with 1."""

_FOUR = [-2.0, 2.0, 1.0, INF]

ROWS = [
    *(
        found
        for kind, table in _TABLES
        for n, (formula, domain) in table.items()
        for found in _three((kind, n), formula, domain)
    ),
    *(found for number, test in TESTS.items() for found in _tests(number, test)),
    *(row((_BOOL, 5), _FOUR, np.array(holds, bool), args(t=(1.0, 1e-5, mode))) for mode, holds in CONDITIONS.items()),
    row((_BOOL, 5), _FOUR, InvalidArgument, args(t=(1.0, 1e-5, 16))),
    row((_SAME, 13), _FOUR, [-2.0, 9.0, 1.0, 9.0], args(t=(1.0, 9.0, 1e-5, 3))),
    row((_SAME, 13), (_FOUR, [5.0, 6.0, 7.0, 8.0]), [-2.0, 6.0, 1.0, 8.0], args(t=(1.0, 0.0, 1e-5, 3))),
    row((_SAME, 13), _FOUR, InvalidArgument, args(t=(1.0, 9.0, 1e-5, -1))),
    row((_SAME, 19), [-3.0, 0.5, 4.0], [-1.0, 0.5, 1.0], args(t=(-1.0, 1.0))),
    row("clipbyvalue", [[-3, 4]], np.array([[-1, 2]], "int32"), args(t=(-1.0, 2.0))),
    row("clipbyvalue", ([-3.0, 4.0], 0.0, 1.0), [0.0, 1.0]),
    row((_STRICT, 2), [1.0, -2.0], [2 * math.tanh(0.5), 2 * math.tanh(-1.0)], args(t=(2.0, 0.5))),
    row((_STRICT, 2), [[0.0]], [[0.0]], args(t=(2.0, 0.5))),
    row((_STRICT, 2), [1.0], [1.7159 * math.tanh(0.6666667)]),
    row((_STRICT, 3), [1.0, -2.0], [5.0, -1.0], args(t=(2.0, 3.0))),
    row((_STRICT, 3), [[0.5]], [[1.25]], args(t=(0.5, 1.0))),
    row((_STRICT, 3), [0.5], [0.5]),
    row((_STRICT, 19), [10.0, -10.0], [3.79297773665 / 2, -3.79297773665 / 2], args(t=(2.0,))),
    row((_STRICT, 20), [0.0, 1.0], [5.9604645e-08, 1.0], atol=0.0),
    row((_STRICT, 25), [0.5, 3.0, -3.0], [0.5, 6.0, -9.0], args(t=(-1.0, 1.5))),
    row((_STRICT, 25), [0.5, 3.0, -3.0], [0.5, 0.0, 0.0], args(t=(0.0, 1.0))),
    row((_STRICT, 25), [[2.0]], [[2.0]], args(t=(1.0, 3.0))),
    row("rint", [0.5, 1.5, -2.5], [0.0, 2.0, -2.0]),
    row("Floor", np.array([3, -3]), np.array([3, -3])),
    row((_SAME, 4), np.array([3, -3]), np.array([3, -3])),
    row((OpKind.TRANSFORM_FLOAT, 1), [4, 9], np.array([2, 3], "float32")),
    row((_STRICT, 45), [0.1, 2.0], special.erf(np.array([0.1, 2.0], "float32"))),
]
