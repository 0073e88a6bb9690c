"""The Dockerfile as a text: linted here; its commands are run elsewhere."""

import json
from pathlib import Path

import pytest
from dockerfile import complaints, graphserver_commands, read

from graphserver.cli.main import VERBS
from graphserver.cli.serve import settings_from

DOCKER = Path(__file__).parents[2] / "docker"
GOOD = (DOCKER / "Dockerfile").read_text(encoding="utf-8")


def test_the_dockerfile_breaks_no_rule() -> None:
    assert complaints(read(GOOD)) == []


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("python:3.13.9-slim-bookworm AS", "python:latest AS", "python:latest is not pinned"),
        ("python:3.13.9-slim-bookworm AS", "python:3.13-slim AS", "python:3.13-slim is not pinned"),
        ("USER 10001", "USER root", "runs as root"),
        ("USER 10001", "", "runs as root"),
        ("USER 10001", "USER 0", "runs as 0"),
        ("COPY . .", "ADD https://example.org/x.tar.gz .", "use COPY"),
        ("ENV GRAPHSERVER_HOST", "ENV API_KEY=1 GRAPHSERVER_HOST", "looks like a secret"),
        ("python -m pip wheel", "pip config set global.index-url https://me:pw@host/ && python", "looks like a secret"),
        ('["graphserver"]', "graphserver", "expected the form with brackets"),
        ("EXPOSE 40123", "", "EXPOSE is missing"),
        ("HEALTHCHECK ", "# ", "HEALTHCHECK is missing"),
        ("ENV GRAPHSERVER_HOST=0.0.0.0", "RUN touch x", "stands after USER"),
    ],
)
def test_each_rule_finds_its_fault(good: str, bad: str, complaint: str) -> None:
    assert good in GOOD
    assert complaint in "\n".join(complaints(read(GOOD.replace(good, bad, 1))))


def test_the_image_has_the_known_port_and_asks_its_own_client_for_health() -> None:
    texts = {each.word: each.text for each in read(GOOD)}
    assert texts["EXPOSE"] == "40123"
    assert texts["HEALTHCHECK"] == 'CMD ["graphserver", "client", "health"]'
    assert texts["ENTRYPOINT"] == '["graphserver"]'


def test_what_the_image_starts_is_a_command_line_of_ours() -> None:
    texts = {each.word: each.text for each in read(GOOD)}
    verb, *argv = json.loads(texts["CMD"])
    settings = settings_from(argv, dict([texts["ENV"].split("=")]))
    assert verb in VERBS
    assert (settings.host, settings.port) == ("0.0.0.0", 40123)


def test_the_commands_that_a_venv_can_run() -> None:
    build, install, start = graphserver_commands(read(GOOD))
    assert build.startswith("python -m pip wheel ")
    assert install.startswith("python -m pip install ")
    assert "--no-index" in install  # the wheels just built and no namesake from an index
    assert start == "graphserver --version"


def test_the_build_needs_nothing_that_is_ignored() -> None:
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    needed = {"pyproject.toml", "constraints.txt", "README.md", "LICENSE", "cli", "server", "client"}
    assert not needed & set(ignored)
    assert {".git", "**/__pycache__", "tests"} <= set(ignored)
