"""200 replacements under traffic, with real lanes: no error, every answer from one version, the old ones freed."""

import asyncio
import gc
import weakref
from functools import partial

from fakes import request
from fakes_repository import Loader, Weights, number

from graphserver.metrics.observer import Silent
from graphserver.repository.deployment import deploy
from graphserver.repository.repository import ModelRepository

REPLACEMENTS, CALLERS = 200, 4


class Caller:
    """Sends one request after the other; knows what version each was leased on."""

    def __init__(self, repository: ModelRepository) -> None:
        self.repository = repository
        self.answered = 0
        self.seen = set[int]()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.call()

    async def call(self) -> None:
        over = asyncio.Event()
        pending, answers = request(model="graph_1", rows=1 + self.answered % 3)
        pending.at_end(lambda _: over.set())
        lease = self.repository.lease("graph_1")
        lease.submit(pending)
        await over.wait()
        assert number(answers) == lease.deployment.version  # `number` wants all elements equal
        assert answers.only["x"].shape == (pending.rows, 2)
        self.answered += 1
        self.seen.add(lease.deployment.version)


async def lanes_ended(versions: list["weakref.ref[Weights]"]) -> None:
    """A lane's thread reports to the loop when it ends, so the loop must live until then."""
    for version in versions:
        while (weights := version()) is not None and not weights.closed:
            del weights
            await asyncio.sleep(0)


def test_200_replacements_under_traffic() -> None:
    loader = Loader()
    freed: list[weakref.ref[Weights]] = []

    async def main() -> None:
        repository = ModelRepository(loader.load, partial(deploy, loop=asyncio.get_running_loop(), observer=Silent()))
        await repository.register(1, b"1")
        stop, callers = asyncio.Event(), [Caller(repository) for _ in range(CALLERS)]
        tasks = [asyncio.create_task(caller.run(stop)) for caller in callers]
        for version in range(2, REPLACEMENTS + 2):
            await repository.replace(1, str(version).encode())
            await Caller(repository).call()
            freed.append(weakref.ref(loader.instances.pop(0)))
        stop.set()
        await asyncio.gather(*tasks)
        assert all(len(caller.seen) > REPLACEMENTS / 4 for caller in callers)
        await repository.close()
        await lanes_ended([*freed, weakref.ref(loader.instances.pop())])

    asyncio.run(main())
    gc.collect()
    assert len(freed) == REPLACEMENTS
    assert [one for one in freed if one() is not None] == []
