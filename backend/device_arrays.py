"""Arrays on a CUDA device, through CuPy. Nothing here has run on a GPU yet: tests use a strict stand-in of CuPy."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..spec.dtype import Array
from ..spec.loading import load
from .arrays import ArrayModule
from .device import Device


@dataclass(frozen=True, slots=True, eq=False)
class DeviceArray:
    """An array that stays on its device, handed from one that computes there to another.

    event: reached when the array is complete; recorded on `stream`, which made it.
    """

    array: Any
    device: Device
    stream: Any
    event: Any

    def on(self, stream: Any) -> Any:
        """The array for work on `stream`: what follows there waits for it, the host does not."""
        if stream is not self.stream:
            stream.wait_event(self.event)
        return self.array

    def fetch(self) -> Array:
        """A copy on the host; waits until it is complete."""
        self.event.synchronize()
        return self.array.get(self.stream)

    def __dlpack_device__(self) -> tuple[int, int]:
        """DLPack's number for CUDA, and the device's."""
        return self.array.__dlpack_device__()

    def __dlpack__(self, **how: Any) -> Any:
        """A DLPack capsule over the same memory, in order with the consumer's stream where it names one."""
        return self.array.__dlpack__(**how)


class CudaArrays:
    """CuPy on one device and one stream: what an instance computes on."""

    def __init__(self, device: Device) -> None:
        self._cupy: Any = load("cupy")
        self._device = device
        with self._cupy.cuda.Device(device.number):
            self.stream: Any = self._cupy.cuda.Stream(non_blocking=True)

    @property
    def module(self) -> ArrayModule:
        """The array library, as plans use it."""
        return ArrayModule(self._cupy, self._cupy.asarray, self._fetch, self._entered)

    def kept(self, array: Any) -> DeviceArray:
        """A handle of an array that this stream has just made."""
        event = self._cupy.cuda.Event(disable_timing=True)
        event.record(self.stream)
        return DeviceArray(array, self._device, self.stream, event)

    def _fetch(self, array: Any) -> Array:
        return self._cupy.asnumpy(array, self.stream)

    @contextmanager
    def _entered(self) -> Generator[None]:
        with self._cupy.cuda.Device(self._device.number), self.stream:
            yield
