"""Positions of extremes, and running sums and products."""

from math import prod
from typing import Any

from ...spec.graph import OpArgs, OpKind
from ..arguments import axes_of, axis_list, dtype_option, legacy_reduction
from ..bounds import check_axes, check_steps
from ..conditions import holds, read_condition
from ..precision import cast_like, in_float32
from ..reductions import Axes
from ..registry import Function, Options, kernel
from ..rules import along, reduces

_INDEX = OpKind.INDEX_REDUCE


def _read_custom(args: OpArgs) -> Options:
    return {"axes": axes_of(args.ints), "keep": bool(args.bools and args.bools[0]), **dtype_option(args)}


def _positions(name: str, number: int) -> Any:
    """Declare a search as custom op `name` and as its number in INDEX_REDUCE."""

    def declare(function: Function) -> Function:
        kernel(name, read=_read_custom, rows=reduces(), host=(1,))(function)
        place = ((_INDEX, number),)
        return kernel(f"legacy:{name}", read=legacy_reduction, rows=reduces(), legacy=place, host=(1,))(function)

    return declare


def searched(x: Any, axes: Axes) -> tuple[Any, tuple[int, ...]]:
    """x with the searched axes as one last axis, and the shape of the answer that keeps them."""
    chosen = sorted(check_axes(range(x.ndim) if axes is None else axes, x.ndim))
    rest = [axis for axis in range(x.ndim) if axis not in chosen]
    kept = tuple(1 if axis in chosen else size for axis, size in enumerate(x.shape))
    joined = x.transpose([*rest, *chosen]).reshape(
        [*(x.shape[axis] for axis in rest), prod(x.shape[a] for a in chosen)]
    )
    return joined, kept


def _find(x: Any, search: str, axes: Axes, keep: bool, dtype: Any) -> Any:
    if axes is not None and len(axes) == 1 and not keep:
        return getattr(x, search)(axes[0]).astype(dtype)
    joined, kept = searched(x, axes)
    found = getattr(joined, search)(-1).astype(dtype)
    return found.reshape(kept) if keep else found


@_positions("argmax", 0)
def argmax(_xp: Any, x: Any, dims: Any = None, *, axes: Axes = None, keep: bool = False, dtype: Any = "int64") -> Any:
    """Where the largest entry stands, the first of equals; over several axes in row-major order."""
    return _find(x, "argmax", axes if dims is None else axes_of(axis_list(dims)), keep, dtype)


@_positions("argmin", 1)
def argmin(_xp: Any, x: Any, dims: Any = None, *, axes: Axes = None, keep: bool = False, dtype: Any = "int64") -> Any:
    """Where the smallest entry stands, the first of equals."""
    return _find(x, "argmin", axes if dims is None else axes_of(axis_list(dims)), keep, dtype)


@_positions("argamax", 2)
def argamax(xp: Any, x: Any, dims: Any = None, **options: Any) -> Any:
    """Where |x| is largest."""
    return argmax(xp, xp.abs(x), dims, **options)


@_positions("argamin", 3)
def argamin(xp: Any, x: Any, dims: Any = None, **options: Any) -> Any:
    """Where |x| is smallest."""
    return argmin(xp, xp.abs(x), dims, **options)


def _read_index(args: OpArgs) -> Options:
    return {**legacy_reduction(args), **read_condition(args)}


@kernel("legacy:first_index", read=_read_index, rows=reduces(host=None), legacy=((_INDEX, 4),))
def first_index(
    xp: Any, x: Any, *, compare: float, eps: float, mode: int, axes: Axes = None, keep: bool = False
) -> Any:
    """The first position for which the condition holds, or -1."""
    found = holds(xp, x, compare, eps, mode)
    there = _find(found, "any", axes, keep, "bool")
    return xp.where(there, _find(found, "argmax", axes, keep, "int64"), -1)


@kernel("legacy:last_index", read=_read_index, rows=reduces(host=None), legacy=((_INDEX, 5),))
def last_index(xp: Any, x: Any, *, compare: float, eps: float, mode: int, axes: Axes = None, keep: bool = False) -> Any:
    """The last position for which the condition holds, or -1."""
    joined, kept = searched(holds(xp, x, compare, eps, mode), axes)
    last = joined.shape[-1] - 1 - joined[..., ::-1].argmax(-1)
    out = xp.where(joined.any(-1), last, -1)
    return out.reshape(kept) if keep else out


def _read_running(args: OpArgs) -> Options:
    flags = {name: bool(flag) for name, flag in zip(("exclusive", "reverse"), args.ints, strict=False)}
    return {**flags, "axes": axes_of(args.ints[2:])}


def _running(xp: Any, x: Any, axes: Axes, step: str, start: int, exclusive: bool, reverse: bool) -> Any:
    if axes is None:
        return _running(xp, x.reshape(-1), (0,), step, start, exclusive, reverse).reshape(x.shape)
    check_steps(len(axes), x.size, x.size)
    for axis in axes:
        out = xp.flip(x, axis) if reverse else x
        if exclusive:
            head, rest = xp.split(out, [x.shape[axis] - 1], axis)
            out = xp.concatenate([xp.full_like(rest, start), head], axis)
        out = cast_like(getattr(xp, step)(out, axis), x)
        x = xp.flip(out, axis) if reverse else out
    return x


_MIXES = "it runs along the batch axis"


@kernel("cumsum", read=_read_running, rows=along("axes", _MIXES, host=1), host=(1,))
@in_float32
def cumsum(
    xp: Any, x: Any, dims: Any = None, *, axes: Axes = None, exclusive: bool = False, reverse: bool = False
) -> Any:
    """Running sums along axes; without axes over all entries in row-major order."""
    return _running(xp, x, axes if dims is None else axes_of(axis_list(dims)), "cumsum", 0, exclusive, reverse)


@kernel("cumprod", read=_read_running, rows=along("axes", _MIXES, host=1), host=(1,))
@in_float32
def cumprod(
    xp: Any, x: Any, dims: Any = None, *, axes: Axes = None, exclusive: bool = False, reverse: bool = False
) -> Any:
    """Running products along axes; without axes over all entries in row-major order."""
    return _running(xp, x, axes if dims is None else axes_of(axis_list(dims)), "cumprod", 1, exclusive, reverse)
