"""What can go wrong, in words that know no protocol.

Each edge (gRPC, HTTP, the command line) maps these classes to its own statuses in one table.
The text is for the person who sent the request: what was got and what was expected.
"""

from typing import ClassVar


class GraphServerError(Exception):
    """Base of every error that a user of the server may see."""

    reason: ClassVar[str] = "internal"


class InvalidArgument(GraphServerError):
    """The request itself is wrong; sending it again cannot help."""

    reason = "invalid_argument"


class NotFound(GraphServerError):
    """No such model, version or file."""

    reason = "not_found"


class AlreadyExists(GraphServerError):
    """The name or id is taken."""

    reason = "already_exists"


class Unsupported(GraphServerError):
    """Well formed, but beyond what this server can do (an op, a format version, a method)."""

    reason = "unsupported"


class Unavailable(GraphServerError):
    """Not now: loading, draining or failed to load."""

    reason = "unavailable"


class Overloaded(GraphServerError):
    """A bound was reached (queue, bytes in flight, message size)."""

    reason = "overloaded"


class DeadlineExceeded(GraphServerError):
    """The caller's deadline passed, or could not have been kept."""

    reason = "deadline_exceeded"


class Cancelled(GraphServerError):
    """The caller went away."""

    reason = "cancelled"


class ExecutionFailed(GraphServerError):
    """The model failed on an input that passed every check at the door."""

    reason = "execution_failed"
