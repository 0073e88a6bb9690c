"""An op graph made ready to run: kernels found, options bound, constant parts computed. Done once, at load."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from inspect import signature
from typing import Any
from zlib import crc32

from ...kernels.registry import Kernel, KernelRegistry
from ...spec.errors import GraphServerError, InvalidArgument, Unsupported
from ...spec.graph import OpGraph, OpNode, Variable, VariableKind
from ..arrays import NUMPY, ArrayModule, weight
from .call import Call
from .failures import one_line, title
from .fold import fold
from .frames import trace
from .frames_build import structured
from .frames_control import Control, control
from .frames_trace import Trace
from .kinds import Kinds
from .list_flows import with_flows

LOG = logging.getLogger(__name__)

SILENT = frozenset({"noop"})
"""Ops that only order others: they compute nothing, so they do not run and cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A node that cannot run, and why. `training_only`: nothing but losses comes of it, so the graph serves without."""

    node: OpNode
    why: str
    training_only: bool

    def __str__(self) -> str:
        return f"{title(self.node)}: {self.why}"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A graph ready to be planned.

    graph: as read, but for the values. calls: what runs per request, in dependency order. constants: weights,
    constants, and all that follows from them alone. folded: names of the latter. internal: what is computed and never
    answered: values of branches, lists. left_out: variables that nothing computes, by the node that would have.
    """

    graph: OpGraph
    calls: tuple[Call, ...]
    constants: Mapping[str, Any]
    folded: frozenset[str]
    internal: frozenset[str]
    left_out: Mapping[str, OpNode]
    arrays: ArrayModule


def compile_graph(graph: OpGraph, registry: KernelRegistry, arrays: ArrayModule = NUMPY) -> Compiled:
    """Make a graph ready to run on `arrays`.

    Raises Unsupported naming every node that cannot run, unless all that comes of it is a loss, and InvalidArgument for
    a graph whose nodes read what nothing makes.
    """
    graph = with_flows(graph, registry)
    calls, refusals = resolve(graph, registry, arrays)
    _refuse([refusal for refusal in refusals if not refusal.training_only])
    _check_order(graph)
    flow = trace(graph, calls, arrays)
    silent = {name: node for node in graph.nodes if _is_silent(node) for name in node.outputs}
    left_out = silent | {name: refusal.node for refusal in refusals for name in refusal.node.outputs}
    if refusals:
        LOG.warning("left out, only training needs it: %s", "; ".join(map(str, refusals)))
    constants = _constants(graph, flow, arrays)
    calls = _without(structured(flow, arrays), left_out)
    internal = frozenset(name for call in calls for name in _internal(call, flow.kinds))
    kept, folded = fold(calls, constants)
    return Compiled(_without_values(graph), kept, constants | folded, frozenset(folded), internal, left_out, arrays)


def resolve(
    graph: OpGraph, registry: KernelRegistry, arrays: ArrayModule = NUMPY
) -> tuple[Sequence[Call], Sequence[Refusal]]:
    """Every node bound to its kernel, or refused."""
    training = _training_only(graph)
    calls, refusals = list[Call](), list[Refusal]()
    for node in graph.nodes:
        if node.op.name in SILENT or control(node) is not None:
            continue
        bound = _bind(node, registry.find(node.op), arrays)
        if isinstance(bound, Call):
            calls.append(bound)
        else:
            refusals.append(Refusal(node, bound, training.issuperset(node.outputs)))
    return calls, refusals


def _bind(node: OpNode, kernel: Kernel | None, arrays: ArrayModule) -> Call | str:
    """The call of a node, or why there is none."""
    if kernel is None:
        return "there is no kernel for this op"
    try:
        options = kernel.read(node.args)
        taken = signature(kernel.function)
        if "seed" in taken.parameters:
            options = {"seed": crc32(node.name.encode()), **options}
        taken.bind(arrays.xp, *node.inputs, **options)
    except (GraphServerError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        return one_line(error)
    function = partial(kernel.function, arrays.xp, **options)
    host = kernel.host_inputs(len(node.inputs), options)
    if host and not arrays.on_host:
        function = _with_host_inputs(function, host, arrays)
    return Call(node, kernel, options, function)


def _hosts(call: Call) -> frozenset[int]:
    return call.kernel.host_inputs(len(call.node.inputs), call.options)


def _with_host_inputs(function: Callable[..., Any], host: frozenset[int], arrays: ArrayModule) -> Callable[..., Any]:
    """`function`, given the inputs at these positions (shapes, axes, sizes) as NumPy arrays."""

    def run(*inputs: Any) -> Any:
        return function(*(arrays.fetch(value) if i in host else value for i, value in enumerate(inputs)))

    return run


def _training_only(graph: OpGraph) -> frozenset[str]:
    """Losses of which nothing but losses comes, and which the file does not list as outputs."""
    found = set(graph.losses) - set(graph.outputs)
    for node in reversed(graph.nodes):
        if not found.issuperset(node.outputs):
            found.difference_update(node.inputs)
    return frozenset(found)


def _refuse(refusals: Sequence[Refusal]) -> None:
    if refusals:
        count = "1 node" if len(refusals) == 1 else f"{len(refusals)} nodes"
        raise Unsupported(f"{count} cannot run: {'; '.join(map(str, refusals))}")


def _check_order(graph: OpGraph) -> None:
    """Every node reads what the file holds, a placeholder, or what an earlier node makes."""
    made = {name for name, found in graph.variables.items() if found.value is not None or _is_placeholder(found)}
    ahead = {name for node in graph.nodes if control(node) is Control.NEXT_ITERATION for name in node.outputs}
    for node in graph.nodes:
        merges = control(node) is Control.MERGE
        unknown = [
            name
            for name in node.inputs
            if name not in made and not (merges and (name in ahead or name in node.outputs))
        ]
        if unknown:
            raise InvalidArgument(f"{title(node)} reads '{unknown[0]}', which nothing before it makes")
        made.update(node.outputs)


def _is_silent(node: OpNode) -> bool:
    """Also the merge that reads itself: the counter of 1.0.0-M2.1's loops, which has no value."""
    return node.op.name in SILENT or (control(node) is Control.MERGE and not set(node.inputs).isdisjoint(node.outputs))


def _is_placeholder(variable: Variable) -> bool:
    return variable.kind is VariableKind.PLACEHOLDER


def _without_values(graph: OpGraph) -> OpGraph:
    """The graph without its arrays, so that the file's bytes are not kept beside the constants made of them."""
    return replace(graph, variables={name: replace(found, value=None) for name, found in graph.variables.items()})


def _without(calls: Sequence[Call], left_out: dict[str, OpNode]) -> tuple[Call, ...]:
    """The calls that read nothing that is left out; the outputs of the others are added to `left_out`."""
    kept = list[Call]()
    for call in calls:
        if left_out.keys().isdisjoint(call.reads):
            kept.append(call)
        else:
            left_out.update(dict.fromkeys(call.node.outputs, call.node))
    return tuple(kept)


def _internal(call: Call, kinds: Kinds) -> Iterable[str]:
    return call.node.outputs if call.guards else filter(kinds.is_list, call.node.outputs)


def _constants(graph: OpGraph, flow: Trace, arrays: ArrayModule) -> dict[str, Any]:
    """Values that the file holds, where they are needed: host inputs stay on the host."""
    calls = [item.call for item in flow.items]
    on_device = {name for call in calls for i, name in enumerate(call.node.inputs) if i not in _hosts(call)}
    on_device.update(first for frame in flow.frames.values() for first, _ in frame.variables.values())
    values = {name: weight(found.value) for name, found in graph.variables.items() if found.value is not None}
    return {name: arrays.put(value) if name in on_device else value for name, value in values.items()}
