"""Whole graphs on the strict fake of CuPy: the numbers of the host, and no waiting between put and fetch."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from cases import case
from opgraphs import artifact, graph
from strict_cupy.launch import COPIES, REFUSED, WAITS

from graphserver.backend.device import Device
from graphserver.backend.device_arrays import CudaArrays
from graphserver.backend.instance import Selection
from graphserver.backend.native import NativeBackend, NativeInstance
from graphserver.formats.registry import read
from graphserver.spec.dtype import INT32, Array
from graphserver.spec.errors import InvalidArgument

pytestmark = pytest.mark.usefixtures("device")


class Batch:
    """One request's batch."""

    items = ()
    rows = 1

    def __init__(self, selection: Selection, inputs: Mapping[str, Array]) -> None:
        self.selection = selection
        self.column = inputs.__getitem__

    def check(self) -> None:
        """Nobody has given up."""


class Columns:
    """A sink that keeps what it gets."""

    def columns(self, arrays: Mapping[str, Array]) -> None:
        self.got = arrays


def answers(instance: NativeInstance, inputs: Mapping[str, Array], asked: tuple[str, ...]) -> Mapping[str, Array]:
    sink: Any = Columns()
    batch: Any = Batch(instance.select(frozenset(inputs), asked), inputs)
    instance.execute(batch, sink)
    return sink.got


@pytest.mark.parametrize("name", ["mlp_mnist", "lenet", "mini_bert_block"])
def test_a_plan_runs_without_waiting(name: str) -> None:
    of = case(name)
    instance = NativeBackend(arrays=CudaArrays(Device("cuda", 1)).module).load(read(of.graph, name))
    for run in of.runs:
        COPIES.clear()
        got = answers(instance, run.inputs, of.outputs)
        assert ["put"] * len(run.inputs) + ["get"] * len(of.outputs) == COPIES
        for output, want in run.expected.items():
            np.testing.assert_allclose(got[output], want, of.rtol, of.atol, err_msg=output)
    assert (WAITS, REFUSED) == ([], [])
    assert instance.select(frozenset(of.runs[0].inputs), of.outputs).splits is not None, "proven on the device as well"


def test_a_wrong_index_is_told_with_the_answer() -> None:
    """Nothing waits for the index in the middle of the run; its request fails, the next one is served."""
    lines = graph("y = gather table index", feed={"index": (INT32, (None,))}, hold={"table": [[1.0], [2.0], [3.0]]})
    instance = NativeBackend(arrays=CudaArrays(Device("cuda", 0)).module).load(artifact(lines))
    COPIES.clear()
    with pytest.raises(InvalidArgument, match="gather got indices -1 to 3; expected 0 to 2"):
        answers(instance, {"index": np.array([3, 0, -1], "int32")}, ("y",))
    assert COPIES[:2] == ["put", "get"], "the answer is there before the index is judged"
    assert answers(instance, {"index": np.array([2, 0], "int32")}, ("y",))["y"].tolist() == [[3], [1]]


def test_two_instances_keep_to_their_devices() -> None:
    first, second = (CudaArrays(Device("cuda", number)).module for number in (0, 1))
    lines = graph("y = add x c", feed={"x": (None, 2)}, hold={"c": [1.0, 2.0]})
    loaded = [NativeBackend(arrays=arrays).load(artifact(lines)) for arrays in (first, second)]
    for _ in range(2):
        for instance in loaded:
            assert answers(instance, {"x": np.zeros((1, 2))}, ("y",))["y"].tolist() == [[1, 2]]
    assert REFUSED == []
