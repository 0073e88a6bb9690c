"""The Plan: a compiled graph, and for each set of outputs the flat list of steps that makes them.

Nothing here changes while it runs, so any number of threads may run one Plan.
"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import Context, copy_context
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from ...spec.dtype import Array
from ...spec.errors import InvalidArgument
from ...spec.graph import OpNode, VariableKind
from ..arrays import ArrayModule
from .call import Call, results_of
from .compile import Compiled
from .failures import in_node

Check = Callable[[], None]
Take = Callable[[list[Any]], Sequence[Any]]

PROGRAMS = 64
"""Programs kept by one Plan; the least recently used goes first."""


def _quiet() -> Context:
    np.seterr(all="ignore")
    return copy_context()


_QUIET = Context().run(_quiet)
"""A context in which NumPy keeps floating-point trouble to itself; entering it costs a tenth of `np.errstate`."""


class Step(NamedTuple):
    """One op: call `function` with what `take` picks from the slots.

    out: the slot of the result, or of each result when there are several. dead: slots that nobody reads any more.
    """

    function: Callable[..., Any]
    take: Take
    out: int
    outs: tuple[int, ...]
    dead: tuple[int, ...]
    node: OpNode


class Program:
    """The steps that make one set of outputs, over a row of numbered slots."""

    __slots__ = ("_arrays", "_inputs", "_outputs", "_start", "_steps")

    def __init__(
        self,
        steps: Sequence[Step],
        inputs: Mapping[str, int],
        outputs: Mapping[str, int],
        start: list[Any],
        arrays: ArrayModule,
    ) -> None:
        self._steps = tuple(map(tuple[Any, ...], steps))  # unpacked faster than named ones
        self._inputs = tuple(inputs.items())
        self._outputs = tuple(outputs.items())
        self._start = start
        self._arrays = arrays

    def run(self, inputs: Mapping[str, Array], check: Check | None = None) -> dict[str, Array]:
        """The outputs, in the order they were asked for. `check` runs before each op and may raise to stop.

        Raises InvalidArgument for inputs that a node refuses, ExecutionFailed, Overloaded, and what `check` raises.
        """
        values, put, fetch = self._start.copy(), self._arrays.put, self._arrays.fetch
        for name, slot in self._inputs:
            if name not in inputs:
                raise InvalidArgument(f"input '{name}' is missing")
            values[slot] = put(inputs[name])
        _QUIET.copy().run(self._execute, values, check)
        return {name: fetch(values[slot]) for name, slot in self._outputs}

    def _execute(self, values: list[Any], check: Check | None) -> None:
        """The loop that every request walks: what stands here is paid once per op."""
        for function, take, out, outs, dead, node in self._steps:
            if check is not None:
                check()
            try:
                result = function(*take(values))
                if outs:
                    result = _spread(values, outs, result)
                else:
                    values[out] = result[0] if result.__class__ is tuple else result
            except Exception as error:
                raise in_node(error, node, take(values)) from error
            for slot in dead:
                values[slot] = None


class Plan:
    """A compiled graph, run on demand."""

    __slots__ = ("_program", "compiled")

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self._program = lru_cache(PROGRAMS)(partial(build, compiled))

    def run(
        self, inputs: Mapping[str, Array], outputs: tuple[str, ...], check: Check | None = None
    ) -> dict[str, Array]:
        """The variables `outputs`, running only what they need; see Program.run.

        An output may be a read-only weight, a view of an input or of another output: treat all as read-only.
        """
        return self._program(outputs).run(inputs, check)


def build(compiled: Compiled, outputs: tuple[str, ...]) -> Program:
    """The program for these outputs: the calls they need, each value in a slot, freed after its last use.

    Raises InvalidArgument for an output that nothing makes.
    """
    calls = needed(compiled, outputs)
    _check_made(compiled, calls, outputs)
    layout = _Layout(compiled, calls, outputs)
    steps = [layout.step(i, call) for i, call in enumerate(calls)]
    return Program(steps, layout.inputs, {name: layout.of(name) for name in outputs}, layout.start, compiled.arrays)


def _check_made(compiled: Compiled, calls: Sequence[Call], outputs: Sequence[str]) -> None:
    made = {name for call in calls for name in call.node.outputs} | compiled.constants.keys()
    for name in outputs:
        variable = compiled.graph.variables.get(name)
        if name not in made and (variable is None or variable.kind is not VariableKind.PLACEHOLDER):
            raise InvalidArgument(f"nothing in the graph computes '{name}'")


def needed(compiled: Compiled, outputs: Sequence[str]) -> list[Call]:
    """The calls that these outputs need, in order."""
    wanted, calls = set(outputs), list[Call]()
    for call in reversed(compiled.calls):
        if not wanted.isdisjoint(call.node.outputs):
            calls.append(call)
            wanted.update(call.node.inputs)
    return calls[::-1]


class _Layout:
    """Gives every value of a program its slot. A result takes the slot of an input that ends with it."""

    def __init__(self, compiled: Compiled, calls: Sequence[Call], outputs: Sequence[str]) -> None:
        self.start: list[Any] = []
        self.inputs: dict[str, int] = {}
        self._constants = compiled.constants
        self._slots: dict[str, int] = {}
        self._ends = {name: i for i, call in enumerate(calls) for name in (*call.node.outputs, *call.node.inputs)}
        self._kept = compiled.constants.keys() | set(outputs)

    def step(self, i: int, call: Call) -> Step:
        """The step of call number `i`; calls come in order."""
        node = call.node
        take = _take([self.of(name) for name in node.inputs])
        free = [self._slots[name] for name in dict.fromkeys(node.inputs) if self._ends_at(name, i)]
        outs = [self._place(name, free) for name in node.outputs]
        dead = [*free, *(self._slots[name] for name in node.outputs if self._ends_at(name, i))]
        return Step(call.function, take, outs[0], tuple(outs) if len(outs) > 1 else (), tuple(dead), node)

    def of(self, name: str) -> int:
        """The slot of a value; constants and inputs get theirs when they are first read."""
        slot = self._slots.get(name)
        if slot is None:
            slot = self._slots[name] = self._add(self._constants.get(name))
            if name not in self._constants:
                self.inputs[name] = slot
        return slot

    def _ends_at(self, name: str, i: int) -> bool:
        return self._ends[name] == i and name not in self._kept

    def _place(self, name: str, free: list[int]) -> int:
        self._slots[name] = slot = free.pop() if free else self._add(None)
        return slot

    def _add(self, value: Any) -> int:
        self.start.append(value)
        return len(self.start) - 1


def _take(slots: list[int]) -> Take:
    """Picks these slots as a sequence; an itemgetter of one slot would answer with the bare value."""
    return itemgetter(*slots) if len(slots) > 1 else itemgetter(slice(slots[0], slots[0] + 1) if slots else slice(0))


def _spread(values: list[Any], outs: tuple[int, ...], result: Any) -> None:
    """Store the results of an op with several outputs; returns nothing, so that the loop keeps none of them."""
    for slot, value in zip(outs, results_of(result, len(outs)), strict=True):
        values[slot] = value
