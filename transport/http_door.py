"""A small HTTP/1.1 door for scrapes and probes: requests without a body, one answer each, keep-alive."""

import asyncio
from contextlib import suppress

from . import address as addresses
from .call import Handler
from .http_call import HttpCall, parse

_HEAD_BYTES = 8 << 10
_CONNECTIONS = 64


class HttpDoor:
    """A Transport. idle_seconds: how long a connection may take to send a head or to read its answer.

    At most 64 connections are held; more are closed at once. A caller that leaves is noticed when it is answered.
    """

    def __init__(self, handler: Handler, address: str, *, idle_seconds: float = 30.0) -> None:
        self._handler = handler
        self._idle_seconds = idle_seconds
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.address = address

    async def start(self) -> None:
        """Bind and listen. Raises OSError naming the address when it cannot be had."""
        host, port = addresses.split(self.address)
        try:
            self._server = await asyncio.start_server(self._converse, host, port, limit=_HEAD_BYTES)
        except OSError as error:
            raise OSError(error.errno, f"cannot listen on {self.address}: {error.strerror or error}") from error
        self.address = addresses.join(host, self._server.sockets[0].getsockname()[1])

    async def stop(self, grace: float) -> None:
        """Take no new calls, let running ones end within `grace` seconds, then cut them."""
        self._stopping = True
        if self._server is None:
            return
        self._server.close()
        if self._busy:
            await asyncio.wait(set(self._busy), timeout=grace)
        left = list(self._connections)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._connections) >= _CONNECTIONS:
            writer.close()
            return
        self._connections.add(task)
        try:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):  # the caller left or never spoke
                while await self._exchange(reader, writer, task):
                    pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None]
    ) -> bool:
        """Answer one request; False when the connection is to close."""
        call, keep = await self._next_call(reader, addresses.join(*writer.get_extra_info("peername")[:2]))
        self._busy.add(task)
        try:
            if not call.answered.is_set():
                await self._answer(call)
            keep = keep and not self._stopping
            writer.write(call.encode(keep))
            await asyncio.wait_for(writer.drain(), self._idle_seconds)
        finally:
            self._busy.discard(task)
        return keep

    async def _next_call(self, reader: asyncio.StreamReader, peer: str) -> tuple[HttpCall, bool]:
        """The next call and whether its connection may stay; what is no request is one that is already answered."""
        try:
            return parse(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), self._idle_seconds), peer)
        except asyncio.LimitOverrunError:
            status, reason = 431, f"a request head is at most {_HEAD_BYTES} bytes"
        except ValueError as error:
            status, reason = 400, str(error)
        call = HttpCall("", "/", {}, peer)
        call.finish(status, reason)
        return call, False

    async def _answer(self, call: HttpCall) -> None:
        try:
            self._handler(call)
            call.on_message(memoryview(b""), True)
            await call.answered.wait()
        except asyncio.CancelledError:
            call.on_cancel()
            raise
        finally:
            call.let_go()
