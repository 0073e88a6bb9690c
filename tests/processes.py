"""A graphserver in a process of its own, as a user starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import graphserver

_READY = re.compile(r"graphserver ready: (\S+)(?: (\d\S+))?(?: metrics=(\S+))? models=(\d+) in ")


def command(*args: object) -> list[str]:
    """The command line that runs the graphserver under test, from any folder."""
    return [sys.executable, "-P", "-m", "graphserver", *map(str, args)]


def environment(**more: str) -> dict[str, str]:
    """This environment without settings of ours, in which the same graphserver is found."""
    home = str(Path(graphserver.__file__ or "").parent.parent)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRAPHSERVER_")}
    return {**kept, "PYTHONPATH": home, **more}


def run(
    *args: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        command(*args), capture_output=True, text=True, timeout=60, cwd=cwd, env=env or environment(), check=False
    )


class ServerProcess:
    """`with ServerProcess("-f", "mlp.fb") as server: Client(server.address)`; stopped by SIGTERM at the end."""

    def __init__(self, *args: object, env: Mapping[str, str] | None = None) -> None:
        self._args = ("serve", "--port", 0, *args)
        self._env = env or environment()
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(command(*self._args), stderr=subprocess.PIPE, text=True, env=self._env)
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if found := _READY.match(line):
                self.address, self.grpcio_address, self.metrics_address = found[1], found[2], found[3]
                self.models = int(found[4])
                return self
        raise AssertionError(f"no ready line, exit {self.process.wait(10)}: {''.join(self.lines)}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.stop()
        assert self.process.stderr is not None
        self.process.stderr.close()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._wait()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self._wait()

    def _wait(self) -> int:
        assert self.process.stderr is not None
        self.lines += self.process.stderr.readlines()
        return self.process.wait(30)
