"""The models that are served, and every change to them.

Look-ups run on the loop thread at once. Changes take their turn in order of arrival; what blocks (reading, compiling,
proving, warming, syncing) runs on one loader thread, so the loop never waits and two loads never fight for memory.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from ..backend.instance import Instance
from ..spec.errors import ExecutionFailed, GraphServerError, Unavailable
from .deployment import Deployment, Lease
from .source import Content, ModelSource, graph_name
from .state import StateDir
from .table import Model, ModelStatus, ModelTable

LOG = logging.getLogger(__name__)

Load = Callable[[Content, str], Instance]
"""From content and model name to a warm instance; blocking, on the loader thread. Raises GraphServerError."""

Deploy = Callable[[str, int, Instance], Deployment]
"""From model name, version and instance to what serves it; on the loop thread."""

Gone = Callable[[str], None]
"""Told the name of a model that is no longer there."""

T = TypeVar("T")
Change = Callable[[], Coroutine[Any, Any, T]]


class ModelRepository:
    """Models, their versions and ids.

    state: keeps what is registered over the wire; None forgets it at the end of the process. gone: told of models
    that are forgotten.
    A change whose caller goes away before its turn is not made; once begun, it is made to its end.
    """

    def __init__(
        self, load: Load, deploy: Deploy, state: StateDir | None = None, gone: Gone = lambda _model: None
    ) -> None:
        self._load = load
        self._deploy = deploy
        self._gone = gone
        self._state = state
        self._table = ModelTable()
        self._turn = asyncio.Lock()
        self._changing: asyncio.Task[Any] | None = None  # the loop itself holds tasks only weakly
        self._loader = ThreadPoolExecutor(1, "graphserver-loader")
        self._closed = False

    def lease(self, model: str, version: int | None = None) -> Lease:
        """Hold what serves `model`. Raises NotFound, or Unavailable with the reason why it cannot be served."""
        return self._table.serving(model, version).lease()

    def resolve(self, graph_id: int) -> str:
        """The name of the model with this id. Raises NotFound."""
        return self._table.with_id(graph_id).name

    def index(self) -> list[ModelStatus]:
        """All models, in the order in which they came."""
        return [model.status() for model in self._table.models()]

    async def add(self, source: ModelSource) -> ModelStatus:
        """Load a model at start. One that cannot be loaded is listed as unavailable; the others go on.

        Raises AlreadyExists when its name or id is taken.
        """
        return await self._in_turn(lambda: self._add(source))

    async def register(self, graph_id: int, data: bytes) -> None:
        """Serve a new graph as model `graph_ID`, version 1.

        Raises AlreadyExists when id or name is taken, Unavailable when it cannot be kept, or as reader and backend do.
        """
        await self._in_turn(lambda: self._register(graph_id, data))

    async def replace(self, graph_id: int, data: bytes) -> None:
        """Serve `data` as the next version of the model with this id, or register it when the id is unknown.

        The new version is built, warmed and kept beside the old one, which serves until then, and goes on serving
        when this fails. Raises as `register` does.
        """
        await self._in_turn(lambda: self._replace(graph_id, data))

    async def forget(self, graph_id: int) -> None:
        """Drop a model. One that came from a file or repository comes back at the next start. Raises NotFound."""
        await self._in_turn(lambda: self._forget(graph_id))

    async def close(self) -> None:
        """Retire every model once the change under way is made; changes that wait or come later are refused."""
        if self._closed:
            return
        self._closed = True
        async with self._turn:
            for model in self._table.models():
                self._table.remove(model)
        if self._state is not None:
            self._state.close()
        self._loader.shutdown(wait=False)

    async def _add(self, source: ModelSource) -> ModelStatus:
        self._table.require_free(source.name, source.graph_id)
        model = Model(source.name, source.version, graph_id=source.graph_id)
        try:
            model.serve(await self._load_and_deploy(source.name, source.version, source.content))
        except GraphServerError as error:
            model.reason = str(error)
        self._table.add(model)
        return model.status()

    async def _register(self, graph_id: int, data: bytes) -> None:
        model = Model(graph_name(graph_id), 0, graph_id=graph_id)
        self._table.require_free(model.name, graph_id)
        await self._next_version(model, graph_id, data)
        self._table.add(model)

    async def _replace(self, graph_id: int, data: bytes) -> None:
        model = self._table.find(graph_id)
        if model is None:
            await self._register(graph_id, data)
        else:
            await self._next_version(model, graph_id, data)

    async def _next_version(self, model: Model, graph_id: int, data: bytes) -> None:
        deployment = await self._load_and_deploy(model.name, model.version + 1, lambda: data)
        try:
            if self._state is not None:
                await self._blocking(partial(self._state.save, graph_id, deployment.version, model.name, data))
        except BaseException:
            deployment.retire()
            raise
        model.serve(deployment)
        LOG.info("model '%s' (id %d) serves version %d", model.name, graph_id, model.version)

    async def _forget(self, graph_id: int) -> None:
        model = self._table.with_id(graph_id)
        if self._state is not None:
            await self._blocking(partial(self._state.remove, graph_id))
        self._table.remove(model)
        self._gone(model.name)
        LOG.info("model '%s' (id %d) is forgotten", model.name, graph_id)

    async def _load_and_deploy(self, name: str, version: int, content: Callable[[], Content]) -> Deployment:
        instance = await self._blocking(partial(self._loaded, name, content))
        return self._deploy(name, version, instance)

    def _loaded(self, name: str, content: Callable[[], Content]) -> Instance:
        try:
            return self._load(content(), name)
        except GraphServerError:
            raise
        except Exception as error:
            LOG.exception("model '%s' could not be loaded", name)
            raise ExecutionFailed(f"model '{name}' could not be loaded: {type(error).__name__}: {error}") from error

    async def _blocking(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._loader, work)

    async def _in_turn(self, change: Change[T]) -> T:
        await self._turn.acquire()
        self._changing = asyncio.create_task(self._to_its_end(change))
        self._changing.add_done_callback(_claim_error)
        # In no local: a failed task holds its error, the error this frame, and a cycle the whole graph for a while.
        return await asyncio.shield(self._changing)

    async def _to_its_end(self, change: Change[T]) -> T:
        try:
            if self._closed:
                raise Unavailable("the server is shutting down")
            return await change()
        finally:
            self._changing = None
            self._turn.release()


def _claim_error(task: "asyncio.Task[Any]") -> None:
    """The error of a change whose caller left is nobody's; asyncio would print it with its traceback."""
    if not task.cancelled():
        task.exception()
