"""A Dag: nodes wired by named ports. Everything that is served is one; a plain model is a Dag of one node."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from ..spec.errors import InvalidArgument
from ..spec.tensor import Signature
from .node import Node, Port
from .nodes.infer import Infer


@dataclass(frozen=True, slots=True)
class Dag:
    """Inputs, nodes and where each output comes from. Checked when built.

    Raises InvalidArgument naming node and port: duplicate or empty names, an unknown source, a cycle.
    """

    name: str
    inputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    outputs: Mapping[str, Port]

    def __post_init__(self) -> None:
        _unique(self.name, (node.name for node in self.nodes))
        for where, port in self._wires():
            self._check_source(where, port)
        try:
            TopologicalSorter({n.name: self.sources(n) for n in self.nodes}).prepare()
        except CycleError as error:
            raise InvalidArgument(f"dag '{self.name}': nodes {' → '.join(error.args[1])} form a cycle") from None

    def node(self, name: str) -> Node:
        """The node of this name."""
        return next(node for node in self.nodes if node.name == name)

    def sources(self, node: Node) -> set[str]:
        """Names of the nodes that `node` takes rows from."""
        return {port.node for port in node.inputs.values() if port.node}

    def needed(self, outputs: Iterable[str]) -> frozenset[str]:
        """Names of the nodes that these outputs need. Raises InvalidArgument for an unknown output."""
        needed, open_nodes = set[str](), [self._output(name).node for name in outputs]
        while open_nodes:
            name = open_nodes.pop()
            if name and name not in needed:
                needed.add(name)
                open_nodes += self.sources(self.node(name))
        return frozenset(needed)

    def _output(self, name: str) -> Port:
        if name not in self.outputs:
            raise InvalidArgument(f"dag '{self.name}' has no output '{name}'; it has {', '.join(self.outputs)}")
        return self.outputs[name]

    def _wires(self) -> Iterator[tuple[str, Port]]:
        for node in self.nodes:
            for port, source in node.inputs.items():
                yield f"node '{node.name}', input '{port}'", source
        for port, source in self.outputs.items():
            yield f"output '{port}'", source

    def _check_source(self, where: str, port: Port) -> None:
        if port.node:
            known = next((node.outputs for node in self.nodes if node.name == port.node), None)
        else:
            known = self.inputs
        if known is None:
            raise InvalidArgument(f"dag '{self.name}': {where} takes '{port}', but there is no node '{port.node}'")
        if port.name not in known:
            raise InvalidArgument(f"dag '{self.name}': {where} takes '{port}', which is not one of {', '.join(known)}")


def model_dag(model: str, signature: Signature) -> Dag:
    """The Dag that a plain model is: one node of its name, with the model's own ports."""
    inputs, outputs = (tuple(spec.name for spec in specs) for specs in (signature.inputs, signature.outputs))
    node = Node(model, Infer(model), {name: Port("", name) for name in inputs}, outputs)
    return Dag(model, inputs, (node,), {name: Port(model, name) for name in outputs})


def _unique(dag: str, names: Iterable[str]) -> None:
    seen = set[str]()
    for name in names:
        if not name or name in seen:
            raise InvalidArgument(f"dag '{dag}': node name '{name}' is empty or used twice")
        seen.add(name)
