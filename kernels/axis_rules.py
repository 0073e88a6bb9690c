"""Batch-axis rules of ops that move, insert, join or cut axes."""

from collections.abc import Sequence
from math import prod
from typing import Any

from .arguments import axis_list
from .rows import EXTENT, WHOLE, Mixes, RowCall, RowRule, Rows, State
from .rules import axes, extents, only


def reshapes(literal: str | None) -> RowRule:
    """Ops that read the same elements into another shape, written in option `literal` or host input 1.

    In row-major order a caller's entries lie together as long as all axes before the rows stay as they are (or have
    size one), so the new axis there carries a whole number of entries for each row, or nothing is proven.
    """

    def rule(call: RowCall) -> Sequence[State]:
        state, before, after = call.states[0], call.inputs[0], call.outputs[0]
        if not isinstance(state, Rows) or any(isinstance(other, Rows) for other in call.states[1:]):
            raise Mixes("its shape depends on the callers' values")
        axis = _row_axis(state, before, after)
        if after[axis] == 0 or after[axis] % call.rows:
            raise Mixes("it reshapes across the batch axis")
        if any(size > 0 for size in _asked(call, literal)[axis : axis + 1]):
            raise Mixes("it reshapes the batch to a fixed size")
        return call.all(Rows(axis, after[axis] // call.rows))

    return extents(rule)


def _row_axis(state: Rows, before: Sequence[int], after: Sequence[int]) -> int:
    if prod(before[: state.axis]) != 1:
        if tuple(after[: state.axis]) != tuple(before[: state.axis]) or len(after) <= state.axis:
            raise Mixes("it reshapes across the batch axis")
        return state.axis
    found = next((axis for axis, size in enumerate(after) if size != 1), None)
    if found is None:
        raise Mixes("it reshapes across the batch axis")
    return found


def _asked(call: RowCall, literal: str | None) -> tuple[int, ...]:
    """The shape as written in the file, or () where the batch size is part of it."""
    if len(call.states) > 1:
        return () if call.states[1] is EXTENT else axis_list(call.fixed_value(1))
    return tuple(call.options.get(literal) or ()) if literal else ()


def permutes(option: str) -> RowRule:
    """Ops that reorder axes; without an order they reverse them."""

    def rule(call: RowCall) -> Sequence[State]:
        state, rank = only(call), len(call.inputs[0])
        order = axis_list(call.fixed_value(1)) if len(call.inputs) > 1 else call.options.get(option)
        order = [axis % rank for axis in order] if order else list(reversed(range(rank)))
        return call.all(Rows(order.index(state.axis), state.per_row))

    return rule


def inserts(call: RowCall) -> Sequence[State]:
    """expand_dims: an axis of size one comes in at option `axis` or host input 1."""
    state, rank = only(call), len(call.outputs[0])
    at = axis_list(call.fixed_value(1))[0] if len(call.inputs) > 1 else call.options.get("axis", 0)
    return call.all(Rows(state.axis + (at % rank <= state.axis), state.per_row))


def removes(call: RowCall) -> Sequence[State]:
    """squeeze: the axes that go are named, for a single row would lose its axis otherwise."""
    state = only(call)
    if len(call.inputs) < 2 and not call.options.get("axes"):
        raise Mixes("it drops axes of size one, as the batch axis may be")
    gone = axes(call, "axes", None, 1)
    if state.axis in gone:
        raise Mixes("it drops the batch axis")
    return call.all(Rows(state.axis - sum(axis < state.axis for axis in gone), state.per_row))


def _alike(call: RowCall) -> Rows:
    """The rows that all inputs carry in the same place."""
    if any(state is WHOLE for state in call.states):
        raise Mixes("it joins a fixed operand to the callers' rows")
    if any(state != call.states[0] for state in call.states):
        raise Mixes("its inputs carry rows along different axes")
    state = call.states[0]
    assert isinstance(state, Rows), "only called when some input carries rows"
    return state


def concats(call: RowCall) -> Sequence[State]:
    """concat along option `axis`."""
    if call.options.get("dynamic"):
        raise Mixes("its axis is computed when it runs")
    state = _alike(call)
    if call.options.get("axis", 0) % len(call.inputs[0]) == state.axis:
        raise Mixes("it joins along the batch axis")
    return call.all(state)


def stacks(call: RowCall) -> Sequence[State]:
    """stack: a new axis at option `axis`."""
    state, rank = _alike(call), len(call.outputs[0])
    at = call.options.get("axis", 0) % rank
    return call.all(Rows(state.axis + (at <= state.axis), state.per_row))


def unstacks(call: RowCall) -> Sequence[State]:
    """unstack: axis `axis` goes, one output for each entry."""
    state = only(call)
    gone = call.options.get("axis", 0) % len(call.inputs[0])
    if gone == state.axis:
        raise Mixes("it takes the batch axis apart")
    return call.all(Rows(state.axis - (gone < state.axis), state.per_row))


def gathers(call: RowCall) -> Sequence[State]:
    """gather along option `axis`: rows in the indices, or in another axis of the table."""
    if len(call.states) > 2 and call.states[2] is not WHOLE:
        raise Mixes("its axis is computed when it runs")
    (axis,) = axes(call, "axis", 0, 2)
    if len(call.inputs) > 1 and isinstance(call.states[1], Rows):
        index = only(call, 1)
        return call.all(Rows(axis + index.axis, index.per_row))
    state = only(call)
    if state.axis == axis:
        raise Mixes("it picks along the batch axis")
    added = len(call.outputs[0]) - len(call.inputs[0])
    return call.all(Rows(state.axis + (added if state.axis > axis else 0), state.per_row))


def untouched(call: RowCall) -> Sequence[State]:
    """Ops that may cut or grow other axes but leave the rows' axis as it is (split, pad), by the observed shapes.

    Only for ops that cannot both shorten and lengthen one axis, nor move entries along it when its size stays.
    """
    state = only(call)
    if any(len(out) <= state.axis or out[state.axis] != call.inputs[0][state.axis] for out in call.outputs):
        raise Mixes("it cuts or grows the batch axis")
    return call.all(state)


def spreads(call: RowCall) -> Sequence[State]:
    """broadcast_to and its like: input 0 into a shape with new axes on the left."""
    state, before, after = call.states[0], call.inputs[0], call.outputs[0]
    if not isinstance(state, Rows) or any(other is not EXTENT for other in call.states[1:]):
        raise Mixes("it spreads to a fixed size")
    axis = state.axis + len(after) - len(before)
    if after[axis] != before[state.axis]:
        raise Mixes("it spreads the batch axis")
    return call.all(Rows(axis, state.per_row))


def adds_axis(option: str, default: int) -> RowRule:
    """Ops that answer with one axis more than input 0, at option `option` (onehot)."""

    def rule(call: RowCall) -> Sequence[State]:
        state, rank = only(call), len(call.outputs[0])
        at: Any = call.options.get(option, default)
        return call.all(Rows(state.axis + (at % rank <= state.axis), state.per_row))

    return rule


def matrices(call: RowCall) -> Sequence[State]:
    """Ops on the matrices in the last two axes: what carries rows does so in the same place before them.

    An input may have one axis less than input 0 (diagonals); what is fixed is a vector or a number.
    """
    rank = len(call.inputs[0])
    rows = [state for state in call.states if isinstance(state, Rows)]
    if EXTENT in call.states or any(state != rows[0] for state in rows) or rows[0].axis >= rank - 2:
        raise Mixes("it works on matrices that the batch axis is part of")
    for state, shape in zip(call.states, call.inputs, strict=True):
        if len(shape) > 1 if state is WHOLE else len(shape) not in (rank - 1, rank):
            raise Mixes("a fixed operand has matrices for each row")
    return call.all(rows[0])
