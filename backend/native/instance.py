"""An op graph as the scheduler sees it: loaded, proven, warmed, ready for batches."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from ...kernels.catalog import load_all
from ...kernels.deferred import deferred_checks
from ...kernels.registry import KernelRegistry
from ...spec.artifact import Artifact
from ...spec.dtype import Array
from ...spec.errors import GraphServerError, Overloaded, Unsupported
from ...spec.graph import OpGraph
from ...spec.tensor import Signature
from ..arrays import NUMPY, ArrayModule
from ..instance import Batch, Selection, Sink
from .compile import compile_graph
from .execute import ITERATIONS
from .foresight import bounded
from .plan import Plan, build
from .rows_proof import FILLS, prove
from .selection import Selector
from .trial import samples

LOG = logging.getLogger(__name__)

WARM_ROWS = (1, 8)
"""Batch sizes that run once before the first request does."""

WARM_SECONDS = 5.0
"""For these runs together; looked at between ops."""


class NativeInstance:
    """A Plan with its signature, its choice of outputs and its proof.

    It keeps no state between runs: a failed batch may run again in parts, and several threads may run it.
    """

    stateless = True

    def __init__(self, signature: Signature, plan: Plan, selector: Selector) -> None:
        self.signature = signature
        self._plan = plan
        self._arrays = plan.compiled.arrays
        self._selector = selector

    @property
    def keys(self) -> Mapping[str, tuple[int, int]]:
        """DL4J's id pairs, by variable name."""
        return {name: variable.key for name, variable in self._plan.compiled.graph.variables.items()}

    def select(self, fed: frozenset[str], asked: tuple[str, ...] | None) -> Selection:
        """Outputs, inputs and splits of a request (backend.instance.Instance)."""
        return self._selector.select(fed, asked)

    def execute(self, batch: Batch, sink: Sink) -> None:
        """Run the batch in one go. Outputs may be views of its columns or of weights: nobody writes to them."""
        selection = batch.selection
        columns = {name: batch.column(name) for name in selection.inputs}
        run = self._plan.run if self._arrays.on_host else self._run_elsewhere
        sink.columns(run(columns, selection.outputs, batch.check))

    def _run_elsewhere(
        self, columns: Mapping[str, Array], outputs: tuple[str, ...], check: Callable[[], None]
    ) -> dict[str, Array]:
        """Run on a device; what kernels could not check there without waiting is judged once the answers are back."""
        with self._arrays.entered(), deferred_checks() as checks:
            answers = self._plan.run(columns, outputs, check)
            for deferred in checks:
                deferred.judge(lambda value: int(self._arrays.fetch(value)))
        return answers

    def warm(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Run the default set once for each of WARM_ROWS, after a run in which no op may take memory beyond bounds.

        A model that refuses random numbers, or takes longer than WARM_SECONDS, stays cold.
        """
        compiled, end = self._plan.compiled, clock() + WARM_SECONDS
        graph = compiled.graph

        def check() -> None:
            if clock() > end:
                raise Overloaded(f"it took longer than {WARM_SECONDS:g} s")

        try:
            selection = self.select(self._selector.usual, None)
            variables = [graph.variables[name] for name in selection.inputs]
            if any(found.shape is None for found in variables):
                return
            batches = [samples(graph, variables, rows, FILLS[0]) for rows in WARM_ROWS]
            careful = replace(compiled, calls=tuple(map(bounded, compiled.calls)))
            build(careful, selection.outputs, self._plan.iterations).run(batches[-1], check)
            for batch in batches:
                self._plan.run(batch, selection.outputs, check)
        except GraphServerError as error:
            LOG.debug("not warmed: %s", error)

    def close(self) -> None:
        """Let go of the weights."""
        del self._plan, self._selector


class NativeBackend:
    """Runs op graphs on the kernels.

    kernels: where ops are looked up, None for all there are. dl4j_compat: also answer weights, constants and
    placeholders, as the original server does. arrays: what to compute with. iterations: what all loops of one request
    may take together.
    """

    def __init__(
        self,
        kernels: KernelRegistry | None = None,
        *,
        dl4j_compat: bool = False,
        arrays: ArrayModule = NUMPY,
        iterations: int = ITERATIONS,
    ) -> None:
        self._kernels = kernels
        self._arrays = arrays
        self._iterations = iterations
        self._dl4j_compat = dl4j_compat

    def load(self, artifact: Artifact) -> NativeInstance:
        """Compile, prove and warm. Raises Unsupported naming every node that cannot run, or InvalidArgument."""
        if not isinstance(artifact.content, OpGraph):
            raise Unsupported(f"backend 'native' runs op graphs, not {type(artifact.content).__name__}")
        with self._arrays.entered():
            compiled = compile_graph(artifact.content, self._kernels or load_all(), self._arrays)
            selector = Selector(compiled, prove(compiled), dl4j_compat=self._dl4j_compat)
            signature = selector.answered(artifact.signature)
            instance = NativeInstance(signature, Plan(compiled, self._iterations), selector)
            instance.warm()
        return instance
