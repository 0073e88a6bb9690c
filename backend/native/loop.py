"""A while loop, run step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...kernels.registry import Kernel
from ...kernels.rows import mixes
from ...spec.graph import OpKind, OpName, OpNode
from ..arrays import ArrayModule
from .call import Call, Guard
from .execute import ALLOWANCE, Allowance, Steps, Values, execute, truth
from .foresight import bounded
from .layout import Fetch, Layout


class Parts(NamedTuple):
    """The calls of a loop: what its predicate needs, what each iteration does, what remains to do at its end."""

    test: tuple[Call, ...]
    body: tuple[Call, ...]
    end: tuple[Call, ...]


class Carried(NamedTuple):
    """A variable of a loop: its name, what it is at first, and what it is in the next iteration."""

    name: str
    first: str
    again: str


def loop_call(
    name: str, leaves: Guard, carried: Sequence[Carried], exits: Mapping[str, str], parts: Parts, arrays: ArrayModule
) -> Call:
    """A loop as one call: it reads what it uses from outside, and answers `exits`.

    leaves: the side of the predicate that ends it. exits: by the name that is read outside, what it is inside.
    """
    parts = Parts(*(tuple(map(bounded, part)) for part in parts))
    calls = [call for part in parts for call in part]
    made = {each.name for each in carried}.union(*(call.node.outputs for call in calls))
    kept = (leaves.predicate, *exits.values(), *(each.again for each in carried))
    layout = Layout({}, calls, _outside(calls).union(kept), arrays.fetch)
    run = Loop(
        name,
        leaves,
        *map(layout.steps, parts),
        predicate=layout.of(leaves.predicate),
        variables=[layout.of(each.name) for each in carried],
        first=[layout.of(each.first) for each in carried],
        again=[layout.of(each.again) for each in carried],
        exits=[layout.of(source) for source in exits.values()],
        inputs=[slot for each, slot in layout.inputs.items() if each not in made],
        start=layout.start,
        fetch=arrays.fetch,
    )
    read = tuple(each for each in layout.inputs if each not in made)
    node = OpNode(name, OpName(OpKind.LOGIC, 0, "while"), read, tuple(exits))
    pure = all(call.kernel.pure for call in calls)
    return Call(node, Kernel("while", run, lambda _args: {}, mixes, pure=pure), {}, run, loops=True)


def _outside(calls: Sequence[Call]) -> set[str]:
    """What the calls read and do not make: it is there for the next iteration as well."""
    return {name for call in calls for name in call.reads}.difference(*(call.node.outputs for call in calls))


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """The function of a loop; it keeps nothing between runs, so any number of threads may run it.

    All but name, leaves and steps are slots: of the variables, of what these are at first and in the next iteration, of
    what leaves, of what comes in. Every iteration uses the same slots, so what an earlier one made is freed.
    """

    name: str
    leaves: Guard
    test: Steps
    body: Steps
    end: Steps
    predicate: int
    variables: Sequence[int]
    first: Sequence[int]
    again: Sequence[int]
    exits: Sequence[int]
    inputs: Sequence[int]
    start: Values
    fetch: Fetch

    def __call__(self, allowance: Allowance, *inputs: Any) -> tuple[Any, ...]:
        """Raises what a node inside raises, naming it, and what `allowance` raises."""
        values = self.start.copy()
        values[ALLOWANCE] = allowance
        for slot, value in zip(self.inputs, inputs, strict=True):
            values[slot] = value
        self._carry(values, self.first)
        while self._goes_on(values, allowance):
            allowance.iterate(self.name)
            execute(self.body, values, allowance.check)
            self._carry(values, self.again)
        execute(self.end, values, allowance.check)
        return tuple([values[slot] for slot in self.exits])

    def _goes_on(self, values: Values, allowance: Allowance) -> bool:
        execute(self.test, values, allowance.check)
        return truth(self.fetch(values[self.predicate]), self.leaves.predicate) is not self.leaves.side

    def _carry(self, values: Values, source: Sequence[int]) -> None:
        """All variables at once: one may become what another was."""
        given = [values[slot] for slot in source]
        for slot, value in zip(self.variables, given, strict=True):
            values[slot] = value
