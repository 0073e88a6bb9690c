"""An HTTP/2 connection with the calls on its streams, as a socket carries it."""

from collections.abc import Callable

from .http2.connection import Http2Connection
from .http2.settings import Limits
from .streams import Exchange, StreamOwner

KEEPALIVE_SECONDS = 60.0
"""Silence after which a peer is asked whether it is still there."""

ANSWER_SECONDS = 20.0
"""Time for that answer."""


class Http2Engine:
    """An Engine (socket_connection.py). Its calls answer in any order."""

    accepting = True

    def __init__(self, exchange: Exchange, limits: Limits, peer: str, flush_soon: Callable[[], None]) -> None:
        self._owner = StreamOwner(exchange, peer, flush_soon)
        self._connection = connection = Http2Connection(self._owner, limits, exchange.clock)
        self._owner.sender = connection
        self._clock = exchange.clock
        self._heard = exchange.clock()
        self._receive = connection.receive

    @property
    def out(self) -> list[bytes | memoryview]:
        """What is to be written."""
        return self._connection.out

    @out.setter
    def out(self, empty: list[bytes | memoryview]) -> None:
        self._connection.out = empty

    @property
    def closing(self) -> bool:
        """Once the output is written the socket is to be closed."""
        return self._connection.closing

    def receive(self, data: bytes) -> None:
        """Bytes from the peer."""
        self._heard = self._clock()
        self._receive(data)

    def flushed(self) -> None:
        """The socket takes more: streams that waited for it may go on."""
        self._owner.flushed()

    def on_time(self, now: float) -> None:
        """Ask a silent peer whether it is there; end the connection of one that does not answer."""
        asked = self._connection.unanswered_ping_at
        if asked is not None and now - asked > ANSWER_SECONDS and self._heard < asked:
            self._connection.closing = True
        elif asked is None and now - self._heard > KEEPALIVE_SECONDS:
            self._connection.ping()

    def drain(self) -> None:
        """Take no new calls; close after the last one."""
        self._connection.drain()

    def lost(self) -> None:
        """The peer is gone, and with it every call."""
        self._owner.lost()
