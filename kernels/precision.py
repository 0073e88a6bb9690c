"""Which precision a kernel computes in.

NumPy rounds half-precision floats after every step, sums them without a wider accumulator, and knows bfloat16 only
through ml_dtypes; DL4J accumulates wider. So formulas of several steps run in float32 and round once.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import numpy as np

HALVES = "eE"
"""`dtype.char` of float16 and bfloat16."""

FLOAT32 = np.dtype(np.float32)


def wide(x: Any) -> Any:
    """`x` itself, or a float32 copy of a half-precision array; what is no array passes."""
    return x.astype(FLOAT32) if hasattr(x, "dtype") and x.dtype.char in HALVES else x


def in_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let `function(xp, x, …)` see float32 instead of half precision, and answer in the precision of `x`.

    Several answers are rounded alike, but for those that are no floats.
    """

    @wraps(function)
    def run(xp: Any, x: Any, *rest: Any, **options: Any) -> Any:
        if x.dtype.char not in HALVES:
            return function(xp, x, *rest, **options)
        out = function(xp, wide(x), *map(wide, rest), **options)
        return (
            tuple([_rounded(one, x) for one in cast(tuple[Any, ...], out)])
            if isinstance(out, tuple)
            else _rounded(out, x)
        )

    return run


def is_float(x: Any) -> bool:
    """True for arrays of floats, bfloat16 among them."""
    return x.dtype.kind in "fV"


def whole_numbers(x: Any, y: Any) -> bool:
    """True when both operands, arrays or numbers, are integers by type, so that DL4J computes as C does."""
    return _is_whole(x) and _is_whole(y)


def _is_whole(x: Any) -> bool:
    return x.dtype.kind in "iub" if hasattr(x, "dtype") else isinstance(x, int)


def floated(x: Any) -> Any:
    """`x` itself, or a float32 copy of integers and booleans, as DL4J's float-valued ops make it."""
    return x if is_float(x) else x.astype(FLOAT32)


def cast_like(out: Any, x: Any) -> Any:
    """`out` with the element type of `x`: DL4J answers in the type of an op's first input."""
    return out if out.dtype == x.dtype else out.astype(x.dtype)


def _rounded(out: Any, x: Any) -> Any:
    return out.astype(x.dtype) if out.dtype.kind == "f" else out
