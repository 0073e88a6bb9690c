"""Every recorded graph is read as DL4J describes it, and written back without loss."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import DATA, RIGHT, case, names

from graphserver.formats.registry import read
from graphserver.proto.graph_writer import write_graph
from graphserver.spec.artifact import Artifact
from graphserver.spec.graph import OpGraph, OpKind, OpNode, OutputMode, Variable, VariableKind

JAVA_TYPES = {"INT": "INT32", "LONG": "INT64"}
CAPTURED = sorted((DATA / "captures").glob("*/*_R*Graph.bin"))


def plain(thing: Any) -> Any:
    """Something that `==` compares, arrays included."""
    if isinstance(thing, np.ndarray):
        return str(thing.dtype), thing.shape, thing.tobytes()
    if isinstance(thing, Mapping):
        return {name: plain(value) for name, value in thing.items()}
    if isinstance(thing, tuple):
        return tuple(plain(value) for value in thing)
    if hasattr(thing, "__dataclass_fields__"):
        return {name: plain(getattr(thing, name)) for name in thing.__dataclass_fields__}
    return thing


def artifact(name: str) -> Artifact:
    return read(case(name).graph, name)


@pytest.mark.parametrize("name", names())
def test_ops_placeholders_and_outputs(name: str) -> None:
    got, recorded = artifact(name), case(name)
    graph: OpGraph = got.content
    assert (got.format, got.backend) == ("samediff", "native")
    assert Counter(node.op.name for node in graph.nodes) == recorded.ops
    expected = {
        placeholder.name: (
            JAVA_TYPES.get(placeholder.dtype, placeholder.dtype),
            tuple(None if dim == -1 else dim for dim in placeholder.shape),
        )
        for placeholder in recorded.placeholders
    }
    assert {spec.name: (spec.dtype.dl4j, spec.shape) for spec in got.signature.inputs} == expected
    assert set(recorded.outputs) <= graph.variables.keys()
    assert graph.mode is OutputMode.VARIABLE_SPACE


@pytest.mark.parametrize("name", names())
def test_recorded_inputs_and_outputs_fit(name: str) -> None:
    got, recorded = artifact(name), case(name)
    for run in recorded.runs:
        got.signature.check(run.inputs)
        for output in run.expected.keys() - recorded.random - RIGHT.get(name, {}).keys():
            assert got.content.variables[output].dtype.numpy == run.expected[output].dtype, output


@pytest.mark.parametrize("name", names())
def test_nodes_stand_behind_what_they_read(name: str) -> None:
    graph: OpGraph = artifact(name).content
    computed = set[str]()
    for node in graph.nodes:
        missing = {x for x in node.inputs if graph.variables[x].kind is VariableKind.ARRAY} - computed
        assert not missing or node.op.name == "merge", node
        computed |= set(node.outputs)


@pytest.mark.parametrize("name", names())
def test_a_graph_comes_back_from_our_own_writer(name: str) -> None:
    first = artifact(name)
    again = read(bytes(write_graph(first.content)), name)
    assert plain(again) == plain(first)
    assert bytes(write_graph(again.content)) == bytes(write_graph(first.content))


@pytest.mark.parametrize("name", names())
def test_a_graph_without_keys_is_numbered(name: str) -> None:
    graph: OpGraph = artifact(name).content
    bare = {v.name: Variable(v.name, v.kind, v.dtype, v.shape, v.value) for v in reversed(graph.variables.values())}
    again = read(bytes(write_graph(OpGraph(bare, graph.nodes, (), graph.mode, graph.losses))), name).content
    assert plain(again.nodes) == plain(graph.nodes)
    assert len({variable.key for variable in again.variables.values()}) == len(bare)


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_captured_registrations_are_graphs(path: Path) -> None:
    assert read(path.read_bytes(), path.stem).content.nodes


MODES = {"002": "IMPLICIT", "005": "EXPLICIT", "008": "EXPLICIT_AND_IMPLICIT", "011": "VARIABLE_SPACE"}


@pytest.mark.parametrize(("number", "mode"), MODES.items())
def test_output_modes_of_the_java_client(number: str, mode: str) -> None:
    data = (DATA / f"captures/java-client-M2.1/{number}_RegisterGraph.bin").read_bytes()
    assert read(data, "graph").content.mode is OutputMode[mode]


def node_of(name: str, op: str) -> OpNode:
    return next(node for node in artifact(name).content.nodes if node.op.name == op)


def test_arguments_of_known_ops() -> None:
    assert node_of("tf_mlp", "matmul").args.ints == (0, 0, 0)
    assert node_of("tf_mlp", "matmul").args.floats == (1.0, 0.0)
    assert node_of("tf_mlp", "matmul").op.number == -273014250715117663
    relu = node_of("tf_mlp", "relu")
    assert (relu.op.kind, relu.op.number, float(relu.args.scalar)) == (OpKind.SCALAR, 39, 0.0)
    assert node_of("tf_mlp", "noop").after == (
        "BiasAdd/ReadVariableOp",
        "MatMul/ReadVariableOp",
        "MatMul_1/ReadVariableOp",
    )
    argmax = node_of("multi_io", "argmax").args
    assert [dtype.dl4j for dtype in argmax.dtypes] == ["INT64"]
    assert node_of("half_math", "reduce_sum").args.dims == (1,)
    assert node_of("f_order_weights", "matmul").args.properties["transposeA"] == (False,)


def test_weights_in_column_major_order() -> None:
    """The weight that the file holds column by column gives DL4J's own product."""
    recorded = case("f_order_weights")
    got = artifact("f_order_weights").content
    product = next(node for node in got.nodes if node.op.name == "matmul" and "y" in node.outputs)
    x, weight = product.inputs
    assert x == "x"
    run = recorded.runs[0]
    np.testing.assert_allclose(run.inputs["x"] @ got.variables[weight].value, run.expected["y"], rtol=1e-5)


def test_training_leaves_no_trace_in_the_signature() -> None:
    graph = artifact("trained_updater")
    assert graph.content.losses == {"loss"}
    assert [spec.name for spec in graph.signature.outputs] == ["pred"]


@pytest.mark.parametrize("name", ["lenet", "casts_basic", "mini_bert_block", "old_mlp_beta6", "half_math"])
def test_outputs_are_what_nobody_reads(name: str) -> None:
    unread = {spec.name for spec in artifact(name).signature.outputs}
    read_ones = {x for node in artifact(name).content.nodes for x in node.inputs}
    assert unread
    assert unread.isdisjoint(read_ones)
    assert unread <= set(case(name).outputs)


def test_the_name_is_in_every_error() -> None:
    with pytest.raises(Exception, match=re.escape("my model: ")):
        read(b"nonsense", "my model")
