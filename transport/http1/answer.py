"""Answers as bytes."""

import json
from functools import lru_cache
from http import HTTPStatus

from ..call import Buffer, Metadata

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"
CLOSE = b"connection: close\r\n"
STAY = b"connection: keep-alive\r\n"
_FRAMING = frozenset({":status", "connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"})
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_LINE_ENDS = str.maketrans("\r\n\0", "   ")
_TEXT = "text/plain; charset=utf-8"
_JSON = "application/json"


def head(status: int, metadata: Metadata, *framing: bytes) -> bytes:
    """Status line and headers. How the body is delimited is for `framing` to say, whatever `metadata` says."""
    return b"".join((_fields(status, tuple(metadata.items())), *framing, b"\r\n"))


def length(body: Buffer) -> bytes:
    """The header for a body of known length."""
    return b"content-length: %d\r\n" % len(body)


def chunk(body: Buffer) -> tuple[Buffer, ...]:
    """One chunk; none for an empty body, which would read as the end."""
    return (b"%x\r\n" % len(body), body, b"\r\n") if len(body) else ()


def last_chunk(trailers: Metadata) -> bytes:
    """The end of a chunked body."""
    return b"0\r\n" + _lines(tuple(trailers.items())) + b"\r\n"


def error(path: str, text: str) -> tuple[str, bytes]:
    """Content type and body of a refusal, in the form that clients of `path` read."""
    if path.startswith("/v2"):
        return _JSON, json.dumps({"error": text}).encode()
    return _TEXT, f"{text}\n".encode()


@lru_cache(256)
def _fields(status: int, metadata: tuple[tuple[str, str | bytes], ...]) -> bytes:
    first = f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}\r\n"
    return first.encode() + _lines(metadata)


def _lines(metadata: tuple[tuple[str, str | bytes], ...]) -> bytes:
    """Header lines. A line end inside a value would start a header, or an answer, of the caller's own making."""
    kept = ((name, value) for name, value in metadata if name.lower() not in _FRAMING)
    return "".join(f"{_inline(name)}: {_inline(value)}\r\n" for name, value in kept).encode("latin-1", "replace")


def _inline(value: str | bytes) -> str:
    text = value if isinstance(value, str) else value.decode("latin-1")
    return text.translate(_LINE_ENDS)
