"""Where the content of a model version comes from, and what a model may be called."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..spec.errors import InvalidArgument

Content = Path | bytes
"""A model file, or its bytes."""

MAX_NAME = 255
"""Characters of a model name; as long as a folder's may be."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """One version of one model, found but not yet loaded.

    origin: where it was found, for messages. graph_id: its id on DL4J's wire, None when it has none.
    content: gives the file or the bytes, on the loader thread. Raises GraphServerError when there is nothing
    to load; the model is then listed as unavailable for that reason.
    """

    name: str
    version: int
    origin: str
    content: Callable[[], Content]
    graph_id: int | None = None


def graph_name(graph_id: int) -> str:
    """The name of a model that was registered by id alone."""
    return f"graph_{graph_id}"


def checked_name(name: str, origin: str) -> str:
    """`name`, fit for paths and URLs. Raises InvalidArgument naming `origin`."""
    if not 0 < len(name) <= MAX_NAME or name.startswith(".") or {"/", "\\"} & {*name} or not name.isprintable():
        raise InvalidArgument(
            f"{origin}: {name!r} cannot be a model name; expected 1 to {MAX_NAME} printable characters, "
            "no slash, no leading dot"
        )
    return name
