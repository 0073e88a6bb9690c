"""What a Dag refuses when it is built, and what an output needs."""

import pytest

from graphserver.dag.dag import Dag, model_dag
from graphserver.dag.kinds import kind, register
from graphserver.dag.node import Node, Port
from graphserver.dag.nodes.infer import Infer
from graphserver.spec.dtype import FP32
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.tensor import Signature, TensorSpec


def node(name: str, *sources: str) -> Node:
    return Node(name, Infer(name), {f"in{i}": port(s) for i, s in enumerate(sources)}, ("out",))


def port(text: str) -> Port:
    node, _, name = text.rpartition(".")
    return Port(node, name)


def dag(*nodes: Node, **outputs: str) -> Dag:
    return Dag("d", ("x",), nodes, {name: port(source) for name, source in outputs.items()})


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: dag(node("a", "x"), node("a", "x"), y="a.out"), "node name 'a' is empty or used twice"),
        (lambda: dag(node("", "x")), "node name '' is empty"),
        (lambda: dag(node("a", "z"), y="a.out"), "node 'a', input 'in0' takes 'z', which is not one of x"),
        (lambda: dag(node("a", "b.out"), y="a.out"), "takes 'b.out', but there is no node 'b'"),
        (lambda: dag(node("a", "x"), y="a.other"), "output 'y' takes 'a.other', which is not one of out"),
        (lambda: dag(node("a", "b.out"), node("b", "a.out"), y="a.out"), "form a cycle"),
    ],
)
def test_refused_when_built(build: object, words: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        build()  # type: ignore[operator]
    assert words in str(refused.value)


def test_only_what_an_output_needs() -> None:
    whole = dag(node("a", "x"), node("b", "a.out"), node("c", "a.out"), node("d", "b.out"), y="d.out", z="c.out")
    assert whole.needed(["y"]) == {"a", "b", "d"}
    assert whole.needed(["z"]) == {"a", "c"}
    with pytest.raises(InvalidArgument, match="no output 'q'; it has y, z"):
        whole.needed(["q"])


def test_a_plain_model_is_a_dag_of_one_node_with_its_own_ports() -> None:
    signature = Signature((TensorSpec("x", FP32), TensorSpec("z", FP32)), (TensorSpec("y", FP32),))
    dag = model_dag("m", signature)
    [node] = dag.nodes
    assert (dag.inputs, dict(dag.outputs), node.kind) == (("x", "z"), {"y": Port("m", "y")}, Infer("m"))
    assert node.inputs == {"x": Port("", "x"), "z": Port("", "z")}


def test_kinds_by_name() -> None:
    assert kind("infer", target="m") == Infer("m")
    with pytest.raises(InvalidArgument, match=r"unknown node kind 'nope'; known: .*infer"):
        kind("nope")
    with pytest.raises(InvalidArgument, match="node kind 'infer'"):
        kind("infer", model="m")
    with pytest.raises(ValueError, match="'infer' is"):
        register("infer", "elsewhere:Infer")
