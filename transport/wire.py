"""The own wire: a door on which HTTP/2 (gRPC, REST) and HTTP/1.1 (REST, pages) are told apart by their first bytes."""

import asyncio
import os
import ssl
from collections.abc import Callable, Collection
from pathlib import Path

from . import address as addresses
from .budget import Budget
from .call import Handler
from .deadlines import Deadlines
from .http1.connection import Http1Connection
from .http1.limits import Limits as Http1Limits
from .http2.settings import Limits as Http2Limits
from .http2_engine import Http2Engine
from .socket_connection import Engine, SocketConnection
from .streams import Exchange

UNIX = "unix:"

_SWEEP_SECONDS = 1.0
_BACKLOG = 1024


class WireTransport:
    """A door (Transport). All names are of the loop thread.

    address: HOST:PORT, port 0 for a free one, or unix:/path. max_message_bytes: larger requests are refused.
    max_inflight_bytes: of all requests under way. streams: gRPC paths on which more than one message may travel in a
    direction. tls: None for plain text.
    """

    def __init__(
        self,
        handler: Handler,
        address: str,
        *,
        max_message_bytes: int,
        max_inflight_bytes: int = 1 << 32,
        max_connections: int = 16384,
        streams: Collection[str] = frozenset(),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.address = address
        self._handler = handler
        self._streams = streams
        self._limit = max_message_bytes
        self._http1_limits = Http1Limits(max_message_bytes=max_message_bytes)
        self._http2_limits = Http2Limits()
        self._budget = Budget(max_inflight_bytes)
        self._max_connections = max_connections
        self._tls = tls
        self._open: set[SocketConnection] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Bind and listen. Raises OSError naming the address when it cannot be had."""
        self._loop = loop = asyncio.get_running_loop()
        self._exchange = Exchange(self._handler, self._streams, self._limit, self._budget, Deadlines(loop), loop.time)
        try:
            self._server = await self._listen()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise OSError(error.errno, f"cannot listen on {self.address}: {reason}") from error
        if not self.address.startswith(UNIX):
            host, _ = addresses.split(self.address)
            self.address = addresses.join(host, self._server.sockets[0].getsockname()[1])
        self._sweep()

    async def stop(self, grace: float) -> None:
        """Take no new calls, let running ones end within `grace` seconds, then cut them."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._open):
            connection.drain()
        deadline = self._loop.time() + grace
        while self._open and self._loop.time() < deadline:
            await asyncio.sleep(min(0.01, grace))
        for connection in list(self._open):
            connection.abort()
        while self._open:
            await asyncio.sleep(0)
        self._sweeper.cancel()

    async def _listen(self) -> asyncio.Server:
        if self.address.startswith(UNIX):
            path = Path(self.address.removeprefix(UNIX))
            return await self._loop.create_unix_server(self._accept, path, ssl=self._tls, backlog=_BACKLOG)
        host, port = addresses.split(self.address)
        return await self._loop.create_server(self._accept, host, port, ssl=self._tls, backlog=_BACKLOG)

    def _accept(self) -> asyncio.Protocol:
        if len(self._open) >= self._max_connections:
            return _Refused()
        connection = SocketConnection(self._engine, self._loop, self._open.discard)
        self._open.add(connection)
        return connection

    def _engine(self, protocol: str, peer: str, flush_soon: Callable[[], None]) -> Engine:
        if protocol == "h2":
            return Http2Engine(self._exchange, self._http2_limits, peer, flush_soon)
        engine = Http1Connection(self._handler, self._http1_limits, self._loop.time, peer)
        engine.on_output = flush_soon
        return engine

    def _sweep(self) -> None:
        now = self._loop.time()
        for connection in list(self._open):
            connection.on_time(now)
        self._sweeper = self._loop.call_later(_SWEEP_SECONDS, self._sweep)


class _Refused(asyncio.Protocol):
    """A connection over the limit: closed before it costs anything."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
