"""Batch-axis rules of ops that keep every axis where it is, or drop some: activations, norms, reductions, products."""

from collections.abc import Mapping, Sequence
from typing import Any

from .arguments import axes_of, axis_list
from .rows import EXTENT, WHOLE, Mixes, RowCall, RowRule, Rows, State, elementwise


def only(call: RowCall, i: int = 0) -> Rows:
    """The rows of input `i`, when every other input is the same for all callers."""
    state = call.states[i]
    if not isinstance(state, Rows):
        raise Mixes("it computes with an operand that depends on the batch")
    if any(other is not WHOLE for j, other in enumerate(call.states) if j != i):
        raise Mixes("more than one of its inputs depends on the batch")
    return state


def axes(call: RowCall, option: str, default: Any = None, host: int | None = None) -> frozenset[int]:
    """The axes of input 0 that an op works on, counted from the left: a host input wins over the option."""
    rank = len(call.inputs[0])
    given = call.options.get(option, default)
    if host is not None and len(call.inputs) > host:
        given = axes_of(axis_list(call.fixed_value(host)))
    if given is None or given == ():
        return frozenset(range(rank))
    return frozenset(axis % rank for axis in ((given,) if isinstance(given, int) else given))


def along(option: str, reason: str, *, default: Any = None, host: int | None = None) -> RowRule:
    """Ops that keep the shape and mix entries along the axes of `option` alone (softmax, cumsum, reverse)."""

    def rule(call: RowCall) -> Sequence[State]:
        state = only(call)
        if state.axis in axes(call, option, default, host):
            raise Mixes(reason)
        return call.all(state)

    return rule


def fixed_axis(axis: int, reason: str) -> RowRule:
    """Ops that keep the shape and work along one axis that is theirs by definition."""
    return along("", reason, default=axis)


def reduces(option: str = "axes", keep: str = "keep", *, host: int | None = 1) -> RowRule:
    """Ops that reduce over the axes of `option`; flag `keep` leaves them with size one."""

    def rule(call: RowCall) -> Sequence[State]:
        state = only(call)
        gone = axes(call, option, None, host)
        if state.axis in gone:
            raise Mixes("it reduces over the batch axis")
        shift = 0 if call.options.get(keep) else sum(axis < state.axis for axis in gone)
        return call.all(Rows(state.axis - shift, state.per_row))

    return rule


def first(call: RowCall) -> Sequence[State]:
    """Ops that treat each entry of axis 0 of input 0 by itself, the other inputs being fixed (convolution, pooling)."""
    state = only(call)
    if state.axis != 0:
        raise Mixes("the batch is not its first axis")
    return call.all(state)


def aligned(call: RowCall, batch: Mapping[int, int], answered: Sequence[int]) -> Sequence[State]:
    """Ops that take each entry of a batch by itself: input i has it at axis `batch[i]`, output j at `answered[j]`.

    Inputs in `batch` must all carry the rows; the others must be the same for all callers.
    """
    state = call.states[min(batch)]
    per_row = state.per_row if isinstance(state, Rows) else 0
    for i, found in enumerate(call.states):
        if found != (Rows(batch[i], per_row) if i in batch else WHOLE):
            raise Mixes("its inputs do not all carry the rows along their batch axis")
    return [Rows(axis, per_row) for axis in answered]


def extents(rule: RowRule) -> RowRule:
    """`rule`, for an op through which sizes made of the batch size may pass as well."""

    def run(call: RowCall) -> Sequence[State]:
        if not any(isinstance(state, Rows) for state in call.states):
            return call.all(EXTENT)
        return rule(call)

    return run


def sizes(call: RowCall) -> Sequence[State]:
    """Ops that answer with the shape of their input."""
    return call.all(EXTENT)


def pairwise_reduces(call: RowCall) -> Sequence[State]:
    """Ops that combine two arrays by broadcasting, then reduce over `axes`."""
    rank = max(map(len, call.inputs))
    together = tuple(max(dims) for dims in zip(*(_padded(shape, rank) for shape in call.inputs), strict=True))
    combined = elementwise(RowCall(call.states, call.inputs, [together], call.options, call.rows))
    return reduces(host=None)(RowCall(combined, [together], call.outputs, call.options, call.rows))


def matmuls(call: RowCall) -> Sequence[State]:
    """Products of two arrays: rows may be a free axis of one factor, or the same batch axis of both."""
    if len(call.states) > 2:
        raise Mixes("it adds to its product what may differ for each row")
    if EXTENT in call.states:
        raise Mixes("it computes with the batch size")
    if call.options.get("transpose_result") and min(map(len, call.inputs)) < 2:
        raise Mixes("it transposes a product with a vector")
    if min(map(len, call.inputs)) < 2:
        return _with_vector(call)
    rank = max(map(len, call.inputs))
    places = [_place(call, i, rank) for i in (0, 1)]
    _check_places(call, places, rank)
    free = [place for place in places if place is not None]
    axis = free[0].axis
    if call.options.get("transpose_result") and axis >= rank - 2:
        axis = 2 * rank - 3 - axis
    return call.all(Rows(axis, free[0].per_row))


def _place(call: RowCall, i: int, rank: int) -> Rows | None:
    """Where factor `i` carries rows in the product, or None. Raises Mixes when they are summed over."""
    state, shape = call.states[i], call.inputs[i]
    if not isinstance(state, Rows):
        return None
    axis = state.axis + rank - len(shape)
    if call.options.get(("transpose_x", "transpose_y")[i]) and axis >= rank - 2:
        axis = 2 * rank - 3 - axis
    if axis == (rank - 1, rank - 2)[i]:
        raise Mixes("it sums over the batch axis")
    return Rows(axis, state.per_row)


def _check_places(call: RowCall, places: list[Rows | None], rank: int) -> None:
    """Both factors carry the rows in the same place, or the other one is the same for each of them."""
    x, y = places
    if x is not None and y is not None:
        if x != y:
            raise Mixes("its factors carry rows along different axes")
        return
    place, other = (x, call.inputs[1]) if x is not None else (y, call.inputs[0])
    assert place is not None, "a rule is called only when some input carries rows"
    own = place.axis - rank + len(other)
    if place.axis < rank - 2 and own >= 0 and other[own] != 1:
        raise Mixes("a fixed factor has an entry for each row")


def _with_vector(call: RowCall) -> Sequence[State]:
    state, rank = only(call), len(call.inputs[0])
    summed = rank - 2 if call.options.get("transpose_x") and rank > 1 else rank - 1
    if len(call.inputs[1]) != 1 or state.axis == summed:
        raise Mixes("it sums over the batch axis")
    return call.all(Rows(min(state.axis, rank - 2), state.per_row))


def _padded(shape: Sequence[int], rank: int) -> tuple[int, ...]:
    return (1,) * (rank - len(shape)) + tuple(shape)
