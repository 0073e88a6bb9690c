"""What went wrong in a node, told to the person who sent the request."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...spec.errors import (
    ExecutionFailed,
    GraphServerError,
    InvalidArgument,
    Overloaded,
)
from ...spec.graph import OpNode
from ...spec.text import as_line

_LONGEST = 300
"""Characters of another library's error text that are worth passing on."""


def in_node(error: Exception, node: OpNode, inputs: Iterable[Any]) -> GraphServerError:
    """`error` as the caller should read it, naming the node, its op and what it was given.

    What a kernel refuses in its inputs is the request's fault; what it cannot do otherwise is the model's.
    """
    if isinstance(error, GraphServerError):
        return type(error)(f"{title(node)}: {error}")
    if isinstance(error, MemoryError):
        return Overloaded(f"{title(node)}: not enough memory for inputs {_shapes(inputs)}")
    if isinstance(error, ValueError | IndexError | TypeError | OverflowError):
        return InvalidArgument(f"{title(node)}: {one_line(error)}; inputs {_shapes(inputs)}")
    return ExecutionFailed(f"{title(node)}: {type(error).__name__}: {one_line(error)}; inputs {_shapes(inputs)}")


def title(node: OpNode) -> str:
    """How messages name a node."""
    return f"node '{node.name}' ({node.op.name or node.op})"


def one_line(error: Exception) -> str:
    """An error's text on one printable line, shortened."""
    text = as_line(str(error))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _shapes(inputs: Iterable[Any]) -> str:
    return (
        ", ".join(f"{getattr(value, 'dtype', type(value).__name__)}{list(np.shape(value))}" for value in inputs)
        or "none"
    )
