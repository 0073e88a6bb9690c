"""Control flow that went through a file, in an order that is none, is the same control flow."""

from dataclasses import replace

import pytest
from flowgraphs import COUNTED, DOUBLED, arrays, flow, nested

from graphserver.backend.native.compile import compile_graph
from graphserver.backend.native.plan import Plan
from graphserver.formats.registry import read
from graphserver.kernels.catalog import load_all
from graphserver.proto.graph_writer import write_graph

IN_A_LOOP = "c9 = less a2 y; f t = switch a2 c9; s = add t t; r = add f two"
"""Doubles below y, adds two above."""

GRAPHS = {
    "loop": (DOUBLED, 8.0),
    "loop in loop": (nested("a2", "y", "add left two"), 1 + 3 * (4 * 10 + 2)),
    "loop in loop, of the outside alone": (nested("two", "y", "add left a2"), 1 + 3 * (2 + 4 * 10)),
    "branch": ("f t = switch x p; a = add t y; out = merge a f", 11.0),
    "branch in loop": (COUNTED.format(body="merge s r") + ";" + IN_A_LOOP, 8.0),
}


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned round"])
@pytest.mark.parametrize(("lines", "expected"), GRAPHS.values(), ids=GRAPHS)
def test_a_graph_from_a_file(lines: str, expected: float, turned: bool) -> None:
    graph = flow(lines)
    graph = replace(graph, nodes=graph.nodes[::-1]) if turned else graph
    plan = Plan(compile_graph(read(bytes(write_graph(graph)), "graph").content, load_all()))
    given = arrays(x=1, y=10, n=3, m=4, p=True)
    needed = {name: value for name, value in given.items() if name in graph.variables}
    assert plan.run(needed, ("out",))["out"] == expected
