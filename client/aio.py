"""The same client for asyncio."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..spec.dtype import Array
from ..spec.errors import Unavailable
from ..spec.loading import load
from . import calls
from .calls import CHANNEL_OPTIONS, Ask
from .errors import from_status

T = TypeVar("T")


class AsyncClient:
    """What Client does, awaited: `async with AsyncClient("127.0.0.1:40123") as client`. Made inside a running loop."""

    def __init__(self, address: str) -> None:
        self._grpc = load("grpc")
        self._channel = load("grpc.aio").insecure_channel(address, options=CHANNEL_OPTIONS)

    async def register(self, graph: bytes | Path | str, id: int | None = None, timeout: float | None = None) -> None:
        """See Client.register."""
        await self._send(calls.register(graph, id), timeout)

    async def replace(self, graph: bytes | Path | str, id: int | None = None, timeout: float | None = None) -> None:
        """See Client.replace."""
        await self._send(calls.replace(graph, id), timeout)

    async def forget(self, id: int, timeout: float | None = None) -> None:
        """See Client.forget."""
        await self._send(calls.forget(id), timeout)

    async def infer(
        self,
        id: int,
        inputs: Mapping[str, Any],
        outputs: Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Array]:
        """See Client.infer."""
        return await self._send(calls.infer(id, inputs, outputs), timeout)

    async def health(self, service: str = "", timeout: float | None = None) -> bool:
        """See Client.health."""
        try:
            return await self._send(calls.health(service), timeout)
        except Unavailable:
            return False

    async def close(self) -> None:
        """Drop the connection."""
        await self._channel.close()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def _send(self, ask: Ask[T], timeout: float | None) -> T:
        call = self._channel.unary_unary(ask.path)
        try:
            answer = await call(ask.body, timeout=timeout, metadata=ask.metadata)
        except self._grpc.RpcError as error:
            raise from_status(error.code().name, error.details()) from None
        return ask.read(answer)
