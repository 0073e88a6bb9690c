"""Whether a list of header fields is a request's, or its trailers' (RFC 9113 §8.2, §8.3).

Each field becomes a letter, a list of them a word, and a word is looked up.
"""

import re
from functools import lru_cache

from .hpack_table import Field
from .stream import Headers

REQUEST, TRAILERS, MALFORMED, TOO_LARGE = range(4)

# m s p a: the pseudo-fields :method :scheme :path :authority. C: the method CONNECT, which has no scheme and path.
# r: a regular field. l: content-length. x: what may not be there.
_KINDS = {"mps": REQUEST, "amps": REQUEST, "Ca": REQUEST, "": TRAILERS}

_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
_METHOD = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(rb"(?![ \t])[^\0\r\n]*(?<![ \t])")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_PER_CONNECTION = {b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade"}


def classify(headers: Headers) -> tuple[int, int]:
    """What a list of fields is, and its content-length, −1 when it has none."""
    word = "".join(map(_letter, headers))
    kind = _kind(word)
    if "l" not in word:
        return kind, -1
    lengths = {int(value) for name, value in headers if name == b"content-length"} if kind != MALFORMED else set[int]()
    return (kind, lengths.pop()) if len(lengths) == 1 else (MALFORMED, -1)


@lru_cache(256)
def _kind(word: str) -> int:
    """Pseudo-fields come first, each once, in any order."""
    return _KINDS.get("".join(sorted(word.rstrip("rl"))), MALFORMED)


@lru_cache(1024)
def _letter(field: Field) -> str:
    name, value = field
    if not _VALUE.fullmatch(value):
        return "x"
    return _letter_of_name(name) or _letter_of_value(name, value)


@lru_cache(256)
def _letter_of_name(name: bytes) -> str:
    """The letter of a field by its name alone, empty where its value matters."""
    if name.startswith(b":") or name in (b"te", b"content-length"):
        return ""
    return "r" if _NAME.fullmatch(name) and name not in _PER_CONNECTION else "x"


def _letter_of_value(name: bytes, value: bytes) -> str:
    match name:
        case b":method" if _METHOD.fullmatch(value):
            return "C" if value == b"CONNECT" else "m"
        case b":scheme" if value:
            return "s"
        case b":path" if value.startswith(b"/") or value == b"*":
            return "p"
        case b":authority":
            return "a"
        case b"te" if value.lower() == b"trailers":
            return "r"
        case b"content-length" if _LENGTH.fullmatch(value):
            return "l"
        case _:
            return "x"
