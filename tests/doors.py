"""Both transports by name, and handlers for tests that must hold on either."""

import asyncio
from collections.abc import Callable, Collection

from graphserver.spec.loading import load
from graphserver.transport.call import Call, Handler
from graphserver.transport.transport import Transport

_DOORS = {"grpcio": "graphserver.transport.grpcio:GrpcioTransport", "wire": "graphserver.transport.wire:WireTransport"}
DOORS = tuple(_DOORS)

LIMIT = 1 << 16


def door(
    name: str,
    handler: Handler,
    address: str = "127.0.0.1:0",
    *,
    max_message_bytes: int = 4 << 20,
    streams: Collection[str] = frozenset(),
) -> Transport:
    """A door that is not open yet, on a free port."""
    return load(_DOORS[name])(handler, address, max_message_bytes=max_message_bytes, streams=streams)


def echo(call: Call) -> None:
    """A Handler that answers a message with its bytes reversed."""
    call.on_message = lambda body, last: call.reply(bytes(body)[::-1])


class Kept:
    """A Handler that answers nothing and remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.events: list[object] = []
        self.arrived = asyncio.Event()

    def __call__(self, call: Call) -> None:
        self.calls.append(call)
        call.on_message = self._message
        call.on_cancel = lambda: self.events.append("cancel")

    def _message(self, body: memoryview, last: bool) -> None:
        self.events.append((bytes(body), last))
        self.arrived.set()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another task brings about."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)
