"""`graphserver client` against a running server: what it prints, saves and exits with."""

from collections.abc import Iterator

import cases
import numpy as np
import pytest
from fakes_graphserver import Answers, answering

from graphserver.cli.main import main

GRAPH = str(cases.case("identity").graph)


@pytest.fixture
def server() -> Iterator[tuple[str, Answers]]:
    with answering() as found:
        yield found


def test_register_replace_and_forget(server, capsys) -> None:
    address, graphs = server[0], server[1].graphs
    assert main(["client", "register", GRAPH, "--id", "7", "--address", address]) == 0
    assert main(["client", "register", GRAPH, "--id", "7", "--address", address]) == 1
    assert main(["client", "replace", GRAPH, "--address", address]) == 0
    assert sorted(graphs) == [0, 7]
    assert main(["client", "forget", "7", "--address", address]) == 0
    assert sorted(graphs) == [0]
    assert capsys.readouterr().err == "graphserver: graph 7 is registered\n"


def test_infer_prints_and_saves(server, capsys, tmp_path) -> None:
    np.save(tmp_path / "x.npy", np.arange(10, dtype=np.float32) / 10)
    np.save(tmp_path / "y.npy", np.array(3))
    words = ["infer", "0", f"x={tmp_path}/x.npy", f"scope/y={tmp_path}/y.npy", "--outputs", "x2,scope/y2"]
    assert main(["client", *words, "--address", server[0], "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "x2 FLOAT[10] 0.0 0.2 0.4 0.6 0.8 1.0 1.2 1.4 …",
        "scope/y2 INT64[] 6",
    ]
    assert server[1].metadata["graphserver-outputs"] == "x2,scope/y2"
    np.testing.assert_array_equal(np.load(tmp_path / "out/x2.npy"), np.arange(10, dtype=np.float32) / 10 * 2)
    np.testing.assert_array_equal(np.load(tmp_path / "out/scope%2Fy2.npy"), 6)


def test_health_is_an_exit_code(server, capsys) -> None:
    assert main(["client", "health", "--address", server[0]]) == 0
    assert main(["client", "health", "--address", "127.0.0.1:1"]) == 1
    assert capsys.readouterr().out.splitlines() == [f"{server[0]} is serving", "127.0.0.1:1 is not serving"]


def test_a_server_that_is_not_there_is_one_line(capsys) -> None:
    assert main(["client", "forget", "1", "--address", "127.0.0.1:1"]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("graphserver: ")
    assert "127.0.0.1:1" in shown
    assert shown.count("\n") == 1
