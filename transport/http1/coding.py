"""Content codings: gzip and deflate, in with a bound, out when asked."""

import zlib

from ..call import Buffer
from .refusal import Refused

_WINDOWS = {"gzip": 31, "deflate": 15}
_ALIASES = {"": "", "identity": "", "x-gzip": "gzip", "gzip": "gzip", "deflate": "deflate"}
_WORTH_BYTES = 1 << 10
_BEARABLE_BYTES = 1 << 20
_FAST = 1


def named(header: str | bytes) -> str:
    """The coding that a Content-Encoding header names, "" for none. Raises Refused (415) for others."""
    name = str(header).strip().lower()
    if name not in _ALIASES:
        raise Refused(415, f"Content-Encoding is gzip or deflate, not '{name}'")
    return _ALIASES[name]


def accepted(header: str | bytes) -> str:
    """The best coding that an Accept-Encoding header admits, "" for none."""
    weights = dict(_weight(each) for each in str(header).lower().split(","))
    others = weights.get("*", 0.0)
    return next((name for name in _WINDOWS if weights.get(name, others) > 0), "")


def inflated(body: Buffer, coding: str, limit: int) -> bytes:
    """The body without its coding. Raises Refused: 413 beyond `limit` bytes, of which not many more are made."""
    engine = zlib.decompressobj(-15 if coding == "deflate" and not _has_zlib_header(body) else _WINDOWS[coding])
    try:
        plain = engine.decompress(body, limit + 1)
    except zlib.error as error:
        raise Refused(400, f"the body is not {coding}: {error}") from error
    if len(plain) > limit:
        raise Refused(413, f"an inflated body is at most {limit} bytes")
    if not engine.eof:
        raise Refused(400, f"the {coding} body ends too early")
    if engine.unused_data:
        # Members after the first are left out on purpose: many tiny ones would cost their square.
        raise Refused(400, f"{len(engine.unused_data)} bytes follow the end of the {coding} body")
    return plain


def worth_deflating(size: int) -> bool:
    """Whether compressing an answer saves more than its head, and does not keep the loop thread for long."""
    return _WORTH_BYTES < size <= _BEARABLE_BYTES


def deflated(body: Buffer, coding: str) -> bytes:
    """The body in `coding`, quickly rather than tightly."""
    engine = zlib.compressobj(_FAST, zlib.DEFLATED, _WINDOWS[coding])
    return engine.compress(body) + engine.flush()


def _weight(item: str) -> tuple[str, float]:
    name, _, parameter = item.partition(";")
    key, _, weight = parameter.partition("=")
    try:
        return name.strip(), float(weight) if key.strip() == "q" else 1.0
    except ValueError:
        return name.strip(), 0.0


def _has_zlib_header(body: Buffer) -> bool:
    """RFC 1950; some clients take "deflate" to be the bare stream."""
    return len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
