"""From a model file to a warm instance: the reader that knows the format, the backend that the reader names."""

from typing import Any

from ..backend.instance import Instance
from ..backend.registry import backend
from ..formats.registry import read
from .source import Content


def load_instance(content: Content, name: str, **options: Any) -> Instance:
    """Read and load; blocking. `options` go to the backend. Raises GraphServerError."""
    artifact = read(content, name)
    return backend(artifact.backend, **options).load(artifact)
