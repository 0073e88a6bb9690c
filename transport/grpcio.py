"""gRPC by grpc.aio: one generic handler for every path, bytes in and bytes out.

A unary call costs one coroutine and one batch of operations; only paths named in `streams` pay for reading and
writing message by message. Which paths exist is the Handler's business.
"""

import asyncio
import errno
import math
import socket
from collections.abc import Callable, Collection, Iterable
from typing import Any
from urllib.parse import unquote

from ..spec.loading import load
from . import address as addresses
from .call import Handler, Metadata
from .grpcio_call import GrpcioCall


class GrpcioTransport:
    """A gRPC door (Transport).

    address: HOST:PORT, port 0 for a free one. max_message_bytes: larger requests get RESOURCE_EXHAUSTED.
    streams: paths on which more than one message may travel in a direction; there each message is delivered as it
    comes with last False, and the end of the caller's messages as an empty one with last True.
    """

    def __init__(
        self, handler: Handler, address: str, *, max_message_bytes: int, streams: Collection[str] = frozenset()
    ) -> None:
        self._handler = handler
        self._streams = streams
        self._max_message_bytes = max_message_bytes
        self._server: Any = None
        self.address = address

    async def start(self) -> None:
        """Bind and listen. Raises OSError naming the address when it cannot be had."""
        host, port = addresses.split(self.address)
        _refuse_taken(host, port)
        options = (
            ("grpc.so_reuseport", 0),  # else a second server on the port would share it silently
            ("grpc.max_receive_message_length", self._max_message_bytes),
            ("grpc.max_send_message_length", -1),
        )
        self._server = load("grpc.aio:server")(options=options)
        self._server.add_generic_rpc_handlers((_EveryPath(self._handler, self._streams),))
        try:
            port = self._server.add_insecure_port(self.address)
        except RuntimeError as error:
            raise OSError(errno.EADDRNOTAVAIL, f"cannot listen on {self.address}") from error
        await self._server.start()
        self.address = addresses.join(host, port)

    async def stop(self, grace: float) -> None:
        """Take no new calls, let running ones end within `grace` seconds, then cancel them."""
        if self._server is not None:
            await self._server.stop(grace)


class _EveryPath:
    """grpc's generic handler: asked with each call's path for what serves it."""

    def __init__(self, handler: Handler, streams: Collection[str]) -> None:
        self._handler = handler
        self._streams = streams
        self._unary_kind: Callable[..., Any] = load("grpc:unary_unary_rpc_method_handler")
        self._stream_kind: Callable[..., Any] = load("grpc:stream_stream_rpc_method_handler")
        self._end_of_messages: Any = load("grpc.aio:EOF")

    def service(self, details: Any) -> Any:
        path: str = details.method

        async def unary(body: bytes, context: Any) -> bytes:
            call = _open(path, context)
            self._handler(call)
            call.on_message(memoryview(body), True)
            try:
                answer, refusal = await call.unary_answer(context)
            finally:
                call.let_go()
            if refusal:
                # Not by set_code: grpc would send an empty message first, which Java's client trips over.
                # The error that abort raises is kept by grpc, and its traceback this frame: leave nothing in it.
                del body, call
                await context.abort(*refusal)
            return answer

        async def stream(_requests: Any, context: Any) -> None:
            call = _open(path, context)
            self._handler(call)
            reading = asyncio.ensure_future(self._read(call, context))
            try:
                await call.write_answers(context)
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
                call.let_go()

        return self._stream_kind(stream) if path in self._streams else self._unary_kind(unary)

    async def _read(self, call: GrpcioCall, context: Any) -> None:
        while (body := await context.read()) is not self._end_of_messages:
            call.on_message(memoryview(body), False)
        call.on_message(memoryview(b""), True)


def _open(path: str, context: Any) -> GrpcioCall:
    remaining: float | None = context.time_remaining()
    return GrpcioCall(
        "grpc",
        "POST",
        path,
        metadata=_by_name(context.invocation_metadata()),
        deadline=math.inf if remaining is None else asyncio.get_running_loop().time() + remaining,
        peer=_peer(context.peer()),
    )


def _by_name(pairs: Iterable[tuple[str, str | bytes]]) -> Metadata:
    """Repeated text headers are joined as HTTP says; of repeated binary ones the last counts."""
    found: dict[str, str | bytes] = {}
    for name, value in pairs:
        before = found.get(name)
        found[name] = f"{before},{value}" if isinstance(before, str) and isinstance(value, str) else value
    return found


def _peer(written: str) -> str:
    """`"ipv6:%5B::1%5D:5000"` → `"[::1]:5000"`."""
    return unquote(written).removeprefix("ipv4:").removeprefix("ipv6:")


def _refuse_taken(host: str, port: int) -> None:
    """Raise OSError when another socket holds the port on any address of the host: grpc would take what is left."""
    if not port:
        return
    for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(place)
            except OSError as error:
                reason = error.strerror or str(error)
                raise OSError(error.errno, f"cannot listen on {addresses.join(host, port)}: {reason}") from error
