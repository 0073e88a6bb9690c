"""Node kinds by name, as Dag files write them; imported when first used."""

from typing import Any

from ..spec.errors import InvalidArgument
from ..spec.loading import load
from .node import NodeKind

_KINDS: dict[str, str] = {
    "infer": "graphserver.dag.nodes.infer:Infer",
}


def register(name: str, path: str) -> None:
    """Make a kind known: `path` is "module:Class". Raises ValueError when the name is taken by another."""
    if _KINDS.setdefault(name, path) != path:
        raise ValueError(f"node kind '{name}' is {_KINDS[name]} already")


def kind(name: str, **config: Any) -> NodeKind:
    """A node kind with its configuration. Raises InvalidArgument for an unknown name or configuration."""
    if name not in _KINDS:
        raise InvalidArgument(f"unknown node kind '{name}'; known: {', '.join(sorted(_KINDS))}")
    try:
        return load(_KINDS[name])(**config)
    except TypeError as error:
        raise InvalidArgument(f"node kind '{name}': {error}") from None
