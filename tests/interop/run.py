"""`python -m interop.run [grpcio|wire …]`: grpc-go's interoperability client against our test service, line by line."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from doors import DOORS, door

from . import go_tools, service

CASES = (
    "empty_unary",
    "large_unary",
    "client_streaming",
    "server_streaming",
    "ping_pong",
    "empty_stream",
    "custom_metadata",
    "status_code_and_message",
    "special_status_message",
    "unimplemented_method",
    "unimplemented_service",
    "cancel_after_begin",
    "cancel_after_first_response",
    "timeout_on_sleeping_server",
    "pick_first_unary",
    "rpc_soak",
    "channel_soak",
)
_SECONDS = 30


async def outcomes(client: Path, transport: str) -> AsyncIterator[tuple[str, str]]:
    """Run every case: its name and what went wrong, "" when nothing did."""
    opened = door(transport, service.serve, streams=service.STREAMS)
    await opened.start()
    try:
        for case in CASES:
            yield case, await _complaint(client, opened.address, case)
    finally:
        await opened.stop(0)


async def _complaint(client: Path, address: str, case: str) -> str:
    host, _, port = address.rpartition(":")
    process = await asyncio.create_subprocess_exec(
        client,
        *(f"--server_host={host}", f"--server_port={port}", f"--test_case={case}"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return f"not over after {_SECONDS} s"
    return "" if process.returncode == 0 else output.decode(errors="replace").strip() or f"exit {process.returncode}"


async def report(transports: list[str]) -> int:
    """Print a line for each case; the number of failed ones."""
    client, failed = go_tools.build(go_tools.INTEROP_CLIENT), 0
    for transport in transports:
        async for case, complaint in outcomes(client, transport):
            print(f"{transport:7} {case:28} {complaint or 'ok'}", flush=True)
            failed += bool(complaint)
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(report(sys.argv[1:] or DOORS)) > 0)
