"""Control flow as M2.1 writes it (switch, merge, enter, exit, next_iteration), made into branches and loops.

What comes out is a flat list of calls again: a call in a branch has guards, a loop is one call with calls of its own.
Graphs without control flow come out as they went in. What cannot be read as branches and loops is refused by name.
"""

from collections.abc import Iterator, Mapping, Sequence

from ...spec.errors import Unsupported
from ...spec.graph import OpGraph, OpNode
from ..arrays import ArrayModule
from .call import Call
from .execute import truth
from .failures import title
from .frames_control import Control, Truth, control, frame_name, is_closed_by
from .frames_order import Cycle, ordered
from .frames_place import Captures
from .frames_trace import Trace
from .kinds import Kinds

ATTEMPTS = 64
"""Loops that may be found, one after the other, to stand deeper than their own nodes say."""


def trace(graph: OpGraph, calls: Sequence[Call], arrays: ArrayModule) -> Trace:
    """Every call in its place. Raises Unsupported naming the nodes that are neither branches nor loops."""
    by_node = {call.node.name: call for call in calls}
    captured = _entered(graph.nodes)
    for _ in range(ATTEMPTS):
        try:
            nodes = _in_order(graph.nodes, captured)
            return Trace(nodes, by_node, captured, Kinds(graph.variables), _truth(arrays))
        except Captures as found:
            captured[found.frame].append(found.name)
    raise Unsupported(f"more than {ATTEMPTS} loops use values of loops around them that they do not enter")


def _truth(arrays: ArrayModule) -> Truth:
    return lambda value, name: truth(arrays.fetch(value), name)


def _entered(nodes: Sequence[OpNode]) -> dict[str, list[str]]:
    """What each loop is entered with."""
    found = dict[str, list[str]]()
    for node in nodes:
        if control(node) is Control.ENTER:
            found.setdefault(frame_name(node), []).extend(node.inputs)
    return found


def _in_order(nodes: Sequence[OpNode], captured: Mapping[str, Sequence[str]]) -> Sequence[OpNode]:
    """The nodes with each loop's first ones behind all that it uses: behind a gate, one more thing to put in order."""
    if not captured:
        return nodes
    makers = {name: i for i, node in enumerate(nodes) for name in node.outputs}
    gates = {frame: len(nodes) + i for i, frame in enumerate(captured)}
    uses = list(captured.values())

    def before(i: int) -> Iterator[int]:
        read = nodes[i].inputs if i < len(nodes) else uses[i - len(nodes)]
        for name in read:
            if name in makers and not (i < len(nodes) and is_closed_by(nodes[makers[name]], nodes[i])):
                yield makers[name]
        if i < len(nodes) and control(nodes[i]) is Control.ENTER:
            yield gates[frame_name(nodes[i])]

    try:
        return [nodes[i] for i in ordered(len(nodes) + len(gates), before) if i < len(nodes)]
    except Cycle as cycle:
        raise entangled([nodes[i] for i in cycle.members if i < len(nodes)]) from None


def entangled(nodes: Sequence[OpNode]) -> Unsupported:
    """The error for nodes that need each other's outputs."""
    shown = ", ".join(map(title, nodes[:4])) + (f" and {len(nodes) - 4} more" if len(nodes) > 4 else "")
    return Unsupported(f"branches and loops that cannot be told apart: {shown}")
