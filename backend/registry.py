"""Backends by name: one row each, imported when first used."""

from collections.abc import Callable

from ..spec.errors import Unsupported
from ..spec.loading import load
from .instance import Backend

Factory = Callable[..., Backend]
"""Makes a backend from its options (keyword arguments); a class does."""

_TABLE: dict[str, str | Factory] = {"native": "graphserver.backend.native:NativeBackend"}


def register(name: str, factory: str | Factory) -> None:
    """Add a backend: its class, or where to find it ("module:Class").

    A taken name is a programming error (ValueError).
    """
    if _TABLE.setdefault(name, factory) != factory:
        raise ValueError(f"backend '{name}' is taken")


def backend(name: str, **options: object) -> Backend:
    """A new backend of this name. Raises Unsupported, naming those there are."""
    row = _TABLE.get(name)
    if row is None:
        raise Unsupported(f"backend '{name}' is not known; known: {', '.join(sorted(_TABLE))}")
    factory: Factory = load(row) if isinstance(row, str) else row
    return factory(**options)
