"""A graphserver in a process of its own, for benchmarks: its callers must not share its interpreter."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Served(NamedTuple):
    """Where it listens: its own wire, the grpcio door ("" when closed); and its process."""

    address: str
    grpcio: str
    pid: int


@contextmanager
def served(*args: object) -> Iterator[Served]:
    """`graphserver serve ARGS` on a free port."""
    command = [sys.executable, "-m", "graphserver", "serve", "--port", "0", "--log-level", "error", *map(str, args)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = server.stderr.readline()
        ready = re.match(r"graphserver ready: (\S+)(?: (\d\S+))?", line)
        if ready is None:
            raise RuntimeError(f"the server did not start: {line}")
        try:
            yield Served(ready[1], ready[2] or "", server.pid)
        finally:
            server.terminate()
            server.wait(30)
