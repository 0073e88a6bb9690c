"""Calls as steps over numbered slots, each value freed after its last use."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from ...spec.dtype import Array
from .call import Call, Guard
from .execute import ALLOWANCE, Step, Steps, Take, Values, execute, truth

Fetch = Callable[[Any], Array]


class Layout:
    """Gives every value its slot. A result takes the slot of an input that ends with it.

    calls: all that will be asked for as steps, in the same order. kept: values that outlive their last reader.
    start: what the slots hold before the first step. inputs: the slots to be filled by then, by variable.
    """

    def __init__(
        self, constants: Mapping[str, Any], calls: Sequence[Call], kept: Collection[str], fetch: Fetch
    ) -> None:
        self.start: Values = [None]
        self.inputs: dict[str, int] = {}
        self._constants = constants
        self._slots: dict[str, int] = {}
        self._ends = {name: i for i, call in enumerate(calls) for name in (*call.node.outputs, *call.reads)}
        self._kept = kept
        self._fetch = fetch
        self._done = 0

    def steps(self, calls: Sequence[Call]) -> Steps:
        """The steps of the next calls; those that stand together in a branch become one."""
        found = list[Step]()
        for guards, group in groupby(calls, attrgetter("guards")):
            steps = [self._step(call) for call in group]
            found += [self._branch(guards, steps)] if guards else steps
        return tuple(map(tuple[Any, ...], found))

    def of(self, name: str) -> int:
        """The slot of a value; constants and inputs get theirs when they are first asked for."""
        slot = self._slots.get(name)
        if slot is None:
            slot = self._slots[name] = self._add(self._constants.get(name))
            if name not in self._constants:
                self.inputs[name] = slot
        return slot

    def _step(self, call: Call) -> Step:
        node, i = call.node, self._done
        self._done += 1
        slots = [self.of(name) for name in node.inputs]
        take = take_of([ALLOWANCE, *slots] if call.loops else slots)
        free = [self._slots[name] for name in dict.fromkeys(node.inputs) if self._ends_at(name, i)]
        outs = [self._place(name, free) for name in node.outputs]
        dead = [*free, *(self._slots[name] for name in node.outputs if self._ends_at(name, i))]
        out, several = outs[0], tuple(outs) if len(outs) > 1 else ()
        return Step(call.function, take, out, several, tuple(dead), None if call.loops else node)

    def _branch(self, guards: Sequence[Guard], steps: Sequence[Step]) -> Step:
        """What dies in the branch is dead behind it also when it did not run."""
        tests = tuple((self.of(guard.predicate), guard.side, guard.predicate) for guard in guards)
        dead = tuple(dict.fromkeys(slot for step in steps for slot in step.dead))
        run = Branch(tests, tuple(map(tuple[Any, ...], steps)), self._fetch)
        return Step(run, _everything, ALLOWANCE, (), dead, None)

    def _ends_at(self, name: str, i: int) -> bool:
        return self._ends[name] == i and name not in self._kept and name not in self._constants

    def _place(self, name: str, free: list[int]) -> int:
        self._slots[name] = slot = free.pop() if free else self._add(None)
        return slot

    def _add(self, value: Any) -> int:
        self.start.append(value)
        return len(self.start) - 1


class Branch:
    """Steps that run when all tests hold; a test is the slot of a predicate, the side that it must be, its name."""

    __slots__ = ("_fetch", "_steps", "_tests")

    def __init__(self, tests: Sequence[tuple[int, bool, str]], steps: Steps, fetch: Fetch) -> None:
        self._tests = tests
        self._steps = steps
        self._fetch = fetch

    def __call__(self, values: Values) -> Any:
        """Answers what its step's slot holds already. Outer tests come first: inner predicates may not be known."""
        allowance = values[ALLOWANCE]
        for slot, side, name in self._tests:
            if truth(self._fetch(values[slot]), name) is not side:
                return allowance
        execute(self._steps, values, allowance.check)
        return allowance


def take_of(slots: Sequence[int]) -> Take:
    """Picks these slots as a sequence; an itemgetter of one slot would answer with the bare value."""
    return itemgetter(*slots) if len(slots) > 1 else itemgetter(slice(slots[0], slots[0] + 1) if slots else slice(0))


def _everything(values: Values) -> tuple[Values]:
    return (values,)
