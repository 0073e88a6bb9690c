"""The snippets of the README run as they stand."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from processes import ServerProcess, environment, run

from graphserver.cli.serve import settings_from

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def snippets(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def python(code: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_client_snippet() -> None:
    client, _ = snippets("python")
    with ServerProcess() as server:
        assert python(client.replace("127.0.0.1:40123", server.address)) == "(1, 10)\n"


def test_the_server_snippet() -> None:
    _, server = snippets("python")
    assert python(server) == "True\n"


def commands() -> list[str]:
    lines = "".join(snippets("sh")).splitlines()
    return [line.partition("#")[0].strip() for line in lines if line.startswith("graphserver")]


@pytest.mark.parametrize("line", [line for line in commands() if not re.search(r" (inspect|client) ", line)])
def test_serve_lines_are_understood(line: str) -> None:
    words = shlex.split(line)[1:]
    settings_from(words[1:] if words[0] == "serve" else words, {})


def test_the_other_verbs_exist() -> None:
    for verb in ("inspect", "client"):
        assert any(line.startswith(f"graphserver {verb}") for line in commands())
        assert run(verb, "--help").returncode == 0


def test_the_example_client() -> None:
    with ServerProcess("--model-repository", ROOT / "examples" / "repository", "--id", "mlp=0") as server:
        ended = subprocess.run(
            [sys.executable, "-P", "examples/client.py", server.address],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment(),
            timeout=60,
        )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = {one or other for one, other in re.findall(r"`make (\w+)`|^make (\w+)", README, re.MULTILINE)}
    assert {"run", "test", "check", "bench"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
