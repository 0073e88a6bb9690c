"""The forms in which DL4J writes one and the same two-operand op.

A custom op broadcasts `x, y`; PAIRWISE pairs equal shapes; SCALAR holds y as a number; BROADCAST lays y along chosen
axes of x. One declaration here serves all four.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..spec.graph import OpArgs, OpKind
from .arguments import axes_of, axis_list, scalar_operand
from .bounds import check_axes
from .registry import Function, ReadArgs, kernel
from .rows import Mixes, RowCall, RowRule, Rows, State, elementwise
from .rules import only

Formula = Callable[..., Any]
"""`(xp, x, y, **options)`; y may be a Python number."""


def operation(
    custom: str | None,
    *,
    title: str | None = None,
    scalar: int | None = None,
    pairwise: int | None = None,
    broadcast: int | None = None,
    logical: bool = False,
    aliases: tuple[str, ...] = (),
    read: ReadArgs | None = None,
    default: float = 0.0,
    rows: RowRule = elementwise,
) -> Callable[[Formula], Formula]:
    """Declare the formula below as custom op `custom` and at its numbers in the legacy tables.

    title: its name where there is no custom op. logical: the tables are those of boolean answers, and the answer
    keeps its own type; else it takes the type of x. read: further options, from T. default: the scalar operand of
    files that write none.
    """
    name = title or custom or ""
    kinds = (OpKind.SCALAR_BOOL, OpKind.PAIRWISE_BOOL, OpKind.BROADCAST_BOOL) if logical else _ARITHMETIC
    options = read or _none

    def declare(formula: Formula) -> Formula:
        both = formula if logical else _typed(formula)
        pairs = ((kinds[1], pairwise),) if pairwise is not None else ()
        if custom or pairs:
            kernel(custom or f"legacy:{name}", read=options, rows=rows, aliases=aliases, legacy=pairs)(both)
        if scalar is not None:
            of_scalar = _with_scalar(options, default)
            place = ((kinds[0], scalar),)
            kernel(f"legacy:{name}_scalar", read=of_scalar, rows=rows, legacy=place)(
                _scalar(formula, typed=not logical)
            )
        if broadcast is not None:
            along = _with_axes(options)
            place = ((kinds[2], broadcast),)
            kernel(f"legacy:{name}_broadcast", read=along, rows=_laid, legacy=place, host=(2,))(_broadcast(both))
        return formula

    return declare


_ARITHMETIC = (OpKind.SCALAR, OpKind.PAIRWISE, OpKind.BROADCAST)


def _none(_args: OpArgs) -> dict[str, Any]:
    return {}


def _typed(formula: Formula) -> Function:
    def run(xp: Any, x: Any, y: Any, **options: Any) -> Any:
        out = formula(xp, x, y, **options)
        return out if out.dtype == x.dtype else out.astype(x.dtype)

    return run


def _scalar(formula: Formula, *, typed: bool) -> Function:
    def run(xp: Any, x: Any, other: Any = None, *, operand: Any = 0, **options: Any) -> Any:
        out = formula(xp, x, operand if other is None else other, **options)
        return out.astype(x.dtype) if typed and out.dtype != x.dtype else out

    return run


def _with_scalar(options: ReadArgs, default: float) -> ReadArgs:
    return lambda args: {"operand": scalar_operand(args, default), **options(args)}


def _with_axes(options: ReadArgs) -> ReadArgs:
    return lambda args: {"axes": axes_of(args.dims), **options(args)}


def _broadcast(both: Function) -> Function:
    def run(xp: Any, x: Any, y: Any, dims: Any = None, *, axes: tuple[int, ...] | None = None, **options: Any) -> Any:
        chosen = axes if dims is None else axis_list(dims)
        return both(xp, x, y if chosen is None else y.reshape(laid_shape(x.shape, chosen)), **options)

    return run


def laid_shape(shape: Sequence[int], axes: Sequence[int]) -> tuple[int, ...]:
    """`shape` with size one everywhere but at `axes`. Raises InvalidArgument for an axis that it does not have."""
    chosen = check_axes(axes, len(shape))
    return tuple(size if axis in chosen else 1 for axis, size in enumerate(shape))


def _laid(call: RowCall) -> Sequence[State]:
    """BROADCAST: rows in x, at an axis that y has no entries for."""
    if not isinstance(call.states[0], Rows):
        raise Mixes("it lays the callers' rows along a fixed operand")
    state = only(call)
    given = axis_list(call.fixed_value(2)) if len(call.inputs) > 2 else call.options.get("axes")
    shape = call.inputs[1] if given is None else laid_shape(call.inputs[0], given)
    return elementwise(RowCall([state, call.states[1]], [call.inputs[0], shape], call.outputs, {}, call.rows))
