"""gRPC's messages inside a stream of bytes: one flag byte, four bytes of length, the message.

Source: the gRPC over HTTP/2 protocol description (PROTOCOL-HTTP2), "Length-Prefixed-Message".
"""

import zlib
from collections.abc import Iterator
from struct import Struct

_PREFIX = Struct(">BI")
PREFIX_BYTES = 5

pack_prefix = _PREFIX.pack
"""(compressed flag, length) → the five bytes before a message."""

UNIMPLEMENTED, RESOURCE_EXHAUSTED, INTERNAL = 12, 8, 13


class FramingError(Exception):
    """What a peer sent cannot be read; `status` is the gRPC code to end the call with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class MessageReader:
    """Cuts a stream of bytes into messages. Holds what is there of one unfinished message, no more."""

    __slots__ = ("_begun", "_inflate", "_limit")

    def __init__(self, limit: int, encoding: str) -> None:
        """limit: bytes of a message, as sent and as inflated. encoding: "identity" or "gzip" of compressed ones."""
        self._limit = limit
        self._inflate = encoding == "gzip"
        self._begun = bytearray()  # not the pieces: a message may come in a million of them

    def feed(self, data: memoryview) -> Iterator[memoryview]:
        """The messages that are complete with `data`. Raises FramingError."""
        if self._begun:
            self._begun += data
            if self.held < PREFIX_BYTES or self.held < self.needed():
                return
            data, self._begun = memoryview(self._begun), bytearray()
        while len(data) >= PREFIX_BYTES:
            flag, length = _PREFIX.unpack_from(data)
            self._check(flag, length)
            end = PREFIX_BYTES + length
            if len(data) < end:
                break
            yield self._message(flag, data[PREFIX_BYTES:end])
            data = data[end:]
        self._begun += data

    @property
    def held(self) -> int:
        """Bytes of the unfinished message that are there."""
        return len(self._begun)

    def needed(self) -> int:
        """Bytes of the unfinished message with its prefix; 0 while that is not known. Raises FramingError."""
        if self.held < PREFIX_BYTES:
            return 0
        flag, length = _PREFIX.unpack_from(self._begun)
        self._check(flag, length)
        return PREFIX_BYTES + length

    def _check(self, flag: int, length: int) -> None:
        if length > self._limit:
            raise FramingError(RESOURCE_EXHAUSTED, f"the message has {length} bytes, at most {self._limit} are taken")
        if flag > 1:
            raise FramingError(INTERNAL, f"message flag is {flag}, expected 0 or 1")
        if flag and not self._inflate:
            raise FramingError(UNIMPLEMENTED, "the message is compressed, but grpc-encoding is not gzip")

    def _message(self, flag: int, body: memoryview) -> memoryview:
        return memoryview(inflate(body, self._limit)) if flag else body


def inflate(body: memoryview, limit: int) -> bytes:
    """A gzip message, at most `limit` bytes of it. Raises FramingError for bombs and damaged ones."""
    decompressor = zlib.decompressobj(wbits=31)
    try:
        data = decompressor.decompress(body, limit + 1)
    except zlib.error as error:
        raise FramingError(INTERNAL, f"the message is not gzip: {error}") from None
    if len(data) > limit:
        raise FramingError(RESOURCE_EXHAUSTED, f"the message inflates to more than {limit} bytes")
    if not decompressor.eof:
        raise FramingError(INTERNAL, "the gzip message is cut off")
    return data
