"""Graphs that are well-formed FlatBuffers and still no graphs: each is refused by name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from graphserver.formats.order import in_dependency_order
from graphserver.formats.registry import read
from graphserver.proto.flatgraph import FlatArray, FlatConfiguration, FlatGraph, FlatNode, FlatVariable, IntPair
from graphserver.proto.graph_writer import write_graph
from graphserver.proto.writing import Writer
from graphserver.spec.dtype import FP32
from graphserver.spec.errors import InvalidArgument, Unsupported
from graphserver.spec.graph import OpGraph, OpKind, OpName, OpNode, OutputMode, Variable, VariableKind

ADD = OpName(OpKind.CUSTOM, -5176033361941572836, "add")
MERGE, NEXT = OpName(OpKind.LOGIC, 60, "merge"), OpName(OpKind.LOGIC, 80, "next_iteration")
PLACEHOLDER, CONSTANT, ARRAY = VariableKind.PLACEHOLDER, VariableKind.CONSTANT, VariableKind.ARRAY


def variable(name: str, kind: VariableKind, key: int, **more: Any) -> Variable:
    return Variable(name, kind, FP32, key=(key, 0), **more)


def graph(**changes: Any) -> OpGraph:
    """y = x + c"""
    variables = [
        variable("x", PLACEHOLDER, 1, shape=(None, 2)),
        variable("c", CONSTANT, 2, value=np.ones(2, "f4")),
        variable("y", ARRAY, 3),
        variable("z", ARRAY, 4),
    ]
    nodes = (OpNode("add", ADD, ("x", "c"), ("y",)), OpNode("twice", ADD, ("y", "y"), ("z",)))
    return replace(OpGraph({v.name: v for v in variables}, nodes), **changes)


def reread(broken: OpGraph) -> OpGraph:
    return read(bytes(write_graph(broken)), "g").content


def with_variable(changed: Variable, like: str = "c") -> Mapping[str, Variable]:
    return {**graph().variables, like: changed}


def with_node(index: int, **changes: Any) -> tuple[OpNode, ...]:
    nodes = [*graph().nodes]
    nodes[index] = replace(nodes[index], **changes)
    return tuple(nodes)


def test_the_whole_one_for_comparison() -> None:
    assert [node.name for node in reread(graph()).nodes] == ["add", "twice"]


BROKEN = {
    "two variables of a name": (
        {"variables": with_variable(variable("x", CONSTANT, 9, value=np.ones(1, "f4")))},
        "two variables are called 'x'",
    ),
    "a constant without array": ({"variables": with_variable(variable("c", CONSTANT, 2))}, "constant 'c' has no array"),
    "a weight without array": (
        {"variables": with_variable(variable("c", VariableKind.WEIGHT, 2))},
        "weight 'c' has no array",
    ),
    "two nodes of a name": ({"nodes": with_node(1, name="add")}, "two nodes are called 'add'"),
    "two writers": ({"nodes": with_node(1, outputs=("y",))}, "nodes 'add' and 'twice' both compute 'y'"),
    "a written constant": ({"nodes": with_node(1, outputs=("c",))}, "node 'twice' computes 'c', a constant"),
    "nobody computes it": ({"nodes": graph().nodes[1:]}, "node 'twice' reads 'y', which no node computes"),
    "an unknown one to wait for": ({"nodes": with_node(1, after=("gone",))}, "node 'twice' waits for 'gone'"),
    "a cycle": ({"nodes": with_node(0, inputs=("z", "c"))}, "need each other's outputs: 'add', 'twice'"),
    "a node that reads itself": ({"nodes": with_node(1, inputs=("z",))}, "need each other's outputs: 'twice'"),
    "a cycle of waiting": ({"nodes": with_node(0, after=("twice",))}, "need each other's outputs: 'add', 'twice'"),
}


@pytest.mark.parametrize(("changes", "text"), BROKEN.values(), ids=BROKEN)
def test_a_broken_graph_is_refused_by_name(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidArgument, match=text):
        reread(graph(**changes))


def test_a_long_cycle_names_a_few() -> None:
    with pytest.raises(InvalidArgument, match=r"'n0', 'n49999'.* and 49992 more"):
        in_dependency_order(chain(50_000, first="v49999"))


def test_a_long_chain_is_sorted_from_any_order() -> None:
    """Deeper than Python's stack, and backwards."""
    nodes = chain(50_000, first="x")
    assert in_dependency_order(nodes[::-1]) == tuple(nodes)


def chain(length: int, first: str) -> list[OpNode]:
    sources = [first, *(f"v{at}" for at in range(length - 1))]
    return [OpNode(f"n{at}", ADD, (source,), (f"v{at}",)) for at, source in enumerate(sources)]


def test_independent_nodes_keep_their_order() -> None:
    names = ["x", "c", "b", "a", "d"]
    variables = {n: variable(n, PLACEHOLDER if n == "x" else ARRAY, at + 1) for at, n in enumerate(names)}
    nodes = tuple(OpNode(f"to {name}", ADD, ("x",), (name,)) for name in names[1:])
    assert reread(OpGraph(variables, nodes)).nodes == nodes


def test_a_loop_is_closed_by_next_iteration_alone() -> None:
    names = ["merge", "body", "next"]
    variables = {n: variable(n, ARRAY, at + 1) for at, n in enumerate(names)} | {"x": variable("x", PLACEHOLDER, 9)}
    loop = (
        OpNode("merge", MERGE, ("x", "next"), ("merge",)),
        OpNode("body", ADD, ("merge", "merge"), ("body",)),
        OpNode("next", NEXT, ("body",), ("next",)),
    )
    assert [node.name for node in reread(OpGraph(variables, loop)).nodes] == names
    without = (*loop[:2], replace(loop[2], op=ADD))
    with pytest.raises(InvalidArgument, match="'merge', 'next', 'body'"):
        reread(OpGraph(variables, without))


def raw(
    node: dict[str, Any] | None = None,
    variable: dict[str, Any] | None = None,
    mode: int = 3,
    info: tuple[int, ...] = (),
    reads: tuple[int, int] = (1, 0),
    paired: bool = True,
) -> bytes:
    """One node and one constant, written without the care of write_graph."""
    writer = Writer()
    array = writer.table(
        FlatArray, shape=writer.numbers(info, "<i8"), buffer=writer.vector(bytes(8), 1), dtype=FP32.code
    )
    key = writer.table(IntPair, first=1)
    constant = {"id": key, "name": writer.text("c"), "dtype": FP32.code, "variabletype": 1, "ndarray": array}
    computed = {"id": writer.table(IntPair, first=2), "name": writer.text("y"), "dtype": FP32.code, "variabletype": 2}
    sum_ = {"id": 2, "op_type": 21, "op_num": ADD.number}
    if paired:
        sum_["input_paired"] = writer.references([writer.table(IntPair, first=reads[0], second=reads[1])])
    else:
        sum_["input"] = writer.numbers(reads[:1], "<i4")
    variables = [writer.table(FlatVariable, **(constant | (variable or {}))), writer.table(FlatVariable, **computed)]
    return bytes(
        writer.finish(
            writer.table(
                FlatGraph,
                variables=writer.references(variables),
                nodes=writer.references([writer.table(FlatNode, **(sum_ | (node or {})))]),
                configuration=writer.table(FlatConfiguration, output_mode=mode),
            )
        )
    )


SHAPE_INFO = (1, 2, 1, 8192, 1, 99)


def test_a_node_without_names_finds_its_outputs_by_id() -> None:
    """As in files that no Java wrote."""
    (node,) = read(raw(info=SHAPE_INFO), "g").content.nodes
    assert (node.name, node.inputs, node.outputs) == ("node 2", ("c",), ("y",))


@pytest.mark.parametrize("mode", [-1, 5, 127])
def test_an_output_mode_that_does_not_exist_is_java_s_default(mode: int) -> None:
    assert read(raw(info=SHAPE_INFO, mode=mode), "g").content.mode is OutputMode.VARIABLE_SPACE


RAW = {
    "old numbering": ({"node": {"op_type": 11}}, Unsupported, "before 1.0.0-beta4"),
    "an op type beyond all": ({"node": {"op_type": 77}}, Unsupported, "node 'node 2': unknown op type 77"),
    "no id": ({"variable": {"id": 0}}, InvalidArgument, "variable 0 of the file has no id"),
    "no name": ({"variable": {"name": 0}}, InvalidArgument, "variable 0 of the file has no name"),
    "a kind beyond all": ({"variable": {"variabletype": 9}}, InvalidArgument, "variable 'c' is of the unknown kind 9"),
    "a type beyond all": (
        {"variable": {"dtype": 51, "variabletype": 3}},
        Unsupported,
        "variable 'c': DL4J data type number 51",
    ),
    "later shapes": ({"info": (2,)}, InvalidArgument, "constant 'c': .* is not the shape information"),
}


@pytest.mark.parametrize(("changes", "error", "text"), RAW.values(), ids=RAW)
def test_what_no_writer_of_ours_says(changes: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        read(raw(**{"info": SHAPE_INFO, **changes}), "g")


def test_an_input_that_is_no_variable() -> None:
    with pytest.raises(InvalidArgument, match="node 'node 2': input 7:1 is no variable"):
        read(raw(info=SHAPE_INFO, reads=(7, 1)), "g")


def test_an_input_without_pairs_is_an_id() -> None:
    (node,) = read(raw(info=SHAPE_INFO, paired=False), "g").content.nodes
    assert node.inputs == ("c",)
