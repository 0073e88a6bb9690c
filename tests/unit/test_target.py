"""A target with a real lane: threads, but no clock."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Mapping

import numpy as np
from fakes import Answers, FakeInstance, request

from graphserver.metrics.observer import Silent
from graphserver.scheduler.target import Target
from graphserver.spec.dtype import Array
from graphserver.spec.errors import Unavailable
from graphserver.spec.request import Pending


async def answered(target: Target, pending: Pending) -> None:
    over = asyncio.Event()
    pending.at_end(lambda _: over.set())
    target.submit(pending)
    await over.wait()


def build(instance: FakeInstance) -> Target:
    return Target("m", instance, loop=asyncio.get_running_loop(), observer=Silent())


def test_rows_come_back_to_their_callers() -> None:
    async def run() -> None:
        instance = FakeInstance(lambda columns: {"x": columns["x"] * 2})
        target = build(instance)
        pairs = [request(i, 1 + i % 3) for i in range(200)]
        await asyncio.gather(*(answered(target, pending) for pending, _ in pairs))
        for i, (_, answers) in enumerate(pairs):
            np.testing.assert_array_equal(answers.only["x"], np.full((1 + i % 3, 2), 2 * i, np.float32))
        assert sum(instance.batches) == 200
        assert len(instance.batches) < 200
        target.close()

    asyncio.run(run())


def test_close_ends_what_runs_and_frees_the_instance() -> None:
    async def run() -> None:
        release, entered = threading.Event(), threading.Event()

        def slow(columns: Mapping[str, Array]) -> Mapping[str, Array]:
            entered.set()
            release.wait(10)
            return columns

        instance = FakeInstance(slow)
        target = build(instance)
        pending, answers = request(7)
        waiter = asyncio.ensure_future(answered(target, pending))
        await asyncio.to_thread(entered.wait, 10)
        target.close()
        refused, why = request()
        target.submit(refused)
        assert isinstance(why.error, Unavailable)
        assert not instance.closed
        release.set()
        await waiter
        assert answers.only["x"][0, 0] == 7
        while not instance.closed:
            await asyncio.sleep(0)
        gone = weakref.ref(instance)
        del instance, target, pending, refused, slow
        gc.collect()
        assert gone() is None

    asyncio.run(run())


def test_a_target_that_never_ran_closes_too() -> None:
    async def run() -> None:
        instance = FakeInstance()
        build(instance).close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert instance.closed

    asyncio.run(run())


def test_one_bad_request_fails_alone() -> None:
    def picky(columns: Mapping[str, Array]) -> Mapping[str, Array]:
        if (columns["x"] == 13).any():
            raise ValueError("thirteen")
        return columns

    async def run() -> list[Answers]:
        target = build(FakeInstance(picky))
        pairs = [request(i) for i in range(32)]
        await asyncio.gather(*(answered(target, pending) for pending, _ in pairs))
        target.close()
        return [answers for _, answers in pairs]

    answers = asyncio.run(run())
    assert [i for i, a in enumerate(answers) if a.error] == [13]
    assert all(a.only["x"][0, 0] == i for i, a in enumerate(answers) if i != 13)
