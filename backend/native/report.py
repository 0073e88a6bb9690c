"""What can be told of a graph without serving it: what `graphserver inspect` prints."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...kernels.catalog import load_all
from ...kernels.registry import KernelRegistry
from ...spec.artifact import Artifact
from ...spec.errors import GraphServerError, Unsupported
from ...spec.graph import OpGraph
from ...spec.tensor import Signature
from .compile import Compiled, compile_graph, resolve
from .rows_proof import Proof, prove
from .selection import Selector


@dataclass(frozen=True, slots=True)
class OutputReport:
    """One output of the default set. `reason`: what prevents batching when nothing else is asked for."""

    name: str
    batchable: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A graph on paper.

    ops: how often each op occurs. unsupported: nodes that cannot run. problem: why it cannot be served, if so.
    weight_bytes: what the file holds. folded_bytes: what was computed from it at load.
    batchable, reason: of the default set. outputs: each of these by itself.
    """

    format: str
    signature: Signature
    nodes: int
    ops: Mapping[str, int]
    unsupported: Sequence[str]
    weight_bytes: int
    problem: str = ""
    folded_bytes: int = 0
    batchable: bool = False
    reason: str = ""
    outputs: Sequence[OutputReport] = ()


def report_on(artifact: Artifact, kernels: KernelRegistry | None = None) -> Report:
    """Look at a graph as the native backend would load it. Raises Unsupported for what is not an op graph."""
    graph = artifact.content
    if not isinstance(graph, OpGraph):
        raise Unsupported(f"backend 'native' runs op graphs, not {type(graph).__name__}")
    registry = kernels or load_all()
    _, refusals = resolve(graph, registry)
    paper = Report(
        format=artifact.format,
        signature=artifact.signature,
        nodes=len(graph.nodes),
        ops=dict(Counter(node.op.name or str(node.op) for node in graph.nodes).most_common()),
        unsupported=[str(refusal) for refusal in refusals],
        weight_bytes=sum(found.value.nbytes for found in graph.variables.values() if found.value is not None),
    )
    try:
        compiled = compile_graph(graph, registry)
        return _with_outputs(paper, compiled, prove(compiled))
    except GraphServerError as error:
        return replace(paper, problem=str(error))


def _with_outputs(paper: Report, compiled: Compiled, proof: Proof) -> Report:
    selector = Selector(compiled, proof)
    selection = selector.select(selector.usual, None)
    return replace(
        paper,
        signature=selector.answered(paper.signature),
        folded_bytes=sum(compiled.constants[name].nbytes for name in compiled.folded),
        batchable=selection.splits is not None,
        reason=selection.reason,
        outputs=[_output(name, proof) for name in selection.outputs],
    )


def _output(name: str, proof: Proof) -> OutputReport:
    splits, reason = proof.splits([name])
    return OutputReport(name, splits is not None, reason)
