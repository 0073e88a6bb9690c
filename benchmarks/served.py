"""A graphserver in a process of its own, for benchmarks: its callers must not share its interpreter."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(*args: object) -> Iterator[str]:
    """`graphserver serve ARGS` on a free port; its address."""
    command = [sys.executable, "-m", "graphserver", "serve", "--port", "0", "--log-level", "error", *map(str, args)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = server.stderr.readline()
        ready = re.match(r"graphserver ready: (\S+)", line)
        if ready is None:
            raise RuntimeError(f"the server did not start: {line}")
        try:
            yield ready[1]
        finally:
            server.terminate()
            server.wait(30)
