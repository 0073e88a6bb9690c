"""A request's head: from its bytes to what the call and its connection need to know.

Pure, so that clients which send the same head again and again cost one look-up. Strict where servers that disagree
about a head would disagree about where the next request starts (RFC 9112, sections 2.2, 3.2, 5.1, 6.1 and 6.3):
the parser refuses a length beside chunks, a second length, bare line ends, folded lines, names that are no tokens
and spaces before a colon; here are the rules it leaves to its caller.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from ..call import Metadata
from .coding import accepted, named
from .refusal import Refused

_TARGET_BYTES = 8 << 10
_HEADERS = 100
_CACHED_BYTES = 1 << 10
_CACHED_HEADS = 512
_REQUEST_LINE = re.compile(rb"[!-~]+ ([!-~]+) HTTP/(\d)\.(\d)")
_AUTHORITY = re.compile(r"https?://[^/?#]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """A request without its body.

    path: percent-decoded. length: of the body in bytes, 0 for none, None when it comes in chunks.
    coding: of the body ("", "gzip", "deflate"). accepts: the coding that the answer may have, likewise.
    keep: whether the connection stays afterwards. modern: HTTP/1.1, not 1.0, so chunks are understood.
    continues: the caller waits for 100 Continue before its body.
    """

    method: str
    path: str
    query: str = ""
    metadata: Metadata = field(default_factory=dict[str, str | bytes])
    length: int | None = 0
    coding: str = ""
    accepts: str = ""
    keep: bool = False
    modern: bool = True
    continues: bool = False


def parse(head: bytes) -> Head:
    """What the bytes up to and including the first empty line say. Raises Refused."""
    return _cached(head) if len(head) <= _CACHED_BYTES else _parse(head)


def target(head: bytes) -> str:
    """The request target in a head of any kind, "" when there is none."""
    words = head.split(b"\r\n", 1)[0].split(b" ", 2)
    return words[1].decode("latin-1") if len(words) > 1 else ""


def too_long(head: bytes, limit: int) -> Refused:
    """The refusal of a head that has not ended within `limit` bytes."""
    if len(head.split(b"\r\n", 1)[0]) > _TARGET_BYTES:
        return Refused(414, f"a request line is at most {_TARGET_BYTES} bytes")
    return Refused(431, f"a request head is at most {limit} bytes")


class _Seen:
    """What the parser calls back with."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))


def _parse(head: bytes) -> Head:
    asked, modern = _request_line(head.split(b"\r\n", 1)[0])
    seen = _Seen()
    parser = HttpRequestParser(seen)
    try:
        parser.feed_data(head)
    except HttpParserUpgrade:
        pass  # an offer to upgrade may be ignored (RFC 9110, section 7.8)
    except HttpParserError as error:
        raise Refused(400, f"not an HTTP/1.1 request: {error}") from error
    headers = _by_name(seen.headers, modern)
    path, _, query = asked.partition("?")
    connection = _words(headers, "connection")
    return Head(
        method=parser.get_method().decode("ascii"),
        path=unquote(path),
        query=query,
        metadata=MappingProxyType(headers),
        length=_length(headers, modern),
        coding=named(headers.get("content-encoding", "")),
        accepts=accepted(headers.get("accept-encoding", "")),
        keep="close" not in connection if modern else "keep-alive" in connection,
        modern=modern,
        continues=_continues(headers, modern),
    )


_cached = lru_cache(_CACHED_HEADS)(_parse)


def _request_line(line: bytes) -> tuple[str, bool]:
    """The target in origin form, and whether the version is 1.1 rather than 1.0."""
    if len(line) > _TARGET_BYTES:
        raise too_long(line, 0)
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise Refused(400, f"{line[:80].decode('latin-1')!r} is not an HTTP/1.1 request line")
    asked, major, minor = found.groups()
    if major != b"1" or minor not in b"01":
        raise Refused(505, f"HTTP/1.1 is spoken here, not HTTP/{major.decode()}.{minor.decode()}")
    text = _AUTHORITY.sub("", asked.decode("ascii"), count=1) if not asked.startswith(b"/") else asked.decode("ascii")
    if text[:1] in ("", "?"):
        text = "/" + text
    if not text.startswith("/") and text != "*":
        raise Refused(400, f"{text[:80]!r} is not a request target: it begins with /")
    return text, minor == b"1"


def _by_name(pairs: list[tuple[bytes, bytes]], modern: bool) -> dict[str, str | bytes]:
    """Headers by lower-case name, values of the same name joined as a list."""
    if len(pairs) > _HEADERS:
        raise Refused(431, f"a request has at most {_HEADERS} headers, not {len(pairs)}")
    headers: dict[str, str | bytes] = {}
    for raw, value in pairs:
        name, text = raw.decode("ascii").lower(), value.strip(b" \t").decode("latin-1")
        if name in headers:
            if name == "host":
                raise Refused(400, "a request has one Host header, not two")
            text = f"{headers[name]}, {text}"
        headers[name] = text
    if modern and "host" not in headers:
        raise Refused(400, "an HTTP/1.1 request has a Host header")
    return headers


def _length(headers: Metadata, modern: bool) -> int | None:
    if "transfer-encoding" not in headers:
        return int(headers.get("content-length", 0))  # digits only: the parser has looked
    if not modern:
        raise Refused(400, "HTTP/1.0 knows no Transfer-Encoding")
    if str(headers["transfer-encoding"]).lower() != "chunked":
        raise Refused(501, f"Transfer-Encoding is chunked, not '{headers['transfer-encoding']}'")
    return None


def _continues(headers: Metadata, modern: bool) -> bool:
    expected = str(headers.get("expect", "")).lower()
    if expected and expected != "100-continue":
        raise Refused(417, f"Expect is 100-continue, not '{expected}'")
    return modern and bool(expected)


def _words(headers: Metadata, name: str) -> set[str]:
    return {word.strip().lower() for word in str(headers.get(name, "")).split(",")}
