"""A socket's bytes to the engine that speaks its protocol, and back: one write for each connection and tick."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What an HTTP/2 client sends first (RFC 9113, 3.4); no HTTP/1.1 request begins so."""

HANDSHAKE_SECONDS = 10.0
"""Time for the first bytes that decide the protocol."""

UNWRITTEN = 1 << 20
"""Bytes that may wait for the peer to read before it is asked nothing more of."""

STALL_SECONDS = 60.0
"""Time in which a peer must read something of what waits for it."""


class Engine(Protocol):
    """A sans-IO protocol with its calls: Http1Connection, or Http2Engine.

    out: what is to be written; taken by putting a new list there. `flushed` is called when the socket takes more.
    closing: once `out` is written the socket is to be closed. accepting: False to let the peer wait.
    """

    out: Any

    @property
    def closing(self) -> bool: ...
    @property
    def accepting(self) -> bool: ...

    def receive(self, data: bytes) -> None: ...
    def flushed(self) -> None: ...
    def on_time(self, now: float) -> None:
        """About once a second: keep alive, or give up on, a peer that is silent or slow."""
        ...

    def drain(self) -> None:
        """Take no new calls; `closing` when the last one is over."""
        ...

    def lost(self) -> None:
        """The peer is gone, and with it every call."""
        ...


Engines = Callable[[str, str, Callable[[], None]], Engine]
"""From protocol ("h2" or "http/1.1"), peer and flush_soon to an engine."""


class SocketConnection(asyncio.Protocol):
    """One accepted socket. `on_lost(self)` is called once when it is gone."""

    def __init__(
        self, engines: Engines, loop: asyncio.AbstractEventLoop, on_lost: Callable[["SocketConnection"], None]
    ) -> None:
        self._engines = engines
        self._loop = loop
        self._on_lost = on_lost
        self._engine: Engine | None = None
        self._first = b""
        self._began = loop.time()
        self._flushing = False
        self._reading = True
        self._paused_at: float | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport
        transport.set_write_buffer_limits(high=UNWRITTEN)
        self._peer = _name(transport.get_extra_info("peername"))
        tls = transport.get_extra_info("ssl_object")
        if tls is not None and (agreed := tls.selected_alpn_protocol()) is not None:
            self._begin(agreed)

    def data_received(self, data: bytes) -> None:
        if self._engine is None:
            data = self._first = self._first + data
            protocol = _protocol_of(data)
            if protocol is None:
                return
            self._begin(protocol)
        assert self._engine is not None
        self._engine.receive(data)
        self._flush()

    def eof_received(self) -> bool:
        """A peer that has sent all may still read its answers; HTTP/2 peers do not do that."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whatever the reason
        if self._engine is not None:
            self._engine.lost()
        self._on_lost(self)

    def pause_writing(self) -> None:
        self._paused_at = self._loop.time()
        self._regulate()

    def resume_writing(self) -> None:
        self._paused_at = None
        self._regulate()
        self._flush()

    def flush_soon(self) -> None:
        """Write at the end of this tick what calls have answered in it."""
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def on_time(self, now: float) -> None:
        """Called about once a second."""
        if self._paused_at is not None and now - self._paused_at > STALL_SECONDS:
            self.abort()
        elif self._engine is not None:
            self._engine.on_time(now)
            self._flush()
        elif now - self._began > HANDSHAKE_SECONDS:
            self.abort()

    def drain(self) -> None:
        """Take no new calls, close after the last one."""
        if self._engine is None:
            self.abort()
        else:
            self._engine.drain()
            self._flush()

    def abort(self) -> None:
        """Close at once, whatever is under way."""
        self._transport.abort()

    def _begin(self, protocol: str) -> None:
        self._engine = self._engines(protocol, self._peer, self.flush_soon)
        self._first = b""

    def _flush(self) -> None:
        self._flushing = False
        engine = self._engine
        if engine is None or self._paused_at is not None or self._transport.is_closing():
            return
        out, engine.out = engine.out, []
        if out:
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))
        if self._paused_at is None:
            engine.flushed()
        if engine.closing and not engine.out:
            self._transport.close()
        elif engine.accepting != self._reading:
            self._regulate()

    def _regulate(self) -> None:
        """Read only while answers get away and may be asked for: what piles up stays with the peer."""
        reading = self._paused_at is None and (self._engine is None or self._engine.accepting)
        if reading != self._reading and not self._transport.is_closing():
            self._reading = reading
            (self._transport.resume_reading if reading else self._transport.pause_reading)()


def _protocol_of(first: bytes) -> str | None:
    """The protocol that these first bytes begin, None while that cannot be told."""
    if first.startswith(PREFACE):
        return "h2"
    return None if PREFACE.startswith(first) else "http/1.1"


def _name(peer: Any) -> str:
    if isinstance(peer, tuple):
        host, port = peer[0], peer[1]  # pyright: ignore[reportUnknownVariableType]
        return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"  # pyright: ignore[reportUnknownArgumentType]
    return "unix"
