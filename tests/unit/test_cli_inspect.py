"""The report of a model file, for people and for programs."""

import json

import cases
from opgraphs import graph

from graphserver.backend.native.report import OutputReport, Report
from graphserver.cli.inspect import lines
from graphserver.cli.main import main
from graphserver.proto.graph_writer import write_graph
from graphserver.spec.dtype import FP32
from graphserver.spec.tensor import Signature, TensorSpec

SIGNATURE = Signature((TensorSpec("x", FP32, (None, 4)),), (TensorSpec("y", FP32),))
GOOD = Report(
    "samediff",
    SIGNATURE,
    nodes=3,
    ops={"matmul": 2, "mean": 1},
    unsupported=[],
    weight_bytes=1536,
    folded_bytes=3 << 20,
    reason="node 'm' (mean) mixes rows",
    outputs=[OutputReport("y", True), OutputReport("m", False, "node 'm' (mean) mixes rows")],
)


def test_for_people() -> None:
    assert list(lines(GOOD)) == [
        "format       samediff, 3 nodes",
        "served       yes",
        "inputs       x: FLOAT[-1,4]",
        "outputs      y: FLOAT[?]",
        "by default   y, m",
        "batching     no: node 'm' (mean) mixes rows",
        "             y alone: yes",
        "             m alone: no: node 'm' (mean) mixes rows",
        "ops          matmul 2, mean 1",
        "unsupported  none",
        "memory       weights 1.5 KiB, computed from them at load 3 MiB",
    ]


def test_what_cannot_be_served_says_why_and_nothing_of_batching() -> None:
    bad = Report("samediff", SIGNATURE, 1, {}, ["node 'n' (nope): no kernel"], 0, problem="1 node cannot run")
    shown = list(lines(bad))
    assert "served       no: 1 node cannot run" in shown
    assert "unsupported  node 'n' (nope): no kernel" in shown
    assert "ops          none" in shown
    assert not [line for line in shown if line.startswith("batching")]


def test_a_recorded_graph_for_programs(capsys) -> None:
    assert main(["inspect", "--json", str(cases.case("mlp_mnist").graph)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["inputs"] == [{"name": "input", "dtype": "FP32", "shape": [None, 784]}]
    assert found["ops"] == {"xw_plus_b": 3, "relu": 2, "softmax": 1}
    assert found["weight_bytes"] == 4 * (784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10)
    assert found["batchable"] is True
    assert {"name": "probs", "batchable": True, "reason": None} in found["default_outputs"]


def test_a_recorded_graph_for_people(capsys) -> None:
    assert main(["inspect", str(cases.case("mlp_mnist").graph)]) == 0
    shown = capsys.readouterr().out
    assert "inputs       input: FLOAT[-1,784]\n" in shown
    assert "batching     yes\n" in shown


def test_a_graph_that_cannot_be_served_exits_with_1_and_still_shows_it(capsys, monkeypatch) -> None:
    bad = Report("samediff", SIGNATURE, 1, {}, ["node 'n' (nope): no kernel"], 0, problem="1 node cannot run")
    monkeypatch.setattr("graphserver.cli.inspect.report_on", lambda _artifact: bad)
    assert main(["inspect", str(cases.case("mlp_mnist").graph)]) == 1
    assert "unsupported  node 'n'" in capsys.readouterr().out


def test_names_in_a_file_steer_no_terminal(tmp_path, capsys) -> None:
    file = tmp_path / "hostile.fb"
    file.write_bytes(write_graph(graph("y = square x\x1b[2J", feed={"x\x1b[2J": (None, 2)})))
    assert main(["inspect", str(file)]) == 0
    shown = capsys.readouterr().out
    assert r"inputs       x\x1b[2J: FLOAT[-1,2]" in shown
    assert shown.replace("\n", "").isprintable()
