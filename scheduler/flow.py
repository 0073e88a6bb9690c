"""Runs a Dag: interprets the four effects of its node kinds. Loop thread only.

A node starts when its inputs are there, so siblings run at the same time; only what the asked outputs need runs.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..dag.dag import Dag
from ..dag.node import Arrived, Effect, Emit, Fail, Inputs, Node, Port, Result, Run
from ..dag.nodes.infer import Infer
from ..spec.dtype import Array
from ..spec.errors import ExecutionFailed, GraphServerError
from ..spec.request import Pending, Rows
from .target import Submit

Resolve = Callable[[str], Submit]
"""From a target's name to where it takes requests. Raises NotFound."""


def submit_of(dag: Dag, resolve: Resolve) -> Submit:
    """How requests enter this Dag. A Dag that is one model is entered at the model itself."""
    only = dag.nodes[0] if len(dag.nodes) == 1 else None
    if only is not None and isinstance(only.kind, Infer) and _passes_through(dag, only):
        return resolve(only.kind.target)
    return DagFlow(dag, resolve).submit


def _passes_through(dag: Dag, node: Node) -> bool:
    return all(source == Port("", port) for port, source in node.inputs.items()) and all(
        source == Port(node.name, port) for port, source in dag.outputs.items()
    )


class DagFlow:
    """Carries requests through one Dag."""

    def __init__(self, dag: Dag, resolve: Resolve) -> None:
        self.dag = dag
        self.resolve = resolve

    def submit(self, pending: Pending) -> None:
        """Start a request; it is answered through `pending`."""
        try:
            outputs = pending.outputs or tuple(self.dag.outputs)
            passage = Passage(self, pending, outputs, self.dag.needed(outputs))
        except GraphServerError as error:
            pending.fail(error)
            return
        passage.begin()


class Passage:
    """One request on its way through a Dag: the rows that exist, the states of its nodes, the runs under way."""

    __slots__ = ("_children", "_flow", "_going", "_left", "_outputs", "_pending", "_rows", "_runs", "_states")

    def __init__(self, flow: DagFlow, pending: Pending, outputs: tuple[str, ...], needed: frozenset[str]) -> None:
        self._flow = flow
        self._pending = pending
        self._outputs = outputs
        self._rows: dict[Port, Array] = {Port("", name): rows for name, rows in pending.inputs.items()}
        self._left = [node for node in flow.dag.nodes if node.name in needed]
        self._states: dict[str, Any] = {}
        self._children: list[Pending] = []
        self._runs = 0
        self._going = False

    def begin(self) -> None:
        """Start every node whose inputs are there."""
        self._pending.on_cancel = self._cancel_children
        self._go_on()

    def _go_on(self) -> None:
        if self._going:
            return  # a target answered at once; the call under way looks again
        self._going = True
        while ready := [node for node in self._left if self._has_inputs(node)]:
            self._left = [node for node in self._left if node not in ready]
            for node in ready:
                rows = {port: self._rows[source] for port, source in node.inputs.items()}
                self._advance(node, Inputs(rows))
        self._going = False
        self._answer_if_done()

    def _has_inputs(self, node: Node) -> bool:
        return all(source in self._rows for source in node.inputs.values())

    def _advance(self, node: Node, arrived: Arrived) -> None:
        if self._pending.over:
            return
        try:
            state, effects = node.kind.advance(self._states.get(node.name), arrived)
        except Exception as error:
            self._fail(ExecutionFailed(f"node '{node.name}' failed: {type(error).__name__}: {error}"))
            return
        self._states[node.name] = state
        self._carry_out(node, effects)

    def _carry_out(self, node: Node, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Run):
                self._run(node, effect)
            elif isinstance(effect, Emit):
                self._rows[Port(node.name, effect.port)] = effect.rows
            elif isinstance(effect, Fail):
                self._fail(effect.error)

    def _run(self, node: Node, run: Run) -> None:
        parent = self._pending
        child = Pending(
            run.target,
            dict(run.rows),
            on_reply=partial(self._on_result, node, run.tag),
            on_fail=partial(self._on_error, node, run.tag),
            parameters=parent.parameters,
            request_id=parent.request_id,
            priority=parent.priority,
            deadline=parent.deadline,
            arrived=parent.arrived,
        )
        self._children.append(child)
        self._runs += 1
        try:
            self._flow.resolve(run.target)(child)
        except GraphServerError as error:
            child.fail(error)

    def _on_result(self, node: Node, tag: str, rows: Rows | None, final: bool) -> None:
        self._runs -= final
        self._advance(node, Result(tag, rows))
        self._go_on()

    def _on_error(self, node: Node, tag: str, error: GraphServerError) -> None:
        self._runs -= 1
        self._advance(node, Result(tag, None, error))
        self._go_on()

    def _answer_if_done(self) -> None:
        if self._pending.over:
            return
        sources = {name: self._flow.dag.outputs[name] for name in self._outputs}
        missing = [str(source) for source in sources.values() if source not in self._rows]
        if not missing:
            self._pending.reply({name: self._rows[source] for name, source in sources.items()}, True)
            self._cancel_children()
        elif not self._runs:
            self._fail(ExecutionFailed(f"dag '{self._flow.dag.name}' ended without {', '.join(missing)}"))

    def _fail(self, error: GraphServerError) -> None:
        self._pending.fail(error)
        self._cancel_children()

    def _cancel_children(self) -> None:
        children, self._children = self._children, []
        for child in children:
            child.cancel()
