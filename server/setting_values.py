"""Parsers of setting values: one text to one value, or a ValueError that says what was expected."""

import math
import re
from collections.abc import Callable
from pathlib import Path

MAX_MESSAGE_BYTES = 2**31 - 1
"""A FlatBuffer, a protobuf message and gRPC's own limit all end at a signed 32-bit size."""

LOG_LEVELS = ("debug", "info", "warning", "error")

_SIZE = re.compile(r"(\d+)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
_INT64 = range(-(2**63), 2**63)


def path(text: str) -> Path:
    """A file or folder; whether it exists is found out when it is opened."""
    return Path(filled(text))


def filled(text: str) -> str:
    """Any text that is not blank."""
    if not text.strip():
        raise ValueError("expected some text")
    return text.strip()


def port(text: str) -> int:
    """A TCP port; 0 lets the system choose one."""
    return _integer(text, range(2**16), "a port from 0 to 65535")


def seconds(text: str) -> float:
    """A duration, not negative."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError("expected seconds, 0 or more")
    return value


def size(text: str) -> int:
    """A size such as 4194304, 64M or 1GiB (powers of 1024)."""
    found = _SIZE.fullmatch(text.strip())
    value = int(found[1]) << 10 * " KMGT".index(found[2].upper() or " ") if found else 0
    if value <= 0:
        raise ValueError("expected bytes such as 4194304, 64M or 1G")
    return value


def message_bytes(text: str) -> int:
    """A size up to 2 GiB-1; `2G` means that limit."""
    try:
        value = size(text)
    except ValueError:
        value = 0
    if not 0 < value <= MAX_MESSAGE_BYTES + 1:
        raise ValueError("expected bytes such as 4194304, 64M or 1G, up to 2G")
    return min(value, MAX_MESSAGE_BYTES)


def named_id(text: str) -> tuple[str, int]:
    """`NAME=N`: the number under which DL4J clients ask for a model."""
    name, _, number = text.rpartition("=")
    expected = "NAME=N with a whole number of 64 bits"
    if not name.strip():
        raise ValueError(f"expected {expected}")
    return name.strip(), _integer(number, _INT64, expected)


def one_of(*words: str, planned: tuple[str, ...] = ()) -> Callable[[str], str]:
    """A parser that takes just these words; `planned` ones are refused as not built yet."""

    def parse(text: str) -> str:
        if text in planned:
            raise ValueError("which is not built yet")
        if text not in words:
            raise ValueError(f"expected {' or '.join(words)}")
        return text

    return parse


def _integer(text: str, allowed: range, expected: str) -> int:
    # int() alone would take "4_0" and be slow for a text of a million digits.
    if not re.fullmatch(r"\s*[-+]?[0-9]{1,20}\s*", text) or int(text) not in allowed:
        raise ValueError(f"expected {expected}")
    return int(text)
