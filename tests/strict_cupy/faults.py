"""What can go wrong on a device: errors as CuPy names them, armed by tests."""

from collections import defaultdict

STICKY = {214, 700, 710, 716, 717, 718, 719}
"""CUDA errors after which every later call of the process fails alike."""


class OutOfMemoryError(MemoryError):
    """cupy.cuda.memory.OutOfMemoryError."""


class CUDARuntimeError(RuntimeError):
    """cupy_backends.cuda.api.runtime.CUDARuntimeError."""

    def __init__(self, status: int, name: str) -> None:
        super().__init__(f"{name}: an error of status {status}")
        self.status = status


class Faults:
    """`FAULTS.arm("alloc", OutOfMemoryError("…"), after=2)`: the third allocation fails.

    Points: alloc, launch, h2d, d2h, sync, devices. A sticky error stays until `reset`.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._armed: dict[str, list[tuple[int, Exception]]] = defaultdict(list)
        self._dead: Exception | None = None

    def arm(self, point: str, error: Exception, after: int = 0) -> None:
        self._armed[point].append((after, error))

    def check(self, point: str) -> None:
        """Raise what is armed for this point and due."""
        if self._dead:
            raise self._dead
        due = [error for after, error in self._armed[point] if after == 0]
        self._armed[point] = [(after - 1, error) for after, error in self._armed[point] if after > 0]
        if due:
            self._dead = due[0] if getattr(due[0], "status", None) in STICKY else None
            raise due[0]


FAULTS = Faults()
