"""A peer without manners: a blocking socket that sends what it is told and reads only when asked."""

import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType, TracebackType
from typing import Self

from .frames import DATA, END_STREAM, GOAWAY, PREFACE, RST_STREAM, Frame, parse, settings


class RawClient:
    """Connected from the start; `closed` once the end of what the server sent has been read.

    hello: send the preface and these SETTINGS. buffer: bytes that the kernel takes for a peer that does not read.
    """

    def __init__(
        self, address: str, *, hello: Mapping[int, int] | None = MappingProxyType({}), buffer: int | None = None
    ) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.socket()
        if buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._socket.settimeout(1)
        self._socket.connect((host, int(port)))
        self._received = bytearray()
        self.closed = False
        if hello is not None:
            self.send(PREFACE, settings(hello))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def send(self, *data: bytes) -> bool:
        """Whether all of it could be sent: False when the server has closed or takes no more for a second."""
        try:
            self._socket.sendall(b"".join(data))
        except OSError:
            return False  # what the server sent before may still be read
        return not self.closed

    def flood(self, units: Iterable[bytes], *, reading: bool = True) -> int:
        """Send unit after unit while they are taken, up to a hundred at a time; how many were sent."""
        sent, pending = 0, list[bytes]()
        for unit in units:
            pending.append(unit)
            if len(pending) == 100:
                if not self.send(*pending):
                    return sent
                sent, pending = sent + len(pending), []
                if reading:
                    self._receive(0)
        self.send(*pending)
        return sent + len(pending)

    def frames(self, seconds: float) -> Iterator[Frame]:
        """What the server sent, until it closes or the time is over."""
        end = time.monotonic() + seconds
        while True:
            yield from parse(self._received)
            left = end - time.monotonic()
            if self.closed or left <= 0:
                return
            self._receive(left)

    def await_frame(self, kind: int, stream: int = 0, seconds: float = 2) -> Frame:
        """The next frame of this kind on this stream. Raises AssertionError when there is none."""
        for found in self.frames(seconds):
            if (found.kind, found.stream) == (kind, stream):
                return found
        raise AssertionError(f"no frame of kind {kind} on stream {stream} within {seconds} s, closed: {self.closed}")

    def data(self, stream: int, seconds: float = 2) -> Iterator[bytes]:
        """The DATA of a stream, until its end or that of the connection or the time."""
        for found in self.frames(seconds):
            if found.stream == stream and found.kind == DATA:
                yield found.payload
            if found.stream == stream and (found.kind == RST_STREAM or found.flags & END_STREAM):
                return

    def farewell(self, seconds: float = 2) -> int | None:
        """Read to the end of the connection: the error code of the GOAWAY that came with it, if any."""
        codes = [found.code for found in self.frames(seconds) if found.kind == GOAWAY]
        assert self.closed, f"the connection is still open after {seconds} s"
        return codes[-1] if codes else None

    def pause(self, seconds: float) -> None:
        """Read nothing."""
        time.sleep(seconds)

    def read(self, seconds: float) -> bytes:
        """Everything until the server closes or the time is over, as bytes."""
        end = time.monotonic() + seconds
        while not self.closed and (left := end - time.monotonic()) > 0:
            self._receive(left)
        data, self._received = bytes(self._received), bytearray()
        return data

    def _receive(self, seconds: float) -> None:
        self._socket.settimeout(seconds)
        with suppress(TimeoutError, BlockingIOError):
            try:
                data = self._socket.recv(1 << 16)
                self._received += data
                self.closed = self.closed or not data
            except ConnectionError:
                self.closed = True
        self._socket.settimeout(1)
