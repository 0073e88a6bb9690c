"""graphserver as a process: what it prints, how it ends, what it says when it cannot start."""

import re
import signal
import socket
import urllib.request
from pathlib import Path

import cases
import numpy as np
import pytest
from processes import ServerProcess, environment, run

from graphserver import Client

MLP = cases.case("mlp_mnist")
EXAMPLES = Path(__file__).parents[2] / "examples" / "repository"


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def test_one_ready_line_one_answer_and_a_quiet_end() -> None:
    with ServerProcess("-f", MLP.graph) as server, Client(server.address) as client:
        assert re.fullmatch(r"graphserver ready: 127\.0\.0\.1:\d+ models=1 in \d+\.\d s\n", server.lines[-1])
        run = MLP.runs[1]
        probs = client.infer(0, run.inputs, ["probs"])["probs"]
        np.testing.assert_allclose(probs, run.expected["probs"], MLP.rtol, MLP.atol)
        assert client.health()
        assert server.stop() == 0
    assert len([line for line in server.lines if "ready" in line]) == 1


def test_the_seed_form() -> None:
    with ServerProcess("-f", MLP.graph, "--metrics-port", 0) as server:
        assert get(f"http://{server.metrics_address}/ready")
        assert get(f"http://{server.metrics_address}/live")
        with Client(server.address) as client:
            for _ in range(3):
                client.infer(0, MLP.runs[0].inputs)
        text = get(f"http://{server.metrics_address}/metrics")
        assert re.search(r'graphserver_requests_total\{[^}]*model="graph"[^}]*\} 3\.0', text)
        assert server.stop() == 0


def test_a_model_repository_with_ids() -> None:
    with ServerProcess("--model-repository", EXAMPLES, "--id", "lenet=7", "--outputs", "probs") as server:
        assert server.models == 3
        with Client(server.address) as client:
            lenet = cases.case("lenet")
            answer = client.infer(7, lenet.runs[1].inputs)
            assert list(answer) == ["probs"]
            np.testing.assert_allclose(answer["probs"], lenet.runs[1].expected["probs"], lenet.rtol, lenet.atol)


def test_sigint_ends_it_as_well() -> None:
    with ServerProcess() as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(30) == 0


def test_registered_graphs_survive_a_kill(tmp_path: Path) -> None:
    one, other = cases.case("linreg_13"), cases.case("identity")
    with ServerProcess("--state-dir", tmp_path) as server, Client(server.address) as client:
        client.register(one.graph, 1)
        client.register(one.graph, 2)
        client.register(one.graph, 3)
        client.replace(other.graph, 2)
        client.forget(3)
        server.kill()
    with ServerProcess("--state-dir", tmp_path) as server, Client(server.address) as client:
        assert server.models == 2
        for id, case in ((1, one), (2, other)):
            [(name, expected)] = case.runs[0].expected.items()
            np.testing.assert_allclose(client.infer(id, case.runs[0].inputs)[name], expected, 1e-5, 1e-5)


def test_two_servers_refuse_one_state_dir(tmp_path: Path) -> None:
    with ServerProcess("--state-dir", tmp_path):
        second = run("serve", "--port", 0, "--state-dir", tmp_path)
    assert second.returncode == 1
    assert str(tmp_path) in only_line(second.stderr)


def only_line(text: str) -> str:
    [line] = text.splitlines()
    return line


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["-f", "nowhere.fb"], 1, ["nowhere.fb", "no such file"]),
        (["serve", "nowhere"], 1, ["nowhere"]),
        (["serve", "--model-repository", "nowhere"], 1, ["nowhere", "no such model repository"]),
        (["serve", "--prot", "1"], 2, ["--prot", "--port"]),
        (["serve", "--port", "many"], 2, ["port", "many", "65535"]),
        (["serve", "--listen", "0.0.0.0:1"], 2, ["--listen", "not built yet"]),
        (["serve", "--compat", "triton"], 2, ["triton", "not built yet"]),
        (["serv"], 2, ["serv", "serve"]),
        (["convert", "a", "b"], 2, ["convert", "not built yet"]),
    ],
)
def test_what_it_says_when_it_cannot_start(args: list[str], code: int, words: list[str], tmp_path: Path) -> None:
    ended = run(*args, cwd=tmp_path)
    assert ended.returncode == code, ended.stderr
    line = only_line(ended.stderr)
    assert all(word in line for word in words), line


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("serve", "--port", port, cwd=tmp_path)
    assert ended.returncode == 1
    assert str(port) in only_line(ended.stderr)


def test_a_graph_that_cannot_be_served_stops_nobody_else(tmp_path: Path) -> None:
    for name, content in (("good", MLP.graph.read_bytes()), ("bad", b"garbage" * 9)):
        version = tmp_path / name / "1"
        version.mkdir(parents=True)
        (version / "model.fb").write_bytes(content)
    with ServerProcess(tmp_path, "--id", "good=5") as server, Client(server.address) as client:
        assert server.models == 1
        assert client.infer(5, MLP.runs[0].inputs, ["probs"])["probs"].shape == (1, 10)
        assert "'bad'" in "".join(server.lines)


def test_a_bad_file_given_by_name_is_a_failed_start(tmp_path: Path) -> None:
    (tmp_path / "x.fb").write_bytes(b"garbage" * 9)
    ended = run("-f", "x.fb", cwd=tmp_path, env=environment())
    assert ended.returncode == 1
    assert "x.fb" in only_line(ended.stderr)
