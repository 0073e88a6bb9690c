"""The composition root: settings in, a running server out. The only place that knows every room."""

import asyncio
import logging
import time
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self

from ..backend.instance import Instance
from ..metrics.meters import Meters
from ..repository.deployment import Deployment, deploy
from ..repository.layout import listed_models, model_file, models_in
from ..repository.loader import load_instance
from ..repository.naming import starting_models
from ..repository.repository import ModelRepository
from ..repository.source import ModelSource
from ..repository.state import StateDir
from ..spec.errors import InvalidArgument
from ..spec.loading import load
from ..transport.address import join
from ..transport.transport import Transport
from .loop_thread import LoopThread
from .memory import memory_limit
from .router import Router
from .routes import routes, status_routes
from .service import InferenceService
from .settings import Settings
from .status.health import Health

_WIRE, _GRPCIO = "graphserver.transport.wire:WireTransport", "graphserver.transport.grpcio:GrpcioTransport"

LOG = logging.getLogger(__name__)


class Server:
    """A graphserver in this process.

    On an event loop: `await start()`, then `address`; `await drain()` ends it. For tests of your own, as a context
    manager with a thread of its own: `with Server(file=path, port=0) as server: Client(server.address)`.
    """

    def __init__(self, settings: Settings | None = None, **overrides: Any) -> None:
        """`overrides` are fields of Settings. Raises SettingsError for values that contradict."""
        self.settings = replace(settings or Settings(), **overrides)
        self._meters = Meters()
        self._state: StateDir | None = None
        self._doors: list[Transport] = []
        self._metrics_door: Transport | None = None
        self._grpcio_door: Transport | None = None
        self._started_in = 0.0
        self._thread: LoopThread | None = None

    async def start(self) -> None:
        """Listen, then load every model; requests are answered when all are loaded.

        Raises OSError when a port is taken, GraphServerError when a file or folder given by name is not usable.
        """
        began = time.monotonic()
        await self._compose()
        try:
            for door in self._doors:
                await door.start()
            await self._load_models()
        except BaseException:
            await self.drain(0)
            raise
        self._service.open()
        self._health.changed()
        self._started_in = time.monotonic() - began

    async def drain(self, grace: float | None = None) -> None:
        """Take nothing new, let what runs end within `grace` seconds (default: the setting), then stop."""
        grace = self.settings.drain_seconds if grace is None else grace
        self._service.close()
        self._health.close()
        await asyncio.gather(*(door.stop(grace) for door in self._doors))
        await self._repository.close()

    @property
    def address(self) -> str:
        """HOST:PORT for clients of every protocol."""
        return self._doors[0].address

    @property
    def metrics_address(self) -> str | None:
        """HOST:PORT for /metrics, /live and /ready; None when that door is closed."""
        return self._metrics_door.address if self._metrics_door else None

    @property
    def grpcio_address(self) -> str | None:
        """HOST:PORT of the second gRPC door, which the grpcio library serves; None when it is closed."""
        return self._grpcio_door.address if self._grpcio_door else None

    def ready_line(self) -> str:
        """The one line that says where the server listens and what it serves."""
        grpcio = f" {self.grpcio_address}" if self.grpcio_address else ""
        metrics = f" metrics={self.metrics_address}" if self.metrics_address else ""
        models = sum(not each.reason for each in self._service.index())
        return f"graphserver ready: {self.address}{grpcio}{metrics} models={models} in {self._started_in:.1f} s"

    async def _compose(self) -> None:
        settings = self.settings
        if settings.state_dir is not None:
            self._state = await asyncio.to_thread(StateDir, settings.state_dir)
        compat = "dl4j" in settings.compat
        self._repository = ModelRepository(
            partial(load_instance, dl4j_compat=compat), self._deploy, self._state, self._gone
        )
        self._service = InferenceService(self._repository, settings.outputs)
        self._health = Health(self._service)
        router = routes(self._service, self._meters, self._health, dl4j_compat=compat)
        inflight = settings.max_inflight_bytes or memory_limit() // 4
        self._doors = [self._door(_WIRE, settings.port, router, max_inflight_bytes=inflight)]
        if settings.metrics_port is not None:
            self._metrics_door = self._door(_WIRE, settings.metrics_port, status_routes(self._service, self._meters))
            self._doors.append(self._metrics_door)
        if settings.grpcio_port is not None:
            self._grpcio_door = self._door(_GRPCIO, settings.grpcio_port, router)
            self._doors.append(self._grpcio_door)

    def _door(self, kind: str, port: int, router: Router, **limits: int) -> Transport:
        limits["max_message_bytes"] = self.settings.max_message_bytes
        return load(kind)(router, join(self.settings.host, port), streams=router.streams, **limits)

    def _deploy(self, model: str, version: int, instance: Instance) -> Deployment:
        loop = asyncio.get_running_loop()
        self._meters.add_model(model)
        loop.call_soon(self._health.changed)
        return deploy(model, version, instance, loop=loop, observer=self._meters)

    def _gone(self, model: str) -> None:
        self._meters.remove_model(model)
        self._health.changed()

    async def _load_models(self) -> None:
        sources = await asyncio.to_thread(self._sources)
        named = {str(path) for path in (self.settings.file, *self.settings.models)}
        # Shows itself on a terminal only, and only for loads that take over a second.
        for source in load("tqdm:tqdm")(sources, "loading", unit="model", delay=1, disable=None, leave=False):
            status = await self._repository.add(source)
            if status.reason and source.origin in named:
                raise InvalidArgument(f"{source.origin} cannot be served: {status.reason}")
            if status.reason:
                LOG.warning("model '%s' from %s is not available: %s", source.name, source.origin, status.reason)

    def _sources(self) -> list[ModelSource]:
        settings = self.settings
        file = model_file(settings.file) if settings.file else None
        listed = listed_models(settings.models)
        listed += [model for folder in settings.model_repositories for model in models_in(folder)]
        return starting_models(
            [file, *listed] if file else listed,
            self._state.models() if self._state else (),
            settings.ids,
            file.name if file else None,
        )

    def __enter__(self) -> Self:
        self._thread = LoopThread("graphserver")
        self._thread.begin(self.start())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._thread is not None:
            self._thread.end(self.drain())
