"""What went wrong, in the words of each wire: one row for each error class.

Codes are gRPC's (grpc.io/docs/guides/status-codes) and HTTP's. DL4J holds the original GraphServer's answers,
for clients that were written to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..spec import errors
from ..spec.errors import GraphServerError
from ..spec.text import as_line


@dataclass(frozen=True, slots=True)
class Status:
    """How a wire says it. text: a fixed text instead of the error's own; "{id}" stands for the graph's id."""

    grpc: int
    http: int
    text: str = ""


Table = Mapping[type[GraphServerError], Status]

PRECISE: Table = {
    errors.Cancelled: Status(1, 499),
    errors.InvalidArgument: Status(3, 400),
    errors.DeadlineExceeded: Status(4, 504),
    errors.NotFound: Status(5, 404),
    errors.AlreadyExists: Status(6, 409),
    errors.Overloaded: Status(8, 429),
    errors.Unsupported: Status(12, 501),
    errors.ExecutionFailed: Status(13, 500),
    errors.Unavailable: Status(14, 503),
    GraphServerError: Status(13, 500),
}

_RUNTIME_ERROR = Status(2, 500, "Caught runtime_error exception")

DL4J: Table = {
    **PRECISE,
    errors.NotFound: Status(5, 404, "Unknown graph [{id}]"),
    errors.AlreadyExists: _RUNTIME_ERROR,
    errors.InvalidArgument: _RUNTIME_ERROR,
    errors.Unsupported: _RUNTIME_ERROR,
    errors.ExecutionFailed: Status(13, 500, "Caught exception during graph execution [{id}]"),
}

_TEXT_BYTES = 1024
"""Callers take about 8 KiB of trailers, and every byte that is not ASCII travels as three."""


def status_of(error: GraphServerError, table: Table = PRECISE) -> Status:
    """The row of the error's class, or of the nearest class above it."""
    return next(table[cls] for cls in type(error).__mro__ if cls in table)


def grpc_status(error: GraphServerError, table: Table = PRECISE, graph: int | None = None) -> tuple[int, str]:
    """gRPC code and text for a call about `graph`."""
    status = status_of(error, table)
    return status.grpc, status.text.format(id=graph) if status.text else one_line(str(error))


def one_line(text: str, limit: int = _TEXT_BYTES) -> str:
    """The text on one printable line, cut to `limit` bytes of UTF-8 with a mark that says how long it was."""
    text = as_line(text)
    encoded = text.encode()
    if len(encoded) <= limit:
        return encoded.decode()
    mark = f" … ({len(text)} characters in all)"
    return encoded[: limit - len(mark.encode())].decode("utf-8", "ignore") + mark
