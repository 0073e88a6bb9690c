"""What an op does to the batch axis: the rules by which rows of different callers are proven independent.

A value either carries the callers' rows along one axis (`Rows`), or is the same for every caller (`WHOLE`),
or is made of the batch's size alone (`EXTENT`). A rule looks at the states and shapes of an op's inputs, seen in a
trial run, and answers with the states of its outputs, or raises `Mixes` with the reason why rows would meet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Fixed(Enum):
    """Values that carry no rows."""

    WHOLE = "whole"
    EXTENT = "extent"


WHOLE, EXTENT = Fixed.WHOLE, Fixed.EXTENT


@dataclass(frozen=True, slots=True)
class Rows:
    """Callers' rows along `axis`, `per_row` entries for each row fed, one caller after the other."""

    axis: int
    per_row: int


State = Rows | Fixed
Dims = tuple[int, ...]


class Mixes(Exception):
    """The op would mix the rows of different callers (or cannot be shown not to)."""


@dataclass(frozen=True, slots=True)
class RowCall:
    """One op in a trial run of `rows` rows.

    states, inputs: state and shape of each input. outputs: shape of each output. options: the kernel's options.
    values: each input's value, where it is a host input and known; may be shorter than `inputs`.
    """

    states: Sequence[State]
    inputs: Sequence[Dims]
    outputs: Sequence[Dims]
    options: Mapping[str, Any]
    rows: int
    values: Sequence[Any] = ()

    def all(self, state: State) -> list[State]:
        """The same state for every output."""
        return [state] * len(self.outputs)

    def fixed_value(self, i: int) -> Any:
        """The value of host input `i`. Raises Mixes unless it is known and the same for every caller."""
        value = self.values[i] if i < len(self.values) else None
        if value is None or self.states[i] is not WHOLE:
            raise Mixes("one of its arguments is computed when it runs")
        return value


RowRule = Callable[[RowCall], Sequence[State]]
"""Called only when at least one input is not WHOLE."""


def mixes(_call: RowCall) -> Sequence[State]:
    """The default rule: nothing is known, so nothing is proven."""
    raise Mixes("it has no rule for the batch axis")


def elementwise(call: RowCall) -> Sequence[State]:
    """Broadcasting ops: every input that carries rows has them in the same place, counted from the right."""
    rank = len(call.outputs[0])
    places = {
        (state.axis + rank - len(shape), state.per_row)
        for state, shape in zip(call.states, call.inputs, strict=True)
        if isinstance(state, Rows)
    }
    if len(places) != 1 or EXTENT in call.states:
        raise Mixes("its inputs carry rows along different axes")
    axis, per_row = places.pop()
    for state, shape in zip(call.states, call.inputs, strict=True):
        own = axis - rank + len(shape)
        if state is WHOLE and own >= 0 and shape[own] != 1:
            raise Mixes("a fixed operand has an entry for each row")
    return call.all(Rows(axis, per_row))
