"""The Plan: a compiled graph, and for each set of outputs the flat list of steps that makes them.

Nothing here changes while it runs, so any number of threads may run one Plan.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from ...spec.dtype import Array
from ...spec.errors import InvalidArgument
from ...spec.graph import VariableKind
from ..arrays import ArrayModule
from .call import Call
from .compile import Compiled
from .execute import ALLOWANCE, ITERATIONS, QUIET, Allowance, Check, Steps, execute
from .layout import Layout

PROGRAMS = 64
"""Programs kept by one Plan; the least recently used goes first."""


class Program:
    """The steps that make one set of outputs, over a row of numbered slots."""

    __slots__ = ("_arrays", "_branches", "_inputs", "_iterations", "_outputs", "_start", "_steps")

    def __init__(
        self,
        steps: Steps,
        inputs: Mapping[str, int],
        outputs: Mapping[str, int],
        start: list[Any],
        arrays: ArrayModule,
        iterations: int = ITERATIONS,
    ) -> None:
        self._steps = steps
        self._inputs = tuple(inputs.items())
        self._outputs = tuple(outputs.items())
        self._start = start
        self._arrays = arrays
        self._iterations = iterations
        self._branches = any(node is None for *_, node in steps)

    def run(self, inputs: Mapping[str, Array], check: Check | None = None) -> dict[str, Array]:
        """The outputs, in the order they were asked for. `check` runs before each op and may raise to stop.

        Raises InvalidArgument for inputs that a node refuses, ExecutionFailed, Overloaded, and what `check` raises.
        """
        values, put, fetch = self._start.copy(), self._arrays.put, self._arrays.fetch
        for name, slot in self._inputs:
            if name not in inputs:
                raise InvalidArgument(f"input '{name}' is missing")
            values[slot] = put(inputs[name])
        if self._branches:
            values[ALLOWANCE] = Allowance(check, self._iterations)
        QUIET.copy().run(execute, self._steps, values, check)
        return {name: fetch(values[slot]) for name, slot in self._outputs}


class Plan:
    """A compiled graph, run on demand. iterations: what all loops of one run may take together."""

    __slots__ = ("_program", "compiled", "iterations")

    def __init__(self, compiled: Compiled, iterations: int = ITERATIONS) -> None:
        self.compiled = compiled
        self.iterations = iterations
        self._program = lru_cache(PROGRAMS)(partial(build, compiled, iterations=iterations))

    def run(
        self, inputs: Mapping[str, Array], outputs: tuple[str, ...], check: Check | None = None
    ) -> dict[str, Array]:
        """The variables `outputs`, running only what they need; see Program.run.

        An output may be a read-only weight, a view of an input or of another output: treat all as read-only.
        """
        return self._program(outputs).run(inputs, check)


def build(compiled: Compiled, outputs: tuple[str, ...], iterations: int = ITERATIONS) -> Program:
    """The program for these outputs: the calls they need, each value in a slot, freed after its last use.

    Raises InvalidArgument for an output that nothing makes.
    """
    calls = needed(compiled, outputs)
    _check_made(compiled, calls, outputs)
    layout = Layout(compiled.constants, calls, frozenset(outputs), compiled.arrays.fetch)
    steps = layout.steps(calls)
    slots = {name: layout.of(name) for name in outputs}
    return Program(steps, layout.inputs, slots, layout.start, compiled.arrays, iterations)


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
            wanted.update(call.reads)
    return calls[::-1]
