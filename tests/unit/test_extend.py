"""To add an op, a format, a node kind or a protocol is to add a file: done here from a folder of somebody else's,
through public registration only."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from fakes import request
from fakes_call import sent

from graphserver.backend.native import NativeBackend
from graphserver.dag.dag import Dag
from graphserver.dag.kinds import kind
from graphserver.dag.kinds import register as register_kind
from graphserver.dag.node import Node, Port
from graphserver.formats.registry import read
from graphserver.kernels.registry import REGISTRY
from graphserver.scheduler.batch import RequestBatch
from graphserver.scheduler.flow import DagFlow
from graphserver.server.router import Router
from graphserver.spec.graph import OpArgs, OpKind, OpName

OP = """
from graphserver.kernels.registry import kernel
from graphserver.kernels.rows import elementwise

@kernel("their_triple", ints=("times",), rows=elementwise)
def triple(xp, x, *, times=3):
    return x * times
"""

FORMAT = """
from graphserver.formats.registry import reader
from graphserver.spec.artifact import Artifact
from graphserver.spec.dtype import FP32
from graphserver.spec.graph import OpArgs, OpGraph, OpKind, OpName, OpNode, Variable, VariableKind
from graphserver.spec.tensor import Signature, TensorSpec

@reader("theirs", lambda head: head.startswith(b"THEIRS"))
def read(content):
    op = OpName(OpKind.CUSTOM, 0, "their_triple")
    shape = (None, 2)
    graph = OpGraph(
        {"x": Variable("x", VariableKind.PLACEHOLDER, FP32, shape), "y": Variable("y", VariableKind.ARRAY, FP32)},
        (OpNode("n", op, ("x",), ("y",), OpArgs(ints=(int(content[6:]),))),),
    )
    return Artifact("theirs", "native", Signature((TensorSpec("x", FP32, shape),), (TensorSpec("y", FP32),)), graph)
"""

NODE_KIND = """
from graphserver.dag.node import Emit

class Negate:
    def advance(self, state, arrived):
        return state, [Emit("out", -rows) for rows in arrived.rows.values()]
"""

PROTOCOL = """
def add_to(router):
    router.add("/their.Echo/Say", say)

def say(call):
    call.on_message = lambda body, last: call.reply(bytes(body)[::-1])
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    folder = tmp_path_factory.mktemp("theirs")
    files = {"their_op": OP, "their_format": FORMAT, "their_kind": NODE_KIND, "their_protocol": PROTOCOL}
    for name, text in files.items():
        (Path(folder) / f"{name}.py").write_text(text)
    sys.path.insert(0, str(folder))
    yield {name: importlib.import_module(name) for name in files}
    sys.path.remove(str(folder))


def test_an_op_is_found_by_hash_and_by_name(theirs: dict[str, ModuleType]) -> None:
    found = REGISTRY.find(OpName(OpKind.CUSTOM, 0, "Their_Triple"))
    assert found is not None
    assert found.function is theirs["their_op"].triple
    assert found.read(OpArgs(ints=(5,))) == {"times": 5}


def test_a_format_is_recognised_read_run_and_batched(theirs: dict[str, ModuleType]) -> None:
    artifact = read(b"THEIRS7", "m")
    instance = NativeBackend().load(artifact)
    selection = instance.select(frozenset({"x"}), None)
    assert selection.splits is not None
    pending, _ = request(2.0)
    results = {}
    sink = type("Sink", (), {"columns": lambda self, arrays: results.update(arrays)})()
    instance.execute(RequestBatch([pending], selection, lambda: 0.0), sink)
    np.testing.assert_array_equal(results["y"], np.full((1, 2), 14, np.float32))


def test_a_node_kind_runs_in_a_dag(theirs: dict[str, ModuleType]) -> None:
    register_kind("negate", "their_kind:Negate")
    node = Node("n", kind("negate"), {"x": Port("", "x")}, ("out",))
    pending, answers = request(2.0)
    DagFlow(Dag("d", ("x",), (node,), {"y": Port("n", "out")}), lambda target: pytest.fail(target)).submit(pending)
    np.testing.assert_array_equal(answers.only["y"], np.full((1, 2), -2, np.float32))


def test_a_protocol_takes_its_path(theirs: dict[str, ModuleType]) -> None:
    router = Router()
    theirs["their_protocol"].add_to(router)
    assert sent(router, "/their.Echo/Say", b"abc").replies == [b"cba"]
