"""What a hostile file asks for at load is refused, or left to requests, before it takes memory or time."""

import logging
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flowgraphs import compiled_flow, flow, looped
from opgraphs import artifact, compiled, graph, ints, real

from graphserver.backend.native import NativeBackend, fold, instance
from graphserver.backend.native.call import Call
from graphserver.backend.native.foresight import foreseen
from graphserver.backend.native.frames_place import DEPTH
from graphserver.backend.native.plan import Plan
from graphserver.kernels.catalog import load_all
from graphserver.spec.errors import GraphServerError, InvalidArgument
from graphserver.spec.graph import OpArgs

MB = 2**20
LONG = np.ones((2**20, 1), np.float32)
WIDE = np.ones((1, 2**20), np.float32)

HUGE = {
    "fill": ("y = fill s", {"s": np.array([10**9])}, OpArgs(floats=(1.0,))),
    "an outer sum": ("y = add a b", {"a": LONG, "b": WIDE}, OpArgs()),
    "an outer product": ("y = matmul a b", {"a": LONG, "b": WIDE}, OpArgs()),
    "an outer comparison": ("y = less a b", {"a": LONG, "b": WIDE}, OpArgs()),
    "an outer choice": ("y = Where c a b", {"a": LONG, "b": WIDE, "c": np.array(True)}, OpArgs()),
    "rows picked over and over": (
        "y = gather a i",
        {"a": np.ones((2, 2**20), np.float32), "i": np.zeros(2**20, np.int64)},
        ints(0),
    ),
    "one array many times": ("y = concat" + " a" * 2000, {"a": LONG}, ints(0)),
    "random numbers": ("y = random_normal s", {"s": np.array([10**9])}, OpArgs(floats=(0.0, 1.0))),
}


@pytest.mark.parametrize(("line", "hold", "said"), HUGE.values(), ids=HUGE)
def test_what_would_be_huge_takes_nothing_at_load(line: str, hold: dict[str, Any], said: OpArgs) -> None:
    load_all()
    content = artifact(graph(line, "z = add x x", hold=hold, args={"y": said}, feed={"x": (None, 2)}))
    tracemalloc.start()
    try:
        NativeBackend().load(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * MB


def test_a_loop_that_doubles_an_array_is_stopped() -> None:
    """2 to the power of the iteration: at load, where all is constant, and on request."""
    lines = looped("x", "identity yes", "concat a2 a2")
    hold = {"x": np.ones(1024, np.float32)}
    tracemalloc.start()
    try:
        made = compiled_flow(lines, hold=hold)
        with pytest.raises(InvalidArgument, match=r"^node 'b' \(concat\): it would make 256 MB|512 MB"):
            Plan(made).run({}, ("out",))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 600 * MB
    assert "out" not in made.folded


@pytest.mark.parametrize(
    ("line", "shapes", "said", "entries"),
    [
        ("y = add a b", [(3, 1), (1, 4)], OpArgs(), 12),
        ("y = add a b", [(5, 3, 1), (4,)], OpArgs(), 60),
        ("y = add a b", [(3, 4), (3, 4)], OpArgs(), 12),
        ("y = matmul a b", [(3, 5), (5, 4)], OpArgs(), 12),
        ("y = matmul a b", [(5, 3), (4, 5)], ints(1, 1), 12),
        ("y = matmul a b", [(7, 3, 5), (7, 5, 4)], OpArgs(), 84),
        ("y = gather a b", [(6, 3), (2, 5)], ints(0), 30),
        ("y = gather a b", [(6, 3), (2, 5)], ints(-1), 60),
        ("y = concat a b", [(6, 3), (2, 3)], ints(0), 24),
        ("y = squaredsubtract a b", [(6, 3), (3,)], OpArgs(), 18),
    ],
)
def test_sizes_are_foreseen(line: str, shapes: list[tuple[int, ...]], said: OpArgs, entries: int) -> None:
    """And they are those that come: 8 bytes for each entry, whatever the type."""
    call = binding(line, said)
    inputs = [np.zeros(shape, np.int64) for shape in shapes]
    (result,) = call.results(inputs)
    assert foreseen(call, inputs) == entries * 8 == result.size * 8


def binding(line: str, said: OpArgs) -> Call:
    feed = dict.fromkeys(line.partition(" = ")[2].split()[1:], (None,))
    return real(line, feed=feed, args={"y": said}).calls[0]


def test_folding_ends_when_all_of_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "FOLDED_LIMIT", 40)
    made = compiled("a = scale c", "b = scale a", "d = scale b", hold={"c": np.ones(2)})
    assert made.folded == {"a", "b"}
    assert Plan(made).run({}, ("d",))["d"].tolist() == [8, 8]


def test_folding_ends_when_it_takes_too_long() -> None:
    made = compiled("a = scale x", "b = scale a", "d = scale b", feed={"x": (2,)})
    ticks = iter([0.0, 1.0, fold.TIME_LIMIT - 1, fold.TIME_LIMIT + 1])
    kept, known = fold.fold(made.calls, {"x": np.ones(2)}, lambda: next(ticks))
    assert ([call.node.name for call in kept], set(known)) == (["d"], {"a", "b"})


def test_an_endless_loop_is_not_warmed_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(instance, "WARM_SECONDS", 0.02)
    with caplog.at_level(logging.DEBUG):
        NativeBackend(iterations=10**12).load(artifact(flow(looped("v", "identity yes", "add a2 two"))))
    assert "not warmed: it took longer than 0.02 s" in caplog.messages


N = 1000

LARGE = {
    "loops": [
        f"a{i} = enter:f{i} x; b{i} = merge a{i} e{i}; c{i} = less b{i} y; g{i} h{i} = switch b{i} c{i};"
        f"d{i} = add h{i} h{i}; e{i} = next_iteration d{i}; o{i} = exit g{i}"
        for i in range(N)
    ],
    "branches": [f"s{i} t{i} = switch x p; u{i} = add t{i} t{i}; m{i} = merge u{i} s{i}" for i in range(N)],
    "variables": [
        f"a{i} = enter:l x; b{i} = merge a{i} e{i}; g{i} h{i} = switch b{i} c; e{i} = next_iteration h{max(i - 1, 0)};"
        f"o{i} = exit g{i}" + ("" if i else "; c = less b0 y")
        for i in range(N)
    ],
}


@pytest.mark.parametrize("lines", LARGE.values(), ids=LARGE)
def test_compiling_looks_at_no_node_more_often_in_a_larger_graph(lines: list[str]) -> None:
    """Counted in function calls, which no other load on the machine disturbs."""
    half, whole = (calls_of(lambda n=n: compiled_flow(*lines[:n])) for n in (N // 2, N))
    assert whole < 2.3 * half


def calls_of(work: Callable[[], object]) -> int:
    count = 0

    def see(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", ["branches", "loops"])
def test_what_stands_too_deep_is_refused_at_once(kind: str) -> None:
    deep = range(1, 3000)
    if kind == "branches":
        lines = "f0 t0 = switch x p;" + ";".join(f"f{i} t{i} = switch t{i - 1} p" for i in deep)
    else:
        lines = "t0 = enter:l0 x;" + ";".join(f"t{i} = enter:l{i} t{i - 1}" for i in deep)
    with pytest.raises(GraphServerError, match=f"more than {DEPTH} branches and loops"):
        compiled_flow(lines)
