"""Request bodies as they arrive: of a known length, or in chunks.

Both readers take bytes from a position and answer the position where they stopped: the end of the data, or of the
body, which is then `done`. `size` is what has come of the body proper, without framing.
"""

import re
from typing import Literal

from ..call import Buffer
from .refusal import Refused

_LINE_BYTES = 256
_TRAILER_BYTES = 8 << 10
_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[\t -~\x80-\xff]*)?")
_TRAILER_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*")


class SizedBody:
    """`length` bytes. A body that came in one piece is a view of the received bytes, never copied."""

    __slots__ = ("_gathered", "_length", "_whole")

    def __init__(self, length: int) -> None:
        self._length = length
        self._gathered = bytearray()
        self._whole: memoryview | None = None

    @property
    def size(self) -> int:
        return self._length if self._whole is not None else len(self._gathered)

    @property
    def done(self) -> bool:
        return self.size == self._length

    @property
    def content(self) -> Buffer:
        return self._gathered if self._whole is None else self._whole

    def take(self, data: bytes, at: int) -> int:
        end = min(len(data), at + self._length - len(self._gathered))
        piece = memoryview(data)[at:end]
        if end - at == self._length:
            self._whole = piece
        else:
            self._gathered += piece
        return end


class ChunkedBody:
    """Chunks up to one of length zero, and the trailers after it, which are checked and dropped.

    Read to the letter (RFC 9112, section 7.1): a reading that differs from the one of a proxy in front would let a
    request be smuggled past it.
    """

    __slots__ = ("_left", "_limit", "_line", "_next", "_trailer_bytes", "content", "done")

    def __init__(self, limit: int) -> None:
        """Raises Refused (413) as soon as a chunk is announced that would lead beyond `limit` bytes."""
        self._limit = limit
        self._left = 0
        self._line = b""
        self._next: Literal["size", "end", "trailer"] = "size"
        self._trailer_bytes = 0
        self.content = bytearray()
        self.done = False

    @property
    def size(self) -> int:
        return len(self.content)

    def take(self, data: bytes, at: int) -> int:
        """Raises Refused for what is no chunk."""
        while at < len(data) and not self.done:
            at = self._take_content(data, at) if self._left else self._take_line(data, at)
        return at

    def _take_content(self, data: bytes, at: int) -> int:
        end = min(len(data), at + self._left)
        self.content += memoryview(data)[at:end]
        self._left -= end - at
        return end

    def _take_line(self, data: bytes, at: int) -> int:
        longest = _TRAILER_BYTES if self._next == "trailer" else _LINE_BYTES
        bound = at + longest - len(self._line)
        end = data.find(b"\n", at, bound) + 1
        if not end:
            if len(data) >= bound:
                raise Refused(400, f"a line between chunks is at most {longest} bytes")
            self._line += data[at:]
            return len(data)
        line, self._line = self._line + data[at:end], b""
        if not line.endswith(b"\r\n"):
            raise Refused(400, "lines between chunks end with CR and LF")
        self._read_line(line[:-2])
        return end

    def _read_line(self, line: bytes) -> None:
        if self._next == "size":
            self._read_size(line)
        elif self._next == "trailer":
            self._read_trailer(line)
        elif line:
            raise Refused(400, "a chunk is longer than its size says")
        else:
            self._next = "size"

    def _read_size(self, line: bytes) -> None:
        found = _SIZE_LINE.fullmatch(line)
        if found is None:
            raise Refused(400, f"{line[:40].decode('latin-1')!r} is not the size of a chunk")
        self._left = int(found[1], 16)
        if len(self.content) + self._left > self._limit:
            raise Refused(413, f"a request body is at most {self._limit} bytes")
        self._next = "end" if self._left else "trailer"

    def _read_trailer(self, line: bytes) -> None:
        if not line:
            self.done = True
            return
        self._trailer_bytes += len(line)
        if self._trailer_bytes > _TRAILER_BYTES:
            raise Refused(431, f"trailers are at most {_TRAILER_BYTES} bytes")
        if not _TRAILER_LINE.fullmatch(line):
            raise Refused(400, f"{line[:40].decode('latin-1')!r} is not a trailer")
