"""A graph under another id: same contents, whatever wrote it."""

import struct

import cases
import pytest

from graphserver.client.graph_id import with_id
from graphserver.proto.flatbuffer import root
from graphserver.proto.flatgraph import FlatGraph
from graphserver.spec.errors import InvalidArgument, Unsupported


def contents(graph: bytes) -> list[object]:
    """What the graph says, but for its id."""
    view = root(FlatGraph, graph)
    return [
        [
            (each.name, each.variabletype, bytes(each.ndarray.buffer) if each.ndarray else None)
            for each in view.variables
        ],
        [(each.name, each.op_num, list(each.output_names)) for each in view.nodes],
        [*view.placeholders],
        [*view.loss_variables],
        view.training_config,
        view.configuration.output_mode if view.configuration else None,
    ]


@pytest.mark.parametrize("name", cases.names())
def test_every_recorded_graph_keeps_its_contents(name: str) -> None:
    graph = cases.case(name).graph.read_bytes()
    for id in (7, -1, 2**63 - 1):
        renamed = with_id(graph, id)
        assert root(FlatGraph, renamed).id == id
        assert contents(renamed) == contents(graph)


def test_an_id_that_has_its_place_is_overwritten_there() -> None:
    first = with_id(cases.case("identity").graph.read_bytes(), 1)
    again = with_id(first, 0)
    assert len(again) == len(first)
    assert root(FlatGraph, again).id == 0


def test_arrays_stay_aligned() -> None:
    graph = cases.case("identity").graph.read_bytes()
    assert (len(with_id(graph, 1)) - len(graph)) % 8 == 0


def flat(vtable: list[int], table: bytes) -> bytes:
    """A message of one table: offset to it, vtable, table."""
    size = 4 + 2 * len(vtable)
    head = struct.pack(f"<I2H{len(vtable)}H", 4 + size, size, 4 + len(table), *vtable)
    return head + struct.pack("<i", size) + table


@pytest.mark.parametrize(
    ("graph", "error"),
    [
        (b"", InvalidArgument),
        (b"\xff" * 64, InvalidArgument),
        (flat([0, 4], b"\xff\xff\xff\xff"), InvalidArgument),  # an offset that leaves the 32 bits when moved
        (flat([0, 9000], b"\0\0\0\0"), InvalidArgument),  # a field beyond the end
        (flat([0] * 10 + [4], b"\4\0\0\0"), Unsupported),  # an eleventh field
    ],
)
def test_what_is_no_graph_is_refused(graph: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        with_id(graph, 1)
