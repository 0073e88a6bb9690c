"""Where a model can run: the CPU, or a CUDA device by number; and why there is none."""

import re
from dataclasses import dataclass
from typing import Any

from ..spec.errors import InvalidArgument
from ..spec.loading import load


@dataclass(frozen=True, slots=True)
class Device:
    """A place for arrays. kind: "cpu" or "cuda". number: which of that kind."""

    kind: str = "cpu"
    number: int = 0

    def __str__(self) -> str:
        return "cpu" if self.kind == "cpu" else f"{self.kind}:{self.number}"


CPU = Device()


def device(name: str) -> Device:
    """The device called "cpu", "cuda" (the first) or "cuda:N". Raises InvalidArgument for another name."""
    found = re.fullmatch(r"(cpu)|cuda(?::(\d{1,3}))?", name)
    if found is None:
        raise InvalidArgument(f"device '{name}' is unknown; expected cpu, cuda or cuda:N")
    return CPU if found[1] else Device("cuda", int(found[2] or 0))


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found.

    devices: CUDA devices that can be used. reason: why there is none, for a person; empty when there is one.
    code: CUDA's own error number, where that is the reason.
    """

    devices: tuple[Device, ...] = ()
    reason: str = ""
    code: int | None = None


def probe() -> Probe:
    """Look for CUDA devices; never raises. Imports CuPy, so it is asked only where a GPU is wanted.

    The runtime's own answer counts: CuPy's `is_available` says no without a reason, and a stream made in vain prints.
    """
    try:
        runtime: Any = load("cupy").cuda.runtime
    except ModuleNotFoundError as error:
        return Probe(reason=f"CuPy is not installed: {error}")
    except Exception as error:
        return Probe(reason=f"CuPy cannot be imported: {_said(error)}")
    try:
        count = int(runtime.getDeviceCount())
    except Exception as error:
        return Probe(reason=f"CUDA answers: {_said(error)}", code=getattr(error, "status", None))
    if count < 1:
        return Probe(reason="the driver knows no device")
    return Probe(tuple(Device("cuda", number) for number in range(count)))


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
