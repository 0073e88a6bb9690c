"""Nodes in dependency order."""

from collections.abc import Iterator, Sequence

from ..spec.errors import InvalidArgument
from ..spec.graph import OpKind, OpNode

_MERGE, _NEXT_ITERATION = 60, 80
"""DL4J's LOGIC numbers."""

_NEW, _OPEN, _DONE = range(3)


def in_dependency_order(nodes: Sequence[OpNode]) -> tuple[OpNode, ...]:
    """The nodes with every node behind those whose outputs it reads or that it runs after.

    Nodes that stand so already stay in their order. A loop of control flow is closed where a merge reads the next
    iteration (or, in the loop counter of 1.0.0-M2.1 that nobody reads, itself); any other cycle is an InvalidArgument.
    Takes time in proportion to nodes and inputs.
    """
    before = _dependencies(nodes)
    states, order = [_NEW] * len(nodes), list[int]()
    for start in range(len(nodes)):
        if states[start] == _NEW:
            _visit(start, before, states, order, nodes)
    return tuple(nodes[index] for index in order)


def _dependencies(nodes: Sequence[OpNode]) -> list[list[int]]:
    producers = {name: index for index, node in enumerate(nodes) for name in node.outputs}
    places = {node.name: index for index, node in enumerate(nodes)}

    def of(node: OpNode) -> Iterator[int]:
        for name in node.inputs:
            producer = producers.get(name)
            if producer is not None and not _closes_loop(nodes[producer], node):
                yield producer
        yield from (places[name] for name in node.after)

    return [list(of(node)) for node in nodes]


def _closes_loop(producer: OpNode, node: OpNode) -> bool:
    return _is(node, _MERGE) and (producer is node or _is(producer, _NEXT_ITERATION))


def _is(node: OpNode, number: int) -> bool:
    return node.op.kind is OpKind.LOGIC and node.op.number == number


def _visit(start: int, before: list[list[int]], states: list[int], order: list[int], nodes: Sequence[OpNode]) -> None:
    """Depth first, on a stack of its own: a chain may be longer than Python's."""
    path = [(start, iter(before[start]))]
    states[start] = _OPEN
    while path:
        index, rest = path[-1]
        for dependency in rest:
            if states[dependency] == _OPEN:
                cycle = [nodes[each].name for each, _ in path]
                raise InvalidArgument(_cycle(cycle[cycle.index(nodes[dependency].name) :]))
            if states[dependency] == _NEW:
                states[dependency] = _OPEN
                path.append((dependency, iter(before[dependency])))
                break
        else:
            path.pop()
            states[index] = _DONE
            order.append(index)


def _cycle(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"nodes need each other's outputs: {shown}"
