"""The Go programs of the field that test this server, built from the versions that go.mod pins."""

import os
import shutil
import subprocess
from pathlib import Path

INTEROP_CLIENT = "google.golang.org/grpc/interop/client"
H2SPEC = "github.com/summerwind/h2spec/cmd/h2spec"

_MODULE = Path(__file__).parent
_PROGRAMS = _MODULE.parent.parent / ".cache" / "go"


class NotBuilt(Exception):
    """A program cannot be had here; the message says why."""


def build(package: str) -> Path:
    """The program of a package. The first build takes minutes and a network, later ones a second."""
    go = shutil.which("go")
    if go is None:
        raise NotBuilt(f"{package} needs Go, which is not installed")
    program = _PROGRAMS / package.rpartition("/")[2]
    done = subprocess.run(
        [go, "build", "-o", program, package], cwd=_MODULE, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode:
        raise NotBuilt(f"{package} does not build: {done.stderr.strip()[-500:]}")
    return program


def must_be_built() -> bool:
    """On CI a program that cannot be built is a failure, elsewhere a skip."""
    return bool(os.environ.get("CI"))
