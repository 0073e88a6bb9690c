"""The Plan of an MLP against the same net written by hand in NumPy, in the same run; and through the wire beside it.

    python benchmarks/bench_plan.py

Figures are microseconds a call, the median (and range) of interleaved rounds, and their ratio. Aims: at most 1.5 × the
hand-written net at batch 1, at most 1.1 × at batch 32.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from graphserver import Client, Server
from graphserver.backend.native.compile import compile_graph
from graphserver.backend.native.plan import Plan
from graphserver.formats.registry import read
from graphserver.kernels.catalog import load_all
from graphserver.spec.dtype import Array
from graphserver.spec.graph import OpGraph, VariableKind

MODEL = Path(__file__).parent.parent / "examples" / "repository" / "mlp" / "1" / "model.fb"
ROUNDS, SECONDS = 15, 0.1


def by_hand(graph: OpGraph) -> Callable[[Array], Array]:
    """The net that a person would write: three dense layers, relu, softmax."""
    weights = [v.value for v in graph.variables.values() if v.kind is VariableKind.WEIGHT]
    matrices = {w.shape[0]: np.ascontiguousarray(w) for w in weights if w is not None and w.ndim == 2}
    biases = {b.shape[-1]: b for b in weights if b is not None and b.ndim == 1}
    (w1, w2, w3) = (matrices[n] for n in (784, 128, 64))
    (b1, b2, b3) = (biases[n] for n in (128, 64, 10))

    def net(x: Array) -> Array:
        h = np.maximum(x @ w1 + b1, 0)
        h = np.maximum(h @ w2 + b2, 0)
        z = h @ w3 + b3
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    return net


def seconds_a_call(function: Callable[[], object]) -> float:
    """Seconds a call over about SECONDS."""
    calls, began = 0, perf_counter()
    while (spent := perf_counter() - began) < SECONDS:
        for _ in range(10):
            function()
        calls += 10
    return spent / calls


def compare(rows: int, sides: dict[str, Callable[[], object]]) -> None:
    """Print each side's median and range, and its ratio to the first."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, function in sides.items():
            times[name].append(seconds_a_call(function) * 1e6)
    base = median(next(iter(times.values())))
    for name, each in times.items():
        spread = f"{min(each):.1f}-{max(each):.1f}"
        print(f"mlp b{rows:<3} {name:14} {median(each):8.1f} µs  ({spread:>15})  {median(each) / base:5.2f} ×")


def main() -> None:
    """Compare at batch 1 and 32."""
    graph: OpGraph = read(MODEL, "mlp").content
    plan, net = Plan(compile_graph(graph, load_all())), by_hand(graph)
    with Server(file=MODEL, port=0) as server, Client(server.address) as client:
        for rows in (1, 32):
            x = np.random.default_rng(1).random((rows, 784), np.float32)
            np.testing.assert_allclose(plan.run({"input": x}, ("probs",))["probs"], net(x), 1e-4, 1e-6)
            sides: dict[str, Callable[[], object]] = {
                "NumPy by hand": lambda x=x: net(x),
                "Plan": lambda x=x: plan.run({"input": x}, ("probs",)),
                "over the wire": lambda x=x: client.infer(0, {"input": x}, ["probs"]),
            }
            compare(rows, sides)


if __name__ == "__main__":
    main()
