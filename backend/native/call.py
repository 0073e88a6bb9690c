"""A node bound to its kernel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from ...kernels.registry import Kernel, Options
from ...spec.graph import OpNode


@dataclass(frozen=True, slots=True)
class Call:
    """One op of a graph, ready to run: `function(*arrays)`.

    function: the kernel with its array module and its options bound; gives one array, or a tuple of them.
    """

    node: OpNode
    kernel: Kernel
    options: Options
    function: Callable[..., Any]

    def results(self, inputs: list[Any]) -> tuple[Any, ...]:
        """Run it: one result for each output that the node names. Raises what the kernel raises."""
        return results_of(self.function(*inputs), len(self.node.outputs))


def results_of(result: Any, count: int) -> tuple[Any, ...]:
    """A kernel's answer as `count` results; one that gives more than the node names is cut.

    Raises RuntimeError when it gives fewer: a graph and a kernel that do not belong together.
    """
    results = cast("tuple[Any, ...]", result) if isinstance(result, tuple) else (result,)
    if len(results) < count:
        raise RuntimeError(f"the op gave {len(results)} results where the graph expects {count}")
    return results[:count]
