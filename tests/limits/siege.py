"""A server process under attack, watched from outside: is it alive, how large did it get, does it serve others?"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc
from processes import environment

SLACK = 24 << 20
"""Bytes that an attack may make the server grow by, at most."""

SLOWEST = 2.0
"""Seconds for the slowest answer to a well-behaved caller meanwhile, on a machine that tests keep busy."""


class Bystander(threading.Thread):
    """A caller that behaves and wants its answers, all along."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._over = threading.Event()
        self.first_answer = threading.Event()
        self.failures: list[str] = []
        self.seconds: list[float] = []

    def run(self) -> None:
        with grpc.insecure_channel(self._address) as channel:
            ask = channel.unary_unary("/a.B/Echo")
            while not self._over.is_set() and not self.failures:
                self._ask(ask)
                self._over.wait(0.01)

    def _ask(self, ask: grpc.UnaryUnaryMultiCallable) -> None:
        began = time.monotonic()
        try:
            if ask(b"abc", timeout=5) != b"cba":
                self.failures.append("a wrong answer")
            self.seconds.append(time.monotonic() - began)
        except grpc.RpcError as error:
            self.failures.append(repr(error))
        self.first_answer.set()

    def finish(self) -> None:
        self._over.set()
        self.join(10)


class Victim:
    """`with Victim() as victim, victim.siege(): …`; killed at the end."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "limits.victim"],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(PYTHONPATH=":".join(filter(None, sys.path))),
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        assert self.address, f"the victim did not start, exit {self._process.wait(10)}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    @contextmanager
    def siege(self, slack: int = SLACK) -> Iterator[None]:
        """What happens inside must not end the server, make it large, or keep others waiting."""
        bystander = Bystander(self.address)
        bystander.start()
        assert bystander.first_answer.wait(10), "no answer before the attack"
        before, asked = _peak_bytes(self._process.pid), len(bystander.seconds)
        try:
            yield
            time.sleep(0.05)
        finally:
            bystander.finish()
        assert self._process.poll() is None, "the server died"
        assert bystander.failures == [], "another caller was not served"
        assert len(bystander.seconds) > asked, "nobody asked during the attack"
        waited = max(bystander.seconds)
        assert waited < SLOWEST, f"another caller waited {waited:.1f} s"
        grown = _peak_bytes(self._process.pid) - before
        assert grown < slack, f"the server grew by {grown / 2**20:.0f} MiB, expected less than {slack / 2**20:.0f}"


def _peak_bytes(pid: int) -> int:
    """The most memory that a process has had so far."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) << 10
