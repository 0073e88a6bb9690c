"""gRPC statuses back into the house's errors, with the server's own text."""

from ..spec.errors import (
    AlreadyExists,
    Cancelled,
    DeadlineExceeded,
    ExecutionFailed,
    GraphServerError,
    InvalidArgument,
    NotFound,
    Overloaded,
    Unavailable,
    Unsupported,
)

_BY_STATUS: dict[str, type[GraphServerError]] = {
    "INVALID_ARGUMENT": InvalidArgument,
    "FAILED_PRECONDITION": InvalidArgument,
    "OUT_OF_RANGE": InvalidArgument,
    "NOT_FOUND": NotFound,
    "ALREADY_EXISTS": AlreadyExists,
    "UNIMPLEMENTED": Unsupported,
    "UNAVAILABLE": Unavailable,
    "RESOURCE_EXHAUSTED": Overloaded,
    "DEADLINE_EXCEEDED": DeadlineExceeded,
    "CANCELLED": Cancelled,
    "INTERNAL": ExecutionFailed,
    "UNKNOWN": ExecutionFailed,
}


def from_status(status: str, text: str | None) -> GraphServerError:
    """The error for a gRPC status by its name ("NOT_FOUND"); a status without a text is its own text."""
    return _BY_STATUS.get(status, GraphServerError)(text or status)
