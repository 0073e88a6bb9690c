"""What gRPC writes into HTTP/2 headers: timeouts, metadata and status messages.

Source: the gRPC over HTTP/2 protocol description (PROTOCOL-HTTP2).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote

from ..call import Metadata

Headers = tuple[tuple[bytes, bytes], ...]

_TIMEOUT = re.compile(rb"([0-9]{1,8})([HMSmun])")
_UNITS = {b"H": 3600.0, b"M": 60.0, b"S": 1.0, b"m": 1e-3, b"u": 1e-6, b"n": 1e-9}
_RESERVED = {b"te", b"content-type", b"content-length", b"grpc-timeout", b"grpc-encoding", b"grpc-accept-encoding"}
# Printable ASCII without "%": what a grpc-message carries as it is.
_PLAIN = " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"


class Head(NamedTuple):
    """The request headers of a call.

    timeout: seconds from its arrival, None for none. encoding: of its messages ("identity", "gzip" …).
    wrong: what the peer got wrong, empty when nothing.
    """

    method: str
    path: str
    query: str
    metadata: Metadata
    is_grpc: bool
    timeout: float | None
    encoding: str
    wrong: str


def read_head(headers: Headers) -> Head:
    """Sort the headers of a request. Never raises: `wrong` says what a peer got wrong."""
    found, wrong = dict(headers), ""
    path, _, query = found.get(b":path", b"").decode("latin-1").partition("?")
    is_grpc = found.get(b"content-type", b"").startswith(b"application/grpc")
    timeout: float | None = None
    metadata: Metadata = {}
    try:
        timeout = read_timeout(found.get(b"grpc-timeout"))
        metadata = read_metadata(headers)
    except ValueError as error:
        wrong = str(error)
    method, encoding = found.get(b":method", b""), found.get(b"grpc-encoding", b"identity")
    return Head(method.decode("latin-1"), path, query, metadata, is_grpc, timeout, encoding.decode("latin-1"), wrong)


def read_timeout(written: bytes | None) -> float | None:
    """`b"250m"` is 0.25 seconds. Raises ValueError."""
    if written is None:
        return None
    found = _TIMEOUT.fullmatch(written)
    if found is None:
        raise ValueError(
            f"grpc-timeout is {written.decode('latin-1')!r}, expected up to 8 digits and one of H M S m u n"
        )
    return int(found[1]) * _UNITS[found[2]]


def read_metadata(headers: Iterable[tuple[bytes, bytes]]) -> Metadata:
    """Custom metadata by name; repeated text is joined by commas. Values of names in "-bin" are bytes.

    Raises ValueError for bytes that are not base64.
    """
    metadata: dict[str, str | bytes] = {}
    for name, value in headers:
        if name.startswith(b":") or name in _RESERVED:
            continue
        text = name.decode("latin-1")
        before = metadata.get(text)
        if name.endswith(b"-bin"):
            metadata[text] = _read_binary(text, value)
        else:
            shown = value.decode("latin-1")
            metadata[text] = f"{before},{shown}" if isinstance(before, str) else shown
    return metadata


def write_metadata(metadata: Metadata) -> list[tuple[bytes, bytes]]:
    """Metadata as header fields."""
    return [
        (name.lower().encode("latin-1"), b64encode(value).rstrip(b"=") if isinstance(value, bytes) else _text(value))
        for name, value in metadata.items()
    ]


@lru_cache(256)
def write_message(message: str) -> bytes:
    """A status message, percent-encoded where it is not printable ASCII."""
    return quote_from_bytes(message.encode(), _PLAIN).encode("ascii")


def read_message(written: bytes) -> str:
    """The message behind its percent-encoding (for tests and clients)."""
    return unquote(written.decode("latin-1"))


def _read_binary(name: str, value: bytes) -> bytes:
    last = value.rpartition(b",")[2].strip()
    try:
        return b64decode(last + b"=" * (-len(last) % 4), validate=True)
    except Base64Error:
        raise ValueError(f"metadata {name} is not base64") from None


def _text(value: str) -> bytes:
    # A line break or NUL in a header field would end it, for some readers as the beginning of another.
    return re.sub(r"[\r\n\0]", " ", value).strip(" \t").encode("latin-1", "replace")
