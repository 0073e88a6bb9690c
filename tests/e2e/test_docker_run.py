"""The Dockerfile's own lines build, install, start and check graphserver in an empty environment.

No container engine is needed: a folder stands for the image's file system, a virtual environment for its Python.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import dockerfile
import pytest

ROOT = Path(__file__).parents[2]
INSTRUCTIONS = dockerfile.read((ROOT / "docker" / "Dockerfile").read_text())


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder /app after all RUN lines, and the environment in which they ran."""
    app, venv = tmp_path_factory.mktemp("app"), tmp_path_factory.mktemp("venv")
    left_out = shutil.ignore_patterns(".venv*", ".git", "dev", "tests", "__pycache__", "build", "dist")
    shutil.copytree(ROOT, app, dirs_exist_ok=True, ignore=left_out)
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GRAPHSERVER_", "PYTHON"))}
    environment = {**kept, "PATH": f"{venv / 'bin'}:{os.environ['PATH']}", "VIRTUAL_ENV": str(venv)}
    for line in dockerfile.graphserver_commands(INSTRUCTIONS):
        ended = subprocess.run(line, shell=True, cwd=app, env=environment, capture_output=True, text=True)
        assert ended.returncode == 0, f"{line}\n{ended.stdout}{ended.stderr}"
    return app, environment


def words(instruction: str) -> list[str]:
    [text] = [each.text for each in INSTRUCTIONS if each.word == instruction]
    return re.findall(r'"([^"]*)"', text)


@pytest.mark.timeout(300)
def test_it_starts_answers_its_health_check_and_stops(image: tuple[Path, dict[str, str]]) -> None:
    app, environment = image
    start = ["0" if word == "40123" else word for word in words("ENTRYPOINT") + words("CMD")]
    server = subprocess.Popen(start, cwd=app, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        line = server.stderr.readline()
        found = re.match(r"graphserver ready: (\S+) models=0", line)
        assert found, line
        check = [*words("HEALTHCHECK"), "--address", found[1]]
        assert subprocess.run(check, cwd=app, env=environment, timeout=30, capture_output=True).returncode == 0
    finally:
        server.terminate()
        assert server.wait(30) == 0
        server.stderr.close()
