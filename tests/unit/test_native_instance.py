"""The native backend as the scheduler and the command line meet it."""

import logging
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import request
from opgraphs import TINY, artifact, graph, ints

from graphserver.backend import registry
from graphserver.backend.native import NativeBackend, OutputReport, report_on
from graphserver.backend.native.instance import WARM_ROWS
from graphserver.kernels.registry import KernelRegistry, kernel
from graphserver.kernels.rows import elementwise
from graphserver.scheduler.batch import RequestBatch
from graphserver.spec.artifact import Artifact
from graphserver.spec.errors import Cancelled, InvalidArgument, Unsupported
from graphserver.spec.tensor import Signature

X = {"x": (None, 2)}
MODEL = graph("h = scale x", "y = add h w", feed=X, hold={"w": np.ones(2, np.float32)})


class Columns:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.got: Any = None

    def columns(self, arrays: Any) -> None:
        self.got = arrays


def load(content: Any = MODEL, **more: Any) -> Any:
    return NativeBackend(TINY, **more).load(artifact(content))


def batch_of(instance: Any, *rows: int) -> RequestBatch:
    items = [request(i, n)[0] for i, n in enumerate(rows)]
    for item, n in zip(items, rows, strict=True):
        item.rows = n
    return RequestBatch(items, instance.select(frozenset({"x"}), None), lambda: 0.0)


def test_a_batch_runs_in_one_go() -> None:
    instance, sink = load(), Columns()
    instance.execute(batch_of(instance, 1, 2), sink)
    np.testing.assert_array_equal(sink.got["y"], [[1, 1], [3, 3], [3, 3]])
    assert list(sink.got) == ["h", "y"]
    assert instance.stateless
    assert instance.signature.inputs[0].name == "x"


def test_a_batch_that_nobody_waits_for_stops() -> None:
    instance = load()
    batch = batch_of(instance, 1)
    batch.items[0].cancel()
    with pytest.raises(Cancelled):
        instance.execute(batch, Columns())


def test_an_identity_answers_what_it_was_given_and_weights_stay_read_only() -> None:
    instance = load(graph("y = scale w", feed=X, hold={"w": np.ones(2)}))
    sink = Columns()
    instance.execute(RequestBatch([], instance.select(frozenset({"x"}), None), lambda: 0.0), sink)
    with pytest.raises(ValueError, match="read-only"):
        sink.got["y"][0] = 7


def test_loading_runs_the_default_set_so_that_the_first_request_is_not_the_first() -> None:
    kernels, seen = KernelRegistry(), list[int]()

    @kernel("see", rows=elementwise, registry=kernels)
    def see(_xp: Any, x: Any) -> Any:
        seen.append(len(x))
        return x

    NativeBackend(kernels).load(artifact(graph("y = see x", feed=X)))
    assert tuple(seen[-2:]) == WARM_ROWS


def test_a_model_that_refuses_random_numbers_is_loaded_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        instance = load(graph("y = fails x", feed=X))
    assert any(record.getMessage().startswith("not warmed: node 'y'") for record in caplog.records)
    with pytest.raises(InvalidArgument, match="node 'y'"):
        instance.execute(batch_of(instance, 1), Columns())


def test_a_model_of_unknown_shapes_is_loaded_all_the_same() -> None:
    instance = load(graph("y = scale x", feed={"x": None}))
    assert instance.select(frozenset({"x"}), None).reason == "input 'x': its shape is not known"


def test_weights_go_with_the_instance() -> None:
    instance = load()
    weight = weakref.ref(instance._plan.compiled.constants["w"])
    instance.execute(batch_of(instance, 1), Columns())
    instance.close()
    assert weight() is None


def test_compatibility_is_an_option_of_the_backend() -> None:
    assert load(dl4j_compat=True).select(frozenset({"x"}), None).outputs == ("x", "w", "h", "y")


def test_only_op_graphs_are_run() -> None:
    other = Artifact("onnx", "native", Signature(()), Path("model.onnx"))
    with pytest.raises(Unsupported, match="runs op graphs, not"):
        NativeBackend(TINY).load(other)
    with pytest.raises(Unsupported, match="runs op graphs, not"):
        report_on(other, TINY)


def test_backends_are_found_by_name() -> None:
    made = registry.backend("native", kernels=TINY)
    assert isinstance(made, NativeBackend)
    with pytest.raises(Unsupported, match="backend 'nope' is not known; known: native"):
        registry.backend("nope")


def test_a_backend_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_TABLE", dict(registry._TABLE))
    registry.register("mine", NativeBackend)
    registry.register("mine", NativeBackend)
    assert isinstance(registry.backend("mine"), NativeBackend)
    with pytest.raises(ValueError, match="backend 'mine' is taken"):
        registry.register("mine", "elsewhere:Backend")


def test_a_report_tells_what_batches_and_what_does_not() -> None:
    lines = "d = scale w", "h = scale x", "y = add h d", "z = product y y"
    paper = report_on(artifact(graph(*lines, feed=X, hold={"w": np.ones(2, np.float32)})), TINY)
    assert (paper.format, paper.nodes, paper.weight_bytes, paper.folded_bytes) == ("test", 4, 8, 8)
    assert paper.ops == {"scale": 2, "add": 1, "product": 1}
    assert not paper.batchable
    assert paper.outputs[:3] == [OutputReport(name, True) for name in ("d", "h", "y")]
    assert paper.outputs[3].reason == paper.reason
    assert paper.reason.startswith("node 'z' (product)")
    assert not paper.unsupported
    assert not paper.problem


def test_a_report_of_a_graph_that_cannot_be_served_says_why() -> None:
    paper = report_on(artifact(graph("a = odd x", "b = odder a", feed=X)), TINY)
    assert [line.split(":")[0] for line in paper.unsupported] == ["node 'a' (odd)", "node 'b' (odder)"]
    assert paper.problem.startswith("2 nodes cannot run")
    assert not paper.outputs


def test_a_report_names_what_is_left_out() -> None:
    model = graph("p = scale x", "l = odd p", feed=X, losses=frozenset({"l"}), args={"p": ints(3)})
    paper = report_on(artifact(model), TINY)
    assert paper.unsupported == ["node 'l' (odd): there is no kernel for this op"]
    assert paper.batchable
    assert not paper.problem
