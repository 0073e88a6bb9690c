"""A node bound to its kernel."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from ...kernels.registry import Kernel, Options
from ...spec.graph import OpNode


@dataclass(frozen=True, slots=True)
class Guard:
    """A branch: what stands in it runs only where the truth value `predicate` is `side`."""

    predicate: str
    side: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One op of a graph, ready to run: `function(*arrays)`.

    function: the kernel with its array module and its options bound; gives one array, or a tuple of them.
    guards: the branches that it stands in, from the outside; none for what always runs.
    loops: it is a whole loop: `function(allowance, *arrays)`, and errors name the nodes inside by themselves.
    """

    node: OpNode
    kernel: Kernel
    options: Options
    function: Callable[..., Any]
    guards: tuple[Guard, ...] = ()
    loops: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """All variables that must be known before it runs."""
        return (*self.node.inputs, *(guard.predicate for guard in self.guards)) if self.guards else self.node.inputs

    def results(self, inputs: Iterable[Any], allowance: Any = None) -> tuple[Any, ...]:
        """Run it, whatever its guards say: one result for each output that the node names.

        allowance: what bounds a loop (execute.Allowance). Raises what the kernel raises.
        """
        given = (allowance, *inputs) if self.loops else inputs
        return results_of(self.function(*given), len(self.node.outputs))


def results_of(result: Any, count: int) -> tuple[Any, ...]:
    """A kernel's answer as `count` results; one that gives more than the node names is cut.

    Raises RuntimeError when it gives fewer: a graph and a kernel that do not belong together.
    """
    results = cast("tuple[Any, ...]", result) if isinstance(result, tuple) else (result,)
    if len(results) < count:
        raise RuntimeError(f"the op gave {len(results)} results where the graph expects {count}")
    return results[:count]
