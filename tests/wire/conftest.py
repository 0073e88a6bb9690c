"""Scenarios against a door."""

import asyncio

import grpc
import pytest
from doors import DOORS, LIMIT, door


@pytest.fixture(params=DOORS)
def run(request):
    """`run(scenario, handler, streams)`: `scenario(channel, transport)` against a door that calls `handler`."""

    async def main(scenario, handler, streams):
        transport = door(request.param, handler, max_message_bytes=LIMIT, streams=frozenset(streams))
        await transport.start()
        try:
            async with grpc.aio.insecure_channel(transport.address) as channel:
                await asyncio.wait_for(scenario(channel, transport), 20)
        finally:
            await transport.stop(0)

    return lambda scenario, handler, streams=(): asyncio.run(main(scenario, handler, streams))
