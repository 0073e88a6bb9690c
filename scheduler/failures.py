"""What a failed batch means for the requests in it."""

import logging

from ..spec.errors import Cancelled, DeadlineExceeded, ExecutionFailed, GraphServerError

LOG = logging.getLogger(__name__)


def may_blame_one(error: BaseException) -> bool:
    """Whether one request of the batch may be the cause, so that the others are worth another run."""
    return not isinstance(error, DeadlineExceeded | Cancelled)


def as_error(error: BaseException, model: str) -> GraphServerError:
    """The error to answer with. What a backend did not foresee is logged with its traceback."""
    if isinstance(error, GraphServerError):
        return error
    LOG.error("model '%s' failed: %s", model, error, exc_info=error)
    return ExecutionFailed(f"model '{model}' failed: {type(error).__name__}: {error}")
