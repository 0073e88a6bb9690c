"""What a node of a Dag is: named ports, and a kind that decides what happens, as a pure function.

A kind never calls anything. It answers what arrived with effects, which `scheduler.flow` carries out;
so a new kind is one file, tested without a server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ..spec.dtype import Array
from ..spec.errors import GraphServerError
from ..spec.request import Rows


class Inputs(NamedTuple):
    """All input ports of the node have their rows."""

    rows: Rows


class Result(NamedTuple):
    """An earlier Run came back: `rows`, or `error` when it failed."""

    tag: str
    rows: Rows | None
    error: GraphServerError | None = None


Arrived = Inputs | Result


class Run(NamedTuple):
    """Submit `rows` to a target (a model, a store, a remote server); its answer arrives as Result(tag, …)."""

    tag: str
    target: str
    rows: Rows


class Emit(NamedTuple):
    """Rows for an output port, once a port."""

    port: str
    rows: Array


class Wait(NamedTuple):
    """Nothing before the next result."""


class Fail(NamedTuple):
    """The node, and with it the request, fails."""

    error: GraphServerError


Effect = Run | Emit | Wait | Fail


class NodeKind(Protocol):
    """Pure behaviour of a node. The first `advance` gets state None and the Inputs."""

    def advance(self, state: Any, arrived: Arrived) -> tuple[Any, Sequence[Effect]]:
        """The next state and what is to be done now."""
        ...


class Port(NamedTuple):
    """A source of rows: an output port of a node, or an input of the Dag itself when `node` is empty."""

    node: str
    name: str

    def __str__(self) -> str:
        return f"{self.node}.{self.name}" if self.node else self.name


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its kind, where each input port takes its rows from, and its output ports."""

    name: str
    kind: NodeKind
    inputs: Mapping[str, Port]
    outputs: tuple[str, ...]
