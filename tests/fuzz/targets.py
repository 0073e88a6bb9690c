"""What is fuzzed: functions of bytes, out of which nothing but a GraphServerError may come."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cases

from graphserver.formats.registry import read
from graphserver.proto import messages
from graphserver.proto.graph_writer import write_graph
from graphserver.spec.errors import GraphServerError

from .bases import FIXTURES, ROWS, fixture, single
from .choices import Choices
from .mutations import mutated
from .serving import serve

SEEDS = Path(__file__).parent / "seeds"
"""What once failed: a folder for each target whose bytes are read from outside."""

_LARGE = 100_000
"""Bytes of a graph file beyond which changing it is mostly changing its weights."""


@dataclass(frozen=True)
class Target:
    """run: raises GraphServerError for what it refuses. honest: bytes to begin with; none where they are decisions.

    kept: what is kept of bytes that fail, and as a seed of which target: decisions mean another thing tomorrow.
    """

    run: Callable[[bytes], object]
    honest: Callable[[], list[bytes]]
    kept: tuple[Callable[[bytes], bytes], str]


def graph(data: bytes) -> None:
    """A graph file, read and served; what it is fed follows from its last bytes."""
    serve(read(data, "fuzz"), Choices(data[-64:]))


def plan(data: bytes) -> None:
    """A graph of DL4J's, or a row of the op tables, changed as the bytes decide; written, read and served."""
    graph(changed(data))


def changed(data: bytes) -> bytes:
    """The graph that these decisions lead to, as a file."""
    choices = Choices(data)
    base = single(choices.pick(ROWS), fed=choices.below(4)) if choices.often() else fixture(choices.pick(FIXTURES))
    return bytes(write_graph(mutated(base, choices)))


def message(data: bytes) -> None:
    """Every message of DL4J's wire; what can be read as arrays can be written."""
    for short in (messages.read_drop_request, messages.read_response, messages.read_graph_id):
        with suppress(GraphServerError):
            short(data)
    with suppress(GraphServerError):
        messages.write_inference_request(*messages.read_inference_request(data))
    messages.write_result(*messages.read_result(data))


def _graphs() -> list[bytes]:
    files = (cases.case(name).graph.read_bytes() for name in FIXTURES)
    return sorted((file for file in files if len(file) < _LARGE), key=len)


def _captures() -> list[bytes]:
    return [path.read_bytes() for path in sorted((cases.DATA / "captures").rglob("*.bin"))]


TARGETS: Mapping[str, Target] = {
    "graph": Target(graph, _graphs, (bytes, "graph")),
    "message": Target(message, _captures, (bytes, "message")),
    "plan": Target(plan, list[bytes], (changed, "graph")),
}


def seeds(name: str) -> list[Path]:
    """The files that this target once failed on."""
    return sorted(path for path in (SEEDS / name).glob("*") if path.is_file())
