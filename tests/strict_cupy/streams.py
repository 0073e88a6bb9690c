"""Devices, streams and events: what is current in a thread, and what has been waited for."""

import threading
from types import TracebackType
from typing import Any, Self

from .faults import FAULTS

DEVICES = 2


class Current(threading.local):
    """The thread's device and stream."""

    device = 0
    stream: "Stream | None" = None


CURRENT = Current()


class _Entered:
    """Something current between enter and exit."""

    _field: str
    _value: Any

    def __enter__(self) -> Self:
        self._before = getattr(CURRENT, self._field)
        self.use()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        setattr(CURRENT, self._field, self._before)

    def use(self) -> Self:
        setattr(CURRENT, self._field, self._value)
        return self


class Device(_Entered):
    """cupy.cuda.Device."""

    _field = "device"

    def __init__(self, number: int | None = None) -> None:
        self.id = self._value = CURRENT.device if number is None else number


class Stream(_Entered):
    """cupy.cuda.Stream. Its work is counted in ticks; `done` are over, `waits` are those of others it waits for."""

    _field = "stream"

    def __init__(self, null: bool = False, non_blocking: bool = False, ptds: bool = False) -> None:
        self.device_id, self.tick, self.done = CURRENT.device, 0, 0
        self.waits: dict[Stream, int] = {}
        self.ptr = 0 if null else id(self)
        self._value = self

    def synchronize(self) -> None:
        FAULTS.check("sync")
        self.done = self.tick

    def record(self, event: "Event | None" = None) -> "Event":
        event = event or Event()
        event.stream, event.tick = self, self.tick
        return event

    def wait_event(self, event: "Event") -> None:
        if event.stream:
            self.waits[event.stream] = max(self.waits.get(event.stream, 0), event.tick)

    def sees(self, other: "Stream", tick: int) -> bool:
        """Whether what `other` had done at `tick` is over before what comes next on this stream."""
        return other is self or other.done >= tick or self.waits.get(other, 0) >= tick


class Event:
    """cupy.cuda.Event."""

    def __init__(self, block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> None:
        self.stream: Stream | None = None
        self.tick = 0

    def record(self, stream: Stream | None = None) -> None:
        (stream or current_stream()).record(self)

    def synchronize(self) -> None:
        FAULTS.check("sync")
        if self.stream:
            self.stream.done = max(self.stream.done, self.tick)


def current_stream() -> Stream:
    """The thread's stream: the null stream unless one is used."""
    if CURRENT.stream is None:
        CURRENT.stream = Stream(null=True)
    return CURRENT.stream
