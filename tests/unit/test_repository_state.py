"""A repository with a state directory: what was answered is there after a restart, what failed never happened."""

import asyncio
import errno
from pathlib import Path

import pytest
from fakes_repository import Loader, source

from graphserver.repository import state as module
from graphserver.repository.naming import starting_models
from graphserver.repository.repository import ModelRepository
from graphserver.repository.source import ModelSource
from graphserver.repository.state import StateDir
from graphserver.repository.table import ModelState
from graphserver.spec.errors import Unavailable

FILE = source("file", b"1")


class Run:
    """One life of a server on a state directory."""

    def __init__(self, path: Path, listed: ModelSource | None = None) -> None:
        self.path = path
        self.listed = [listed] if listed else []
        self.loader = Loader()

    async def __aenter__(self) -> "Run":
        state = StateDir(self.path)
        self.repository: ModelRepository = self.loader.repository(state)
        for model in starting_models(self.listed, state.models()):
            await self.repository.add(model)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.repository.close()

    def serves(self) -> dict[str, tuple[int, int | None, int]]:
        """Version, id and answer of each model that is ready."""
        return {
            status.name: (status.version, status.graph_id, self.loader.answer(self.repository, status.name))
            for status in self.repository.index()
            if status.state is ModelState.READY
        }


def test_registered_replaced_and_forgotten_over_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        async with Run(tmp_path) as run:
            await run.repository.register(1, b"10")
            await run.repository.register(-2, b"20")
            await run.repository.register(3, b"30")
            await run.repository.replace(1, b"11")
            await run.repository.forget(3)
            before = run.serves()
        async with Run(tmp_path) as run:
            assert run.serves() == before == {"graph_1": (2, 1, 11), "graph_-2": (1, -2, 20)}
            await run.repository.replace(1, b"12")
            assert run.serves()["graph_1"] == (3, 1, 12)

    asyncio.run(main())


def test_a_replaced_file_comes_back_as_its_newer_version(tmp_path: Path) -> None:
    async def main() -> None:
        async with Run(tmp_path, FILE) as run:
            await run.repository.replace(0, b"2")
        async with Run(tmp_path, FILE) as run:
            assert run.serves() == {"file": (2, 0, 2)}
        async with Run(tmp_path, source("file", b"9", version=5)) as run:
            assert run.serves() == {"file": (5, 0, 9)}

    asyncio.run(main())


def test_a_forgotten_file_comes_back_as_it_is_on_the_disk(tmp_path: Path) -> None:
    async def main() -> None:
        async with Run(tmp_path, FILE) as run:
            await run.repository.replace(0, b"2")
            await run.repository.forget(0)
            assert run.serves() == {}
        async with Run(tmp_path, FILE) as run:
            assert run.serves() == {"file": (1, 0, 1)}

    asyncio.run(main())


def test_it_is_kept_before_it_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with Run(tmp_path) as run:
            await run.repository.register(1, b"1")
            served_when_synced: list[int] = []
            loop, sync = asyncio.get_running_loop(), module._sync  # pyright: ignore

            def watch(path: Path) -> None:
                ask = asyncio.run_coroutine_threadsafe(answer(run), loop)
                served_when_synced.append(ask.result(timeout=60))
                sync(path)

            monkeypatch.setattr(module, "_sync", watch)
            await run.repository.replace(1, b"2")
            assert served_when_synced == [1, 1]
            assert await answer(run) == 2

    async def answer(run: Run) -> int:
        return run.loader.answer(run.repository, "graph_1")

    asyncio.run(main())


def test_what_cannot_be_kept_does_not_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def main() -> None:
        async with Run(tmp_path) as run:
            await run.repository.register(1, b"1")
            with monkeypatch.context() as patch:
                patch.setattr(module, "write_graph", full)
                for change in (run.repository.replace(1, b"2"), run.repository.register(2, b"3")):
                    with pytest.raises(Unavailable, match=r"could not be kept in .*: No space left on device"):
                        await change
            assert run.serves() == {"graph_1": (1, 1, 1)}
            assert [instance.closed for instance in run.loader.instances] == [False, True, True]
            with monkeypatch.context() as patch:
                patch.setattr(module, "_sync", full)
                with pytest.raises(Unavailable, match=r"could not be removed from .*: No space left on device"):
                    await run.repository.forget(1)
            assert run.serves() == {"graph_1": (1, 1, 1)}

    asyncio.run(main())


def test_a_damaged_graph_is_listed_and_can_be_replaced_or_forgotten(tmp_path: Path) -> None:
    async def main() -> None:
        async with Run(tmp_path) as run:
            for graph_id in (1, 2, 3):
                await run.repository.register(graph_id, b"5")
        for graph_id in (1, 2):
            (tmp_path / f"{graph_id}.1.graph").write_bytes(b"rubbish")
        async with Run(tmp_path) as run:
            assert run.serves() == {"graph_3": (1, 3, 5)}
            reason = "1.1.graph is damaged: its first line is not that of a kept graph"
            assert run.repository.index()[0].reason.endswith(reason)
            await run.repository.replace(1, b"6")
            await run.repository.forget(2)
        async with Run(tmp_path) as run:
            assert run.serves() == {"graph_1": (2, 1, 6), "graph_3": (1, 3, 5)}
            assert len(run.repository.index()) == 2

    asyncio.run(main())
