"""A Call whose answer a grpc.aio coroutine sends."""

import asyncio
from collections import deque
from typing import Any

from .call import Buffer, Call, Metadata

_QUEUED_BYTES = 1 << 20
"""A stream's caller that is this far behind is not ready for more."""


class GrpcioCall(Call):
    """Answers are queued here by the server and taken by the coroutine that grpc runs for the call."""

    __slots__ = ("_bodies", "_end", "_initial", "_queued", "_wake")

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self._initial: Metadata | None = None
        self._bodies: deque[bytes] = deque()
        self._queued = 0
        self._end: tuple[int, str, Metadata] | None = None
        self._wake = asyncio.Event()

    def start(self, metadata: Metadata) -> None:
        if self._end is None and self._initial is None:
            self._initial = metadata
            self._wake.set()

    def reply(self, body: Buffer, final: bool = True) -> None:
        if self._end is not None:
            return
        self._bodies.append(bytes(body))
        self._queued += len(body)
        self.ready = self._queued < _QUEUED_BYTES
        if final:
            self._end = (0, "", {})
        self._wake.set()

    def finish(self, status: int, message: str = "", trailers: Metadata | None = None) -> None:
        if self._end is None:
            self._end = (status, message, trailers or {})
            self._wake.set()

    async def unary_answer(self, context: Any) -> tuple[bytes, tuple[Any, ...]]:
        """Wait for the end. Answers the one message, and the arguments of grpc's abort, none when all went well."""
        while self._end is None:
            await self._woken()
        await self._send_initial(context)
        status, message, trailers = self._end
        if status:
            return b"", (status, message, _pairs(trailers))
        self._set_status(context)
        return self._bodies[0] if self._bodies else b"", ()

    async def write_answers(self, context: Any) -> None:
        """Send messages as they come, until the end."""
        ended = False
        while not ended:
            await self._woken()
            ended = self._end is not None
            await self._send_initial(context)
            while self._bodies:
                await self._write(context, self._bodies.popleft())
        self._set_status(context)

    async def _send_initial(self, context: Any) -> None:
        if self._initial is not None:
            metadata, self._initial = self._initial, None
            await context.send_initial_metadata(_pairs(metadata))

    async def _write(self, context: Any, body: bytes) -> None:
        try:
            await context.write(body)
        except asyncio.CancelledError:
            self._leave()
            raise
        self._queued -= len(body)
        if not self.ready and self._queued < _QUEUED_BYTES:
            self.ready = True
            self.on_ready()

    async def _woken(self) -> None:
        """Sleep until there is something to do; grpc cancels the coroutine when the caller has gone."""
        try:
            await self._wake.wait()
        except asyncio.CancelledError:
            self._leave()
            raise
        self._wake.clear()

    def _leave(self) -> None:
        if self._end is None:
            self._end = (1, "", {})
            self.on_cancel()

    def _set_status(self, context: Any) -> None:
        status, message, trailers = self._end or (0, "", {})
        if status:
            context.set_code(status)
            context.set_details(message)
        if trailers:
            context.set_trailing_metadata(_pairs(trailers))


def _pairs(metadata: Metadata) -> tuple[tuple[str, str | bytes], ...]:
    return tuple(metadata.items())
