"""The file that keeps one registered graph: a line of JSON about it, then its bytes as they were registered."""

import json
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from ..spec.errors import GraphServerError, InvalidArgument
from .source import checked_name

_MAX_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Header:
    """The first line. model: its name. size: bytes that follow. crc32: their checksum."""

    model: str
    size: int
    crc32: int


def write_graph(path: Path, model: str, data: bytes) -> None:
    """Write the file; it is not synced. Raises OSError."""
    header = Header(model, len(data), zlib.crc32(data))
    with path.open("wb") as file:
        file.write(json.dumps(asdict(header)).encode() + b"\n")
        file.write(data)


def read_model(path: Path) -> str:
    """The name of the model in this file. Raises InvalidArgument when it cannot be read."""
    with _opened(path) as file:
        return _header(path, file).model


def read_graph(path: Path) -> bytes:
    """The graph in this file. Raises InvalidArgument when it cannot be read or is not what was written."""
    with _opened(path) as file:
        header = _header(path, file)
        data = file.read()
    if len(data) != header.size:
        raise InvalidArgument(f"{path} is damaged: {len(data)} bytes of graph, expected {header.size}")
    if zlib.crc32(data) != header.crc32:
        raise InvalidArgument(f"{path} is damaged: the checksum of its graph differs")
    return data


@contextmanager
def _opened(path: Path) -> Generator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise InvalidArgument(f"{path} cannot be read: {error.strerror}") from error


def _header(path: Path, file: BinaryIO) -> Header:
    line = file.readline(_MAX_HEADER)
    try:
        header = Header(**json.loads(line))
        checked_name(header.model, str(path))
    except (TypeError, ValueError, RecursionError, GraphServerError) as error:
        raise InvalidArgument(f"{path} is damaged: its first line is not that of a kept graph") from error
    return header
