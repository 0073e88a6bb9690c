"""`python -m limits.victim`: a door with small limits and short patience, in a process of its own."""

import asyncio
from functools import partial

from graphserver.spec.loading import load
from graphserver.transport.call import Call
from graphserver.transport.http1.limits import Limits as Http1Limits
from graphserver.transport.wire import WireTransport

MESSAGE_BYTES = 4 << 20
INFLIGHT_BYTES = 32 << 20
CONNECTIONS = 64
PIECE = 1 << 14
_ENDLESS_BYTES = 256 << 20
"""What an endless answer has after all, so that a server without limits does not take the machine along."""

PATIENCE: dict[str, object] = {
    "graphserver.transport.socket_connection:HANDSHAKE_SECONDS": 0.5,
    "graphserver.transport.socket_connection:STALL_SECONDS": 1.0,
    "graphserver.transport.wire:_SWEEP_SECONDS": 0.1,
    "graphserver.transport.wire:Http1Limits": partial(Http1Limits, head_seconds=0.5, body_seconds=0.5, idle_seconds=1),
}
"""Names of the transport and what they are here, so that a test need not wait for a minute."""


def _echo(call: Call) -> None:
    call.on_message = lambda body, _last: call.reply(bytes(body)[::-1])


def _silent(_call: Call) -> None:
    """Never answers."""


def _large(call: Call) -> None:
    """As many bytes as the message says."""
    call.on_message = lambda body, _last: call.reply(b"\1" * int(bytes(body)))


def _endless(call: Call) -> None:
    """Piece after piece while the caller takes them."""
    sent, gone = 0, False

    def leave() -> None:
        nonlocal gone
        gone = True

    def send() -> None:
        nonlocal sent
        for _ in range(8):
            if gone or not call.ready or sent > _ENDLESS_BYTES:
                return
            call.reply(b"\1" * PIECE, final=False)
            sent += PIECE
        asyncio.get_running_loop().call_soon(send)

    def ask(_body: memoryview, last: bool) -> None:
        if last:
            send()

    call.on_ready, call.on_cancel, call.on_message = send, leave, ask


def _page(call: Call) -> None:
    def answer(_body: memoryview, last: bool) -> None:
        if last:
            call.start({":status": "200"})
            call.reply(b"a page\n")

    call.on_message = answer


METHODS = {"/a.B/Echo": _echo, "/a.B/Silent": _silent, "/a.B/Large": _large, "/a.B/Endless": _endless}


async def main() -> None:
    for place, short in PATIENCE.items():
        module, _, name = place.partition(":")
        assert hasattr(load(module), name), f"{place} is gone"
        setattr(load(module), name, short)
    transport = WireTransport(
        lambda call: METHODS.get(call.path, _page)(call),
        "127.0.0.1:0",
        max_message_bytes=MESSAGE_BYTES,
        streams=frozenset({"/a.B/Endless", "/a.B/Silent"}),
        max_inflight_bytes=INFLIGHT_BYTES,
        max_connections=CONNECTIONS,
    )
    await transport.start()
    print(transport.address, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
