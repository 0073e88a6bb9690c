"""Proof that the rows of different callers do not meet: what batching a graph rests on.

Every variable is judged once, at load. Three witnesses must agree: the rule of the op (kernels/rows.py) claims how
rows pass through it, the shapes of four trial batches confirm the claim, and a probe of their values checks that
f(a⊕b) = f(a)⊕f(b). Whatever comes of a variable that failed is not even tried.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...kernels.rows import EXTENT, WHOLE, Mixes, RowCall, Rows, State
from ...spec.errors import InvalidArgument, Overloaded
from ...spec.graph import OpGraph, Variable, VariableKind
from ..instance import Split
from .call import Call
from .compile import Compiled
from .failures import one_line, title
from .trial import SMALLEST, Sizes, Trial, sample, sizes_of

TIME_LIMIT = 20.0
"""Seconds for all trial runs of one graph; what is not reached stays unproven."""

FILLS = (8, 5)
"""What open dimensions other than the first are set to; then sizes that the graph's own weights have."""

_HINTS = 3


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing is proven of this variable. `failed`: the trial itself did, so another trial may know better."""

    reason: str
    failed: bool = False


Verdict = State | Stopped


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of each variable that the graph computes."""

    verdicts: Mapping[str, Verdict]

    def splits(self, outputs: Sequence[str]) -> tuple[Mapping[str, Split] | None, str]:
        """How a batch of several callers is split, or None and what prevents it.

        All inputs that proven outputs need carry rows along axis 0: others stop whatever comes of them.
        """
        splits = dict[str, Split]()
        for name in outputs:
            verdict = self.verdicts[name]
            if isinstance(verdict, Stopped):
                return None, verdict.reason
            if verdict is EXTENT:
                return None, f"variable '{name}': its value tells the size of the whole batch"
            splits[name] = Split(verdict.axis, verdict.per_row) if isinstance(verdict, Rows) else Split(0, 0)
        return splits, ""


def prove(compiled: Compiled, clock: Callable[[], float] = time.monotonic) -> Proof:
    """Judge every variable of a graph. Raises nothing for a graph that compiles: the worst answer is "not proven"."""
    end = clock() + TIME_LIMIT
    return Proof(_agreed([_walked(compiled, fill, lambda: clock() > end) for fill in _fills(compiled)]))


def _fills(compiled: Compiled) -> Sequence[int]:
    """One value when only first dimensions are open, else several: rows must lie alike for all that run."""
    shapes = [found.shape for found in _placeholders(compiled.graph) if found.shape]
    if not any(None in shape[1:] for shape in shapes):
        return FILLS[:1]
    hints = (dim for value in compiled.constants.values() for dim in getattr(value, "shape", ()) if dim > 1)
    return [*FILLS, *(dim for dim in list(dict.fromkeys(hints))[:_HINTS] if dim not in FILLS)]


def _agreed(walks: Sequence[Mapping[str, Verdict]]) -> Mapping[str, Verdict]:
    return {name: _agree([walk[name] for walk in walks]) for name in walks[0]}


def _agree(verdicts: Sequence[Verdict]) -> Verdict:
    ran = [verdict for verdict in verdicts if not (isinstance(verdict, Stopped) and verdict.failed)]
    stopped = next((verdict for verdict in ran or verdicts if isinstance(verdict, Stopped)), None)
    if stopped is not None:
        return stopped
    return ran[0] if len(set(ran)) == 1 else Stopped("another open dimension changes how its rows lie")


def _walked(compiled: Compiled, fill: int, is_late: Callable[[], bool]) -> Mapping[str, Verdict]:
    """The verdicts of one trial; of a second one with the smallest batches when the first took too much memory."""
    for sizes in (sizes_of(compiled.graph), SMALLEST):
        walk = _Walk(compiled, fill, sizes, is_late)
        walk.run()
        if not walk.too_large:
            break
    return walk.verdicts


class _Walk:
    """One trial run through the graph, in which every node is judged as it is passed."""

    def __init__(self, compiled: Compiled, fill: int, sizes: Sizes, is_late: Callable[[], bool]) -> None:
        self.verdicts: dict[str, Verdict] = dict.fromkeys(compiled.constants, WHOLE)
        self.too_large = False
        self._compiled = compiled
        self._trial = Trial(sizes, compiled.constants, compiled.arrays)
        self._fill = fill
        self._is_late = is_late

    def run(self) -> None:
        """Judge placeholders, then nodes; values are dropped when nobody reads them any more."""
        for variable in _placeholders(self._compiled.graph):
            self.verdicts[variable.name] = self._fed(variable)
        calls = self._compiled.calls
        ends = {name: i for i, call in enumerate(calls) for name in (*call.node.outputs, *call.node.inputs)}
        for i, call in enumerate(calls):
            self.verdicts.update(zip(call.node.outputs, self._judge(call), strict=True))
            for name in (*call.node.inputs, *call.node.outputs):
                if ends[name] == i:
                    self._trial.forget(name)

    def _fed(self, variable: Variable) -> Verdict:
        if not variable.shape:
            why = "its shape is not known" if variable.shape is None else "a scalar has no rows"
            return Stopped(f"input '{variable.name}': {why}")
        if variable.shape[0] is not None:
            return Stopped(f"input '{variable.name}': its first dimension is fixed at {variable.shape[0]}")
        try:
            rows = sample(self._compiled.graph, variable, self._trial.sizes.all[-1], self._fill)
            self._trial.feed(variable.name, rows)
        except (InvalidArgument, MemoryError) as error:
            self.too_large = True
            self._trial.forget(variable.name)
            return Stopped(f"input '{variable.name}': {one_line(error)}", failed=True)
        return Rows(0, 1)

    def _judge(self, call: Call) -> Sequence[Verdict]:
        states = list[State]()
        for name in call.node.inputs:
            verdict = self.verdicts[name]
            if isinstance(verdict, Stopped):
                return [verdict] * len(call.node.outputs)
            states.append(verdict)
        verdicts = self._witnessed(call, states)
        return [verdicts] * len(call.node.outputs) if isinstance(verdicts, Stopped) else verdicts

    def _witnessed(self, call: Call, states: Sequence[State]) -> Sequence[Verdict] | Stopped:
        where = title(call.node)
        if not call.kernel.pure:
            return Stopped(f"{where}: it does not answer the same twice")
        if call.loops and any(state is not WHOLE for state in states):
            return Stopped(f"{where}: how often it runs is decided for all callers together")
        if self._is_late():
            return Stopped(f"{where}: the trial run took longer than {TIME_LIMIT:g} s", failed=True)
        try:
            self._trial.run(call, self._check)
        except Exception as error:
            self.too_large |= isinstance(error, MemoryError)
            return Stopped(f"{where}: the trial run failed: {one_line(error)}", failed=True)
        try:
            claimed = self._claimed(call, states)
        except Mixes as why:
            return Stopped(f"{where}: {why}")
        return [self._confirmed(call, *claim) for claim in zip(call.node.outputs, claimed, strict=True)]

    def _check(self) -> None:
        """What ends a loop in a trial."""
        if self._is_late():
            raise Overloaded(f"it took longer than {TIME_LIMIT:g} s")

    def _claimed(self, call: Call, states: Sequence[State]) -> Sequence[State]:
        """What the op's rule says, the same for batches of all sizes.

        Where no input carries rows no rule is needed: what comes of the batch's size is made of the batch's size.
        """
        if all(state is WHOLE for state in states):
            return [WHOLE] * len(call.node.outputs)
        try:
            first, *others = (list(call.kernel.rows(self._row_call(call, states, i))) for i in (1, 2, 3))
        except Exception as error:
            if not any(isinstance(state, Rows) for state in states):
                return [EXTENT] * len(call.node.outputs)
            raise error if isinstance(error, Mixes) else Mixes(f"its rule failed: {one_line(error)}") from error
        if any(other != first for other in others):
            raise Mixes("it treats batches of different sizes differently")
        if len(first) < len(call.node.outputs):
            raise Mixes("its rule says nothing of some outputs")
        return first[: len(call.node.outputs)]

    def _row_call(self, call: Call, states: Sequence[State], i: int) -> RowCall:
        node, trial, hosts = call.node, self._trial, call.kernel.host_inputs(len(call.node.inputs), call.options)
        values = [trial.constant(name) if k in hosts else None for k, name in enumerate(node.inputs)]
        inputs, outputs = ([trial.shape(name, i) for name in names] for names in (node.inputs, node.outputs))
        return RowCall(states, inputs, outputs, call.options, trial.sizes.all[i], values)

    def _confirmed(self, call: Call, name: str, state: State) -> Verdict:
        """The claim, if shapes and values of the trial bear it out."""
        trial, where = self._trial, title(call.node)
        if state is WHOLE:
            return WHOLE if trial.is_fixed(name) else Stopped(f"{where}: probe: '{name}' depends on the batch")
        if state is EXTENT:
            return EXTENT
        if not trial.keeps_size(name, state):
            return Stopped(f"{where}: '{name}' does not keep {state.per_row} entries of axis {state.axis} for each row")
        if not trial.keeps_apart(name, state):
            return Stopped(f"{where}: probe: in '{name}' the rows of one caller change with another's")
        return state


def _placeholders(graph: OpGraph) -> Sequence[Variable]:
    return [found for found in graph.variables.values() if found.kind is VariableKind.PLACEHOLDER]
