"""Graphs that SameDiff saved: a FlatGraph as it is, in a file or in a Register call (1.0.0-beta4 to M2.1).

Numbers of ops and ids of variables become names here; what an op means is the backend's business.
"""

from collections.abc import Mapping

from ..proto.flatbuffer import root
from ..proto.flatgraph import FlatGraph
from ..spec.artifact import Artifact
from ..spec.errors import InvalidArgument
from ..spec.graph import OpGraph, OpNode, OutputMode, Variable, VariableKind
from ..spec.tensor import Signature, TensorSpec
from .flat_nodes import read_nodes, refuse_old_numbering
from .flat_variables import read_variables
from .order import in_dependency_order
from .registry import Content, content_bytes, reader


def recognises(head: bytes) -> bool:
    """Whether a table with variables or nodes begins here; a FlatGraph has no mark of its own."""
    try:
        graph = root(FlatGraph, head)
    except InvalidArgument:
        return False
    return any(field.present(graph) for field in (FlatGraph.variables, FlatGraph.nodes))


@reader("samediff", recognises)
def read(content: Content) -> Artifact:
    """The graph for the native backend. Raises InvalidArgument, Unsupported."""
    flat = root(FlatGraph, content_bytes(content))
    graph = read_graph(flat)
    return Artifact("samediff", "native", signature(graph, tuple(flat.placeholders)), graph)


def read_graph(flat: FlatGraph) -> OpGraph:
    """The graph, its nodes in dependency order. Training state is never looked at."""
    refuse_old_numbering(flat)
    variables = read_variables(flat)
    nodes = in_dependency_order(read_nodes(flat, variables))
    outputs = _outputs(flat, variables)
    return OpGraph(variables, nodes, outputs, _mode(flat), frozenset(flat.loss_variables))


def signature(graph: OpGraph, placeholders: tuple[str, ...] = ()) -> Signature:
    """Placeholders in the order given (then in the file's), and the outputs that the graph lists or ends in."""
    own = [name for name, variable in graph.variables.items() if variable.kind is VariableKind.PLACEHOLDER]
    for name in placeholders:
        if name not in own:
            raise InvalidArgument(f"'{name}' is listed as a placeholder, but is none")
    inputs = dict.fromkeys((*placeholders, *own))
    outputs = graph.outputs or _leaves(graph)
    return Signature(
        tuple(_spec(graph.variables[name]) for name in inputs), tuple(_spec(graph.variables[name]) for name in outputs)
    )


def _outputs(flat: FlatGraph, variables: Mapping[str, Variable]) -> tuple[str, ...]:
    keys = {variable.key: variable.name for variable in variables.values()}
    pairs = [(pair.first, pair.second) for pair in flat.outputs]
    for pair in pairs:
        if pair not in keys:
            raise InvalidArgument(f"output {pair[0]}:{pair[1]} is no variable of the graph")
    return tuple(dict.fromkeys(keys[pair] for pair in pairs))


def _mode(flat: FlatGraph) -> OutputMode:
    """The file's rule; where it says nothing, or what does not exist, Java's."""
    configuration = flat.configuration
    try:
        return OutputMode.VARIABLE_SPACE if configuration is None else OutputMode(configuration.output_mode)
    except ValueError:
        return OutputMode.VARIABLE_SPACE


def _leaves(graph: OpGraph) -> tuple[str, ...]:
    """The computed variables that nothing reads but a loss; losses themselves when there is nothing else."""
    served = [node for node in graph.nodes if graph.losses.isdisjoint(node.outputs)]
    return _unread(served) or _unread(graph.nodes)


def _unread(nodes: "tuple[OpNode, ...] | list[OpNode]") -> tuple[str, ...]:
    read = {name for node in nodes for name in node.inputs}
    return tuple(name for node in nodes for name in node.outputs if name not in read)


def _spec(variable: Variable) -> TensorSpec:
    return TensorSpec(variable.name, variable.dtype, variable.shape)
