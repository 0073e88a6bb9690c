"""Register, replace, forget: in order, all or nothing, and never in the way of what is served."""

import asyncio
import gc
import weakref
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from fakes_repository import Loader, ask, number, source

from graphserver.repository.repository import ModelRepository
from graphserver.repository.table import ModelState, ModelStatus
from graphserver.spec.errors import (
    AlreadyExists,
    ExecutionFailed,
    GraphServerError,
    InvalidArgument,
    NotFound,
    Unavailable,
)

UNAVAILABLE, READY = ModelState.UNAVAILABLE, ModelState.READY


async def settled() -> None:
    """Let every task that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_register_serves_a_model_named_after_its_id() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        await repository.register(-5, b"1")
        assert repository.resolve(-5) == "graph_-5"
        assert repository.index() == [ModelStatus("graph_-5", 1, READY, "", -5)]
        assert loader.answer(repository, "graph_-5") == loader.answer(repository, "graph_-5", version=1) == 1
        assert loader.threads == {"graphserver-loader_0"}
        await repository.close()

    asyncio.run(main())


def test_replace_is_the_next_version_of_the_same_name() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        await repository.add(source("file", b"1", graph_id=0))
        await repository.replace(0, b"2")
        assert repository.index() == [ModelStatus("file", 2, READY, "", 0)]
        assert loader.answer(repository, "file") == 2
        with pytest.raises(NotFound, match="model 'file' has no version 1; it has version 2"):
            repository.lease("file", 1)
        await repository.close()

    asyncio.run(main())


def test_replace_of_an_unknown_id_registers_it() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        await repository.replace(9, b"1")
        assert repository.index() == [ModelStatus("graph_9", 1, READY, "", 9)]
        await repository.close()

    asyncio.run(main())


def test_forget_drops_any_model_and_its_id_is_free_again() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        await repository.add(source("file", b"1", graph_id=0))
        await repository.forget(0)
        assert repository.index() == []
        for look_up in (lambda: repository.resolve(0), lambda: repository.lease("file")):
            with pytest.raises(NotFound):
                look_up()
        await repository.register(0, b"2")
        assert loader.answer(repository, "graph_0") == 2
        await repository.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        (lambda r: r.register(7, b"2"), AlreadyExists, "graph id 7 already belongs to model 'graph_7'"),
        (lambda r: r.register(8, b"2"), AlreadyExists, "model 'graph_8' already exists"),
        (lambda r: r.replace(8, b"2"), AlreadyExists, "model 'graph_8' already exists"),
        (lambda r: r.add(source("graph_7", b"2")), AlreadyExists, "model 'graph_7' already exists"),
        (lambda r: r.forget(6), NotFound, r"unknown graph id 6; known: 7 \(graph_7\)"),
        (lambda r: r.register(6, b"junk"), InvalidArgument, "model 'graph_6': b'junk' is not a graph"),
        (lambda r: r.replace(7, b"junk"), InvalidArgument, "model 'graph_7': b'junk' is not a graph"),
        (lambda r: r.register(6, b"crash"), ExecutionFailed, "'graph_6' could not be loaded: ZeroDivisionError: a bug"),
    ],
)
def test_a_refused_change_changes_nothing(change: Any, error: type[GraphServerError], text: str) -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        await repository.register(7, b"1")
        await repository.add(source("graph_8", b"8"))
        before = repository.index()
        with pytest.raises(error, match=text):
            await change(repository)
        assert repository.index() == before
        assert loader.answer(repository, "graph_7") == 1
        await repository.register(5, b"5")
        await repository.close()

    asyncio.run(main())


def test_unknown_names_are_answered_with_ten_known_ones() -> None:
    async def main() -> None:
        repository = Loader().repository()
        with pytest.raises(NotFound, match="unknown model 'x'; known: none"):
            repository.lease("x")
        for n in range(13):
            await repository.register(n, b"1")
        known = ", ".join(f"graph_{n}" for n in range(10))
        with pytest.raises(NotFound, match=f"unknown model 'x'; known: {known} and 3 more"):
            repository.lease("x")
        with pytest.raises(NotFound, match=r"9 \(graph_9\) and 3 more$"):
            repository.resolve(99)
        await repository.close()

    asyncio.run(main())


@pytest.mark.parametrize("content", [b"junk", b"crash", NotFound("it: no such file"), Path("/nowhere/model.fb")])
def test_a_model_that_cannot_be_loaded_at_start_stops_no_other(content: Any) -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        bad = await repository.add(source("bad", content, version=4, graph_id=1))
        good = await repository.add(source("good", b"2"))
        assert (bad.state, bad.version, good.state) == (UNAVAILABLE, 4, READY)
        assert repository.index() == [bad, good]
        assert bad.reason
        assert loader.answer(repository, "good") == 2
        with pytest.raises(Unavailable, match="model 'bad' version 4 is not available: ") as error:
            repository.lease("bad")
        assert bad.reason in str(error.value)
        await repository.replace(1, b"3")
        assert (loader.answer(repository, "bad", 5), repository.index()[0].state) == (3, READY)
        await repository.close()

    asyncio.run(main())


def test_the_old_version_serves_while_the_new_one_is_built() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        await repository.register(1, b"1")
        loader.held = True
        replacing = asyncio.create_task(repository.replace(1, b"2"))
        await loader.begun()
        assert loader.answer(repository, "graph_1") == 1
        under_way = ask(repository, "graph_1")
        loader.let_go()
        await replacing
        assert loader.answer(repository, "graph_1") == 2
        assert number(under_way) == 1
        await repository.close()

    asyncio.run(main())


def test_a_model_is_unknown_until_it_serves() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        loader.held = True
        registering = asyncio.create_task(repository.register(1, b"1"))
        await loader.begun()
        assert repository.index() == []
        with pytest.raises(NotFound):
            repository.resolve(1)
        loader.let_go()
        await registering
        assert repository.resolve(1) == "graph_1"
        await repository.close()

    asyncio.run(main())


def test_changes_are_made_in_order_of_arrival() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        await asyncio.gather(
            repository.register(1, b"1"),
            repository.replace(1, b"2"),
            repository.replace(1, b"3"),
            repository.forget(1),
            repository.register(1, b"4"),
        )
        assert [instance.weights[0] for instance in loader.instances] == [1, 2, 3, 4]
        assert [instance.closed for instance in loader.instances] == [True, True, True, False]
        assert repository.index() == [ModelStatus("graph_1", 1, READY, "", 1)]
        await repository.close()

    asyncio.run(main())


async def cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def begin(loader: Loader, change: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    loader.held = True
    task = asyncio.create_task(change)
    await loader.begun()
    return task


def test_a_change_under_way_is_made_although_its_caller_left() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        task = await begin(loader, repository.register(1, b"1"))
        await cancelled(task)
        waiting = asyncio.create_task(repository.register(1, b"2"))
        await settled()
        loader.let_go()
        with pytest.raises(AlreadyExists):
            await waiting
        assert loader.answer(repository, "graph_1") == 1
        await repository.close()

    asyncio.run(main())


def test_a_change_that_waits_is_not_made_when_its_caller_left() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        first = await begin(loader, repository.register(1, b"1"))
        waiting = asyncio.create_task(repository.replace(1, b"2"))
        await settled()
        await cancelled(waiting)
        loader.let_go()
        await first
        loader.held = False
        await repository.register(3, b"3")
        assert [status.name for status in repository.index()] == ["graph_1", "graph_3"]
        assert loader.answer(repository, "graph_1") == 1
        await repository.close()

    asyncio.run(main())


def test_the_error_of_a_change_whose_caller_left_is_nobodys(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        await cancelled(await begin(loader, repository.register(1, b"junk")))
        loader.let_go()
        loader.held = False
        await repository.register(2, b"2")
        await repository.close()
        gc.collect()

    asyncio.run(main())
    assert "never retrieved" not in caplog.text


def test_closing_waits_for_the_change_under_way_and_refuses_the_rest() -> None:
    async def main() -> None:
        loader = Loader()
        repository = loader.repository()
        under_way = await begin(loader, repository.register(1, b"1"))
        waiting = asyncio.create_task(repository.register(2, b"2"))
        closing = asyncio.create_task(repository.close())
        await settled()
        assert not closing.done()
        loader.let_go()
        await under_way
        with pytest.raises(Unavailable, match="the server is shutting down"):
            await waiting
        await closing
        assert [instance.closed for instance in loader.instances] == [True]
        with pytest.raises(Unavailable, match="the server is shutting down"):
            await repository.replace(1, b"3")
        await repository.close()

    asyncio.run(main())


def test_the_weights_of_a_replaced_and_a_forgotten_version_are_freed() -> None:
    async def main() -> None:
        loader = Loader()
        repository: ModelRepository = loader.repository()
        await repository.register(1, b"1")
        under_way = ask(repository, "graph_1")
        await repository.replace(1, b"2")
        old, new = map(weakref.ref, loader.instances)
        loader.instances.clear()
        entries, loader.entries = loader.entries, []
        assert (old() is None, new() is None) == (False, False)
        entries[0].answer_all()
        assert number(under_way) == 1
        gc.collect()
        assert (old() is None, new() is None) == (True, False)
        await repository.forget(1)
        gc.collect()
        assert new() is None
        await repository.close()

    asyncio.run(main())
