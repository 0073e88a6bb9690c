"""The two forms in which DL4J writes a reduction: a custom op, and a number in a legacy table.

Axes come as a second input, as integers or as dimensions; none means all.
"""

from collections.abc import Callable
from math import nan, prod
from typing import Any

from ..spec.graph import OpArgs, OpKind
from .arguments import axes_of, axis_list, custom_reduction, legacy_reduction
from .registry import Function, Options, ReadArgs, kernel
from .rules import reduces

Axes = tuple[int, ...] | None


def reduction(
    custom: str | None = None,
    *,
    title: str = "",
    legacy: tuple[OpKind, int] | None = None,
    more: ReadArgs | None = None,
) -> Callable[[Function], Function]:
    """Declare `(xp, x, axes, keep, **options)` below as custom op and at its place in a legacy table.

    title: its name where there is no custom op. more: further options, from T.
    """

    def declare(formula: Function) -> Function:
        run = _with_axes(formula)
        if custom:
            kernel(custom, read=_joined(custom_reduction, more), rows=reduces(), host=(1,))(run)
        if legacy:
            read = _joined(legacy_reduction, more)
            kernel(f"legacy:{title or custom}", read=read, rows=reduces(), legacy=(legacy,), host=(1,))(run)
        return formula

    return declare


def mean_of(x: Any, axes: Axes, keep: bool, **options: Any) -> Any:
    """The mean over axes; of nothing it is NaN, without the warning that array modules print."""
    return x.mean(axes, keepdims=keep, **options) if x.size else x.sum(axes, keepdims=keep, **options) * nan


def variance_of(x: Any, axes: Axes, keep: bool, corrected: bool = False) -> Any:
    """The variance over axes, of the population or (`corrected`) of a sample; of too few entries it is NaN."""
    count = prod(x.shape[axis] for axis in (range(x.ndim) if axes is None else axes))
    if not x.size or count <= corrected:
        return x.sum(axes, keepdims=keep) * nan
    return x.var(axes, keepdims=keep, ddof=int(corrected))


def _with_axes(formula: Function) -> Function:
    def run(xp: Any, x: Any, dims: Any = None, *, axes: Axes = None, keep: bool = False, **options: Any) -> Any:
        return formula(xp, x, axes if dims is None else axes_of(axis_list(dims)), keep, **options)

    return run


def _joined(read: ReadArgs, more: ReadArgs | None) -> ReadArgs:
    def both(args: OpArgs) -> Options:
        return {**read(args), **more(args)} if more else read(args)

    return both
