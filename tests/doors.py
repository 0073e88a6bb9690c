"""Both transports by name, for tests that must hold on either."""

from collections.abc import Collection
from importlib.util import find_spec

from graphserver.spec.loading import load
from graphserver.transport.call import Handler
from graphserver.transport.transport import Transport

_DOORS = {"grpcio": "graphserver.transport.grpcio:GrpcioTransport", "wire": "graphserver.transport.wire:WireTransport"}
DOORS = [name for name, where in _DOORS.items() if find_spec(where.partition(":")[0])]


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
