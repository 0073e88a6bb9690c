"""The state directory: what was registered over the wire survives a restart, kill -9 and a power cut.

One file per graph, `ID.VERSION.graph` (kept_graph.py). A change is written to `ID.VERSION.tmp`, synced, renamed, and
the folder synced, all before it is answered; so a file that has its final name is whole. The highest version of an
id is the one that counts; the one before it is removed last.
"""

import fcntl
import os
import re
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, TextIO

from ..spec.errors import GraphServerError, InvalidArgument, Unavailable
from .kept_graph import read_graph, read_model, write_graph
from .source import ModelSource, graph_name

_KEPT = re.compile(r"(0|-?[1-9][0-9]{0,18})\.([1-9][0-9]{0,17})\.graph")


class Kept(NamedTuple):
    """One file of the directory."""

    graph_id: int
    version: int
    path: Path


class StateDir:
    """A directory that one server at a time keeps its registered graphs in. Blocking; one caller at a time."""

    def __init__(self, path: Path) -> None:
        """Create the directory if missing, lock it, and remove what a killed server left half-written.

        Raises Unavailable when another server has it, InvalidArgument when it cannot be used.
        """
        self.path = path
        with _refusing(InvalidArgument, f"state directory {path} cannot be used"):
            path.mkdir(parents=True, exist_ok=True)
            _sync(path.parent)
            self._lock = _locked(path)
            for unfinished in path.glob("*.tmp"):
                if _KEPT.fullmatch(unfinished.with_suffix(".graph").name):
                    unfinished.unlink()

    def models(self) -> list[ModelSource]:
        """What is kept, by id. A damaged file is a model like the others; its content raises."""
        newest = {kept.graph_id: kept for kept in self._kept()}
        return [_model(newest[graph_id]) for graph_id in sorted(newest)]

    def save(self, graph_id: int, version: int, model: str, data: bytes) -> None:
        """Keep this version in place of the earlier ones. Raises Unavailable; then the earlier one is still kept."""
        path = self.path / f"{graph_id}.{version}.graph"
        with _refusing(Unavailable, f"graph {graph_id} could not be kept in {self.path}"):
            self._commit(path, model, data)
        with suppress(OSError):  # the new version is safe and outranks what is left
            for kept in self._kept(graph_id):
                if kept.version != version:
                    kept.path.unlink()

    def remove(self, graph_id: int) -> None:
        """Forget this id; nothing happens when it is not kept. Raises Unavailable."""
        with _refusing(Unavailable, f"graph {graph_id} could not be removed from {self.path}"):
            for kept in self._kept(graph_id):  # oldest first: a crash half-way must not bring an older one back
                kept.path.unlink()
            _sync(self.path)

    def close(self) -> None:
        """Leave the directory to the next server."""
        self._lock.close()

    def _commit(self, path: Path, model: str, data: bytes) -> None:
        unfinished = path.with_suffix(".tmp")
        try:
            write_graph(unfinished, model, data)
            _sync(unfinished)
            unfinished.replace(path)
            _sync(self.path)
        except OSError:
            for left in (unfinished, path):
                with suppress(OSError):
                    left.unlink()
            raise

    def _kept(self, graph_id: int | None = None) -> list[Kept]:
        """The files, of one id or of all, oldest version first."""
        matches = [(_KEPT.fullmatch(path.name), path) for path in self.path.iterdir()]
        kept = [Kept(int(match[1]), int(match[2]), path) for match, path in matches if match]
        return sorted(one for one in kept if graph_id in (None, one.graph_id))


def _model(kept: Kept) -> ModelSource:
    try:
        name = read_model(kept.path)
    except GraphServerError:
        name = graph_name(kept.graph_id)  # what it says about itself is lost; reading its content tells why
    return ModelSource(name, kept.version, str(kept.path), partial(read_graph, kept.path), kept.graph_id)


def _locked(folder: Path) -> TextIO:
    """The lock goes with the process, however it ends. It is never inherited by a child."""
    file = (folder / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read(20).strip()
        file.close()
        raise Unavailable(
            f"state directory {folder} is in use by another server (process {owner or 'unknown'})"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _sync(path: Path) -> None:
    """Have the file, or the names in the folder, reach the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _refusing(kind: type[GraphServerError], what: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise kind(f"{what}: {error.strerror}") from error
