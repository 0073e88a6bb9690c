"""Lists of arrays as values: every op on a list is given the list as it is at that point.

In DL4J the ops of a TensorArray change what stands behind its handle; their flow only says what comes first, reads need
none, and Java gives whatever array is at hand as the first. Here the flow is the list. So an op without a flow of its
own handle gets that of the handle's last write before it.
"""

from collections.abc import Mapping
from dataclasses import replace
from inspect import signature

from ...kernels.registry import Kernel, KernelRegistry
from ...spec.graph import OpGraph, OpNode
from .frames_control import Control, control

PASSING = frozenset({"identity", "legacy:identity"})


def with_flows(graph: OpGraph, registry: KernelRegistry) -> OpGraph:
    """The graph with a flow for each op on a list; the same graph when there are none."""
    kernels = {node.name: found for node in graph.nodes if (found := registry.find(node.op))}
    if not any(found.lists for found in kernels.values()):
        return graph
    flows = _Flows(kernels)
    return replace(graph, nodes=tuple(map(flows.through, graph.nodes)))


class _Flows:
    """Which values are lists, of which handle, and each handle's last flow; told of the nodes in order."""

    def __init__(self, kernels: Mapping[str, Kernel]) -> None:
        self._kernels = kernels
        self._handles: dict[str, str] = {}
        self._last: dict[str, str] = {}

    def through(self, node: OpNode) -> OpNode:
        """The node, with the flow that it lacks."""
        kernel = self._kernels.get(node.name)
        handle = next((self._handles[name] for name in node.inputs if name in self._handles), None)
        if kernel is not None and kernel.name == "create_list" and node.outputs:
            handle = node.outputs[0]
        if handle is None:
            return node
        if kernel is not None and kernel.lists:
            node = self._given(node, kernel, handle)
        if (kernel is not None and (kernel.lists == "makes" or kernel.name in PASSING)) or control(node) is not None:
            self._handles.update(dict.fromkeys(node.outputs, handle))
        if (kernel is not None and kernel.lists == "makes") or control(node) in (Control.EXIT, Control.MERGE):
            self._last[handle] = node.outputs[-1]
        return node

    def _given(self, node: OpNode, kernel: Kernel, handle: str) -> OpNode:
        """A flow is an input behind the handle that is a list, or else comes where the kernel looks for it."""
        names = list(signature(kernel.function).parameters)
        at = names.index("flow") - 1 if "flow" in names else None
        if at is None or len(node.inputs) < at or any(name in self._handles for name in node.inputs[at:]):
            return node
        return replace(node, inputs=(*node.inputs[:at], self._last[handle]))
