"""What was registered survives a restart, a failing disk, and SIGKILL at any line."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graphserver.repository import state as module
from graphserver.repository.state import StateDir
from graphserver.spec.errors import InvalidArgument, Unavailable

INT64 = (-(1 << 63), -1, 0, 7, (1 << 63) - 1)

Graphs = dict[int, tuple[str, int, bytes]]


def graphs(path: Path) -> Graphs:
    """What a server that starts now finds: name, version and content by id."""
    state = StateDir(path)
    try:
        return {
            model.graph_id: (model.name, model.version, bytes(model.content()))  # pyright: ignore
            for model in state.models()
        }
    finally:
        state.close()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDir]:
    """A new directory, which does not exist yet."""
    state = StateDir(tmp_path / "deep" / "state")
    yield state
    state.close()


def restarted(state: StateDir) -> Graphs:
    state.close()
    return graphs(state.path)


def test_any_id_name_and_content_comes_back(state: StateDir) -> None:
    expected = {graph_id: (f"résumé {graph_id}", n + 1, bytes([n]) * n) for n, graph_id in enumerate(INT64)}
    for graph_id, (name, version, data) in expected.items():
        state.save(graph_id, version, name, data)
    assert restarted(state) == expected


def test_a_later_version_replaces_the_earlier(state: StateDir) -> None:
    state.save(0, 2, "file", b"old")
    state.save(10, 1, "graph_10", b"other")
    state.save(0, 10, "file", b"new")
    assert sorted(path.name for path in state.path.iterdir()) == ["0.10.graph", "10.1.graph", "lock"]
    assert restarted(state) == {0: ("file", 10, b"new"), 10: ("graph_10", 1, b"other")}


def test_a_forgotten_id_stays_forgotten(state: StateDir) -> None:
    state.save(-1, 1, "graph_-1", b"a")
    state.save(1, 1, "graph_1", b"b")
    state.remove(-1)
    state.remove(5)
    assert restarted(state) == {1: ("graph_1", 1, b"b")}


def test_what_a_killed_server_left_is_removed_or_outranked(state: StateDir) -> None:
    state.save(1, 1, "graph_1", b"old")
    older = (state.path / "1.1.graph").read_bytes()
    state.save(1, 2, "graph_1", b"new")
    (state.path / "1.1.graph").write_bytes(older)
    (state.path / "1.3.tmp").write_bytes(older[:5])
    (state.path / "notes.tmp").write_text("not ours")
    assert restarted(state) == {1: ("graph_1", 2, b"new")}
    assert not (state.path / "1.3.tmp").exists()
    assert (state.path / "notes.tmp").exists()


def test_files_of_others_are_no_graphs(state: StateDir) -> None:
    for name in ("notes", "1.graph", "01.1.graph", "-0.1.graph", "1.0.graph", "1.1.graph.bak"):
        (state.path / name).write_text("{}")
    assert restarted(state) == {}


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[:-1], "is damaged: 4 bytes of graph, expected 5"),
        (lambda data: data + b"!", "is damaged: 6 bytes of graph, expected 5"),
        (lambda data: data[:-1] + b"x", "is damaged: the checksum of its graph differs"),
        (lambda data: b"", "is damaged: its first line is not that of a kept graph"),
        (lambda data: b"\xff" * 9000, "is damaged: its first line is not that of a kept graph"),
        (lambda data: b"[" * 4000, "is damaged: its first line is not that of a kept graph"),
        (lambda data: b"[1]\n", "is damaged: its first line is not that of a kept graph"),
        (lambda data: data.replace(b'"graph_1"', b"1"), "is damaged: its first line is not that of a kept graph"),
        (lambda data: data.replace(b"graph_1", b"../up/1"), "is damaged: its first line is not that of a kept graph"),
    ],
)
def test_a_damaged_graph_says_so_and_stops_no_other(
    state: StateDir, damage: Callable[[bytes], bytes], reason: str
) -> None:
    state.save(1, 3, "graph_1", b"graph")
    state.save(2, 1, "graph_2", b"fine")
    path = state.path / "1.3.graph"
    path.write_bytes(damage(path.read_bytes()))
    bad, good = state.models()
    assert (bad.name, bad.version, bad.graph_id) == ("graph_1", 3, 1)
    with pytest.raises(InvalidArgument) as error:
        bad.content()
    assert str(error.value) == f"{path} {reason}"
    assert good.content() == b"fine"


def test_an_unreadable_graph_says_so(state: StateDir) -> None:
    (state.path / "1.1.graph").mkdir()
    (model,) = state.models()
    with pytest.raises(InvalidArgument, match=r"1\.1\.graph cannot be read: Is a directory"):
        model.content()


def test_two_servers_cannot_share_a_directory(state: StateDir) -> None:
    text = rf"state directory .* is in use by another server \(process {os.getpid()}\)"
    with pytest.raises(Unavailable, match=text):
        StateDir(state.path)
    state.close()
    StateDir(state.path).close()


def test_a_path_that_cannot_be_a_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidArgument, match=r"state directory .*file cannot be used: File exists"):
        StateDir(tmp_path / "file")
    with pytest.raises(InvalidArgument, match=r"state directory .*below cannot be used: Not a directory"):
        StateDir(tmp_path / "file" / "below")


# A failing disk: each step of a change fails in its turn.


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_at_the_end(path: Path, *_: object) -> None:
    path.write_bytes(b"half a fi")
    full()


def at_call(n: int, function: Callable[[Path], None]) -> Callable[[Path], None]:
    """`function`, but for its nth call, which fails."""
    calls = iter(range(n + 1))

    def run(path: Path) -> None:
        full() if next(calls, n) == n - 1 else function(path)

    return run


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "write": lambda patch: patch.setattr(module, "write_graph", full_at_the_end),
    "sync of the file": lambda patch: patch.setattr(module, "_sync", at_call(1, module._sync)),  # pyright: ignore
    "rename": lambda patch: patch.setattr(Path, "replace", full),
    "sync of the folder": lambda patch: patch.setattr(module, "_sync", at_call(2, module._sync)),  # pyright: ignore
}


@pytest.mark.parametrize("step", BROKEN)
@pytest.mark.parametrize("before", [{}, {1: ("graph_1", 1, b"old")}], ids=["register", "replace"])
def test_a_failed_save_keeps_what_was_kept(
    state: StateDir, monkeypatch: pytest.MonkeyPatch, step: str, before: Graphs
) -> None:
    for graph_id, (name, version, data) in before.items():
        state.save(graph_id, version, name, data)
    with monkeypatch.context() as patch:
        BROKEN[step](patch)
        with pytest.raises(Unavailable, match=r"graph 1 could not be kept in .*state: No space left on device"):
            state.save(1, 2, "graph_1", b"new")
    assert not [*state.path.glob("*.tmp")]
    state.save(2, 1, "graph_2", b"later")
    assert restarted(state) == before | {2: ("graph_2", 1, b"later")}


def test_a_save_is_good_although_the_old_version_stays(state: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
    state.save(1, 1, "graph_1", b"old")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", full)
        state.save(1, 2, "graph_1", b"new")
    assert restarted(state) == {1: ("graph_1", 2, b"new")}


def test_a_failed_removal_is_told_and_can_be_repeated(state: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
    state.save(1, 1, "graph_1", b"a")
    with monkeypatch.context() as patch:
        patch.setattr(module, "_sync", full)
        with pytest.raises(Unavailable, match=r"graph 1 could not be removed from .*state: No space left"):
            state.remove(1)
    state.remove(1)
    assert restarted(state) == {}


# kill -9: a child makes the same changes again and again, each time in a process of its own that kills itself one
# line of the state's code later than the one before, until they are all made.

CHILD = """
import itertools, os, signal, sys
from pathlib import Path
from graphserver.repository import kept_graph, state

FILES = {state.__file__, kept_graph.__file__}

def die_at(line):
    def trace(frame, event, _):
        nonlocal line
        if frame.f_code.co_filename not in FILES:
            return None
        line -= event == "line"
        if line < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace
    return trace

def live(line, folder, answered):
    kept = state.StateDir(folder)
    sys.settrace(die_at(line))
    for change in CHANGES:
        kept.remove(*change) if len(change) == 1 else kept.save(*change)
        os.write(answered, b".")
    os._exit(0)

for line in itertools.count():
    folder = Path(sys.argv[1], str(line))
    answered = os.open(f"{folder}.answered", os.O_WRONLY | os.O_CREAT)
    if not (child := os.fork()):
        live(line, folder, answered)
    os.close(answered)
    if (status := os.waitpid(child, 0)[1]) != signal.SIGKILL:
        sys.exit(status)
"""

CHANGES: tuple[tuple[int] | tuple[int, int, str, bytes], ...] = (
    (1, 1, "graph_1", b"first" * 999),
    (-2, 4, "file", b"second"),
    (1, 2, "graph_1", b"third" * 999),
    (-2,),
    (1, 3, "graph_1", b"fourth"),
)


def after(changes: int) -> Graphs:
    """What is kept after so many of the changes."""
    found: Graphs = {}
    for change in CHANGES[:changes]:
        if len(change) == 1:
            del found[change[0]]
        else:
            graph_id, version, name, data = change
            found[graph_id] = (name, version, data)
    return found


def test_sigkill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    program = CHILD.replace("CHANGES", repr(CHANGES))
    package = Path(module.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(package)}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=environment, check=True, timeout=100)
    lives = sorted(tmp_path.glob("*.answered"), key=lambda path: int(path.stem))
    answered = [path.stat().st_size for path in lives]
    assert answered == sorted(answered)
    assert {*answered} == {*range(len(CHANGES) + 1)}
    for path, changes in zip(lives, answered, strict=True):
        found = graphs(path.with_suffix(""))
        assert found in (after(changes), after(changes + 1)), f"killed at line {path.stem}"
        assert not [*path.with_suffix("").glob("*.tmp")]
