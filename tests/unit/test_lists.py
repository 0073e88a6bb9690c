"""Lists of arrays in graphs: as values, through loops and branches, never answered, never shared."""

from typing import Any

import numpy as np
import pytest
from flowgraphs import answer, arrays, compiled_flow, flow

from graphserver.backend.native import NativeBackend
from graphserver.backend.native.plan import Plan
from graphserver.backend.native.rows_proof import Stopped, prove
from graphserver.backend.native.selection import Selector
from graphserver.formats.registry import read
from graphserver.proto.graph_writer import write_graph
from graphserver.spec.errors import InvalidArgument

ROWS = np.arange(6, dtype=np.float32).reshape(2, 3)
HOLD = {"all": np.array([-1], np.int32), "i": np.int32(0), "j": np.int32(1)}


def test_javas_first_write_has_the_value_for_a_flow() -> None:
    """As in enc_M2.1.txt: in=(handle, 0, x, x), then in=(handle, 1, x, first)."""
    lines = (
        "h f = create_list; w = tensorarraywritev3 h i v v; u = tensorarraywritev3 h j v w; out = gather_list h all u"
    )
    assert answer(lines, {"v": ROWS}, "out", hold=HOLD) == [ROWS.tolist()] * 2


@pytest.mark.parametrize("last", ["out = read_list h j", "s = scatter_list h all v v; out = read_list h j s"])
def test_an_op_without_a_flow_sees_the_last_write_before_it(last: str) -> None:
    lines = "h f = create_list; w = write_list h i v v; u = write_list h j v v;" + last
    expected = ROWS.tolist() if "scatter" not in last else ROWS[1].tolist()
    assert answer(lines, {"v": ROWS}, "out", hold=HOLD) == expected


def test_two_lists_are_two_lists() -> None:
    lines = "h f = create_list; g e = create_list; w = write_list h i v v; u = write_list g i x x; out = size_list h;"
    lines += "o = read_list g i"
    assert answer(lines, {"v": ROWS, "x": 7.0}, "out", "o", hold=HOLD) == [1, 7.0]


@pytest.mark.parametrize("enter", ["", "h0 = enter:l h;"])
@pytest.mark.parametrize("n", [1, 5])
def test_a_loop_writes_an_entry_in_each_iteration(enter: str, n: int) -> None:
    """The flow is a variable of the loop; the handle is seen inside, entered or not."""
    handle = "h0" if enter else "h"
    lines = f"""h f = create_list; {enter} k0 = enter:l zero; f0 = enter:l f; k = merge k0 k3; f4 = merge f0 f3;
        c = less k n; k1 k2 = switch k c; f1 f2 = switch f4 c; y2 = multiply x x; w = write_list {handle} k2 y2 f2;
        k4 = add k2 one; k3 = next_iteration k4; f3 = next_iteration w; out1 = exit f1; out = gather_list h all out1"""
    assert answer(lines, {"x": 2.0, "n": n}, "out", hold=HOLD) == [4.0] * n


def test_a_loop_reads_what_was_written_before_it() -> None:
    lines = """h f = create_list; w = scatter_list h all v v; k0 = enter:l zero; s0 = enter:l x; k = merge k0 k3;
        s = merge s0 s3; c = less k n; k1 k2 = switch k c; s1 s2 = switch s c; r = read_list h k2; t = add s2 r;
        k4 = add k2 one; k3 = next_iteration k4; s3 = next_iteration t; out = exit s1"""
    assert answer(lines, {"v": ROWS, "x": 10.0, "n": 2}, "out", hold=HOLD) == [13.0, 15.0, 17.0]


def test_a_branch_may_write() -> None:
    lines = "h f = create_list; w = write_list h i x f; a b = switch w p; u = write_list h j y b; m = merge u a;"
    lines += "out = size_list h m"
    assert answer(lines, {"x": 1.0, "y": 1.0, "p": True}, "out", hold=HOLD) == 2
    assert answer(lines, {"x": 1.0, "y": 1.0, "p": False}, "out", hold=HOLD) == 1


def test_handles_and_flows_are_never_answered() -> None:
    made = compiled_flow(
        "h f = create_list; w = write_list h i v f; c = identity w; out = gather_list h all c", hold=HOLD
    )
    selector = Selector(made, prove(made))
    assert selector.select(frozenset({"v"}), None).outputs == ("out",)
    for name in ("h", "f", "w", "c"):
        with pytest.raises(InvalidArgument, match=f"output '{name}' cannot be answered"):
            selector.select(frozenset({"v"}), (name,))


def test_a_signature_names_only_what_is_answered() -> None:
    """A flow that nobody reads is a leaf of the graph."""
    graph = flow("h f = create_list; w = write_list h i v v; u = write_list h j v w; out = read_list h i w", hold=HOLD)
    instance = NativeBackend().load(read(bytes(write_graph(graph)), "graph"))
    assert [spec.name for spec in instance.signature.outputs] == ["out"]


def test_a_list_is_shared_by_no_callers() -> None:
    made = compiled_flow("h f = create_list; w = write_list h i v f; out = gather_list h all w", hold=HOLD)
    assert prove(made).verdicts["out"] == Stopped(
        "node 'w' (write_list): entries of a list may hold rows of several callers"
    )


def test_a_list_of_constants_is_made_at_load() -> None:
    made = compiled_flow(
        "h f = create_list; w = write_list h i k f; out = add v r; r = gather_list h all w", hold={**HOLD, "k": ROWS}
    )
    assert [call.node.name for call in made.calls] == ["out"]


def test_an_op_that_takes_arrays_refuses_a_list() -> None:
    plan = Plan(compiled_flow("h f = create_list; w = write_list h i v f; out = add w v; fine = add v v", hold=HOLD))
    assert plan.run(arrays(v=ROWS), ("fine",))
    with pytest.raises(InvalidArgument, match=r"^node 'out' \(add\): the op does not take a list of arrays$"):
        plan.run(arrays(v=ROWS), ("out",))


def test_a_list_holds_no_more_than_memory_does() -> None:
    """The same large array over and over: cheap to hold, not to gather."""
    lines = "h f = create_list; w = write_list h i v f; u = write_list h j v w; out = gather_list h k u"
    hold: dict[str, Any] = {**HOLD, "k": np.zeros(600, np.int32)}
    with pytest.raises(InvalidArgument, match="MB"):
        answer(lines, {"v": np.zeros((1024, 1024))}, "out", hold=hold)
