"""DL4J's numbered conditions, which select or count entries by comparing them with a number."""

from collections.abc import Callable
from typing import Any

from ..spec.errors import InvalidArgument
from ..spec.graph import OpArgs
from .registry import Options

Test = Callable[[Any, Any, float, float], Any]

CONDITIONS: tuple[Test, ...] = (
    lambda xp, x, c, eps: xp.abs(x - c) <= eps,
    lambda xp, x, c, eps: xp.abs(x - c) > eps,
    lambda _xp, x, c, _eps: x < c,
    lambda _xp, x, c, _eps: x > c,
    lambda _xp, x, c, _eps: x <= c,
    lambda _xp, x, c, _eps: x >= c,
    lambda xp, x, c, _eps: xp.abs(x) < c,
    lambda xp, x, c, _eps: xp.abs(x) > c,
    lambda xp, x, _c, _eps: xp.isinf(x),
    lambda xp, x, _c, _eps: xp.isnan(x),
    lambda _xp, x, c, _eps: x == c,
    lambda _xp, x, c, _eps: x != c,
    lambda xp, x, c, _eps: xp.abs(x) >= c,
    lambda xp, x, c, _eps: xp.abs(x) <= c,
    lambda xp, x, _c, _eps: xp.isfinite(x),
    lambda xp, x, _c, _eps: ~xp.isfinite(x),
)
"""By number: each `(xp, x, compare, eps)` to booleans."""


def holds(xp: Any, x: Any, compare: float, eps: float, mode: int) -> Any:
    """Where condition number `mode` holds. Raises InvalidArgument for a number that is none."""
    if not 0 <= mode < len(CONDITIONS):
        raise InvalidArgument(f"condition {mode} is unknown; expected 0 to {len(CONDITIONS) - 1}")
    return CONDITIONS[mode](xp, x, compare, eps)


def read_condition(args: OpArgs) -> Options:
    """T = [compare, eps, mode]."""
    compare, eps, mode = args.floats[:3]
    return {"compare": compare, "eps": eps, "mode": int(mode)}


def read_marked(args: OpArgs) -> Options:
    """T = [compare, value, eps, mode]: the form of ops that also set a value."""
    compare, value, eps, mode = args.floats[:4]
    return {"compare": compare, "value": value, "eps": eps, "mode": int(mode)}
