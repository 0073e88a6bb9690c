"""The wheel holds every room, whole: the repository root is the package, so a forgotten folder would be silent."""

import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OUTSIDE = {"tests", "docker", "dev", "examples", "benchmarks", "docs", "packages"}


def configured() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [Path(line) for line in listed.stdout.splitlines()]


def test_every_room_is_in_the_wheel() -> None:
    rooms = {path.parts[0] for path in tracked() if path.name == "__init__.py" and len(path.parts) > 1} - OUTSIDE
    assert rooms == {name for name in configured() if (ROOT / name).is_dir()}


def test_no_name_of_the_root_is_a_module_of_the_standard_library() -> None:
    import sys

    names = {path.parts[0].removesuffix(".py") for path in tracked()}
    assert not names & sys.stdlib_module_names


def test_the_installed_wheel_holds_every_tracked_file_of_the_rooms() -> None:
    """In an editable install there is nothing to compare."""
    try:
        installed = {str(path) for path in files("graphserver") or []}
    except PackageNotFoundError:
        installed = set[str]()
    if not any(name.endswith("graphserver/__init__.py") for name in installed):
        pytest.skip("graphserver is not installed as a wheel here")
    wanted = {f"graphserver/{path}" for path in tracked() if path.parts[0] in configured()}
    assert wanted - installed == set()
    assert not any("graphserver/tests" in name for name in installed)
