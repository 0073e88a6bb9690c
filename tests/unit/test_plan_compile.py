"""A graph is made ready once: kernels found, options bound, constant parts computed, the impossible refused."""

import logging
from typing import Any

import numpy as np
import pytest
from opgraphs import TINY, compiled, graph, ints

from graphserver.backend.arrays import ALIGNMENT, weight
from graphserver.backend.native import fold
from graphserver.backend.native.compile import compile_graph
from graphserver.backend.native.plan import Plan
from graphserver.kernels.registry import KernelRegistry, kernel
from graphserver.spec.errors import InvalidArgument, Unsupported

X = {"x": (None, 2)}


def test_all_nodes_that_cannot_run_are_named_at_once() -> None:
    with pytest.raises(Unsupported) as error:
        compiled("a = conv9 x", "b = add a x", "c = warp b", feed=X)
    assert str(error.value) == (
        "2 nodes cannot run: node 'a' (conv9): there is no kernel for this op; "
        "node 'c' (warp): there is no kernel for this op"
    )


@pytest.mark.parametrize(
    ("line", "args", "why"),
    [("y = add x", (), r"missing a required argument: 'y'"), ("y = scale x x x", (), "too many positional arguments")],
)
def test_a_node_with_inputs_that_its_kernel_does_not_take_is_refused(
    line: str, args: tuple[int, ...], why: str
) -> None:
    with pytest.raises(Unsupported, match=rf"node 'y' .*{why}"):
        compiled(line, feed=X, args={"y": ints(*args)})


def test_arguments_that_a_kernel_cannot_read_are_refused() -> None:
    registry = KernelRegistry()
    kernel("picky", read=lambda args: {"n": args.ints[3]}, registry=registry)(lambda _xp, x, n: x)
    with pytest.raises(Unsupported, match=r"node 'y' \(picky\): tuple index out of range"):
        compiled("y = picky x", feed=X, kernels=registry)


def test_a_loss_that_cannot_run_is_left_out_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        made = compiled("p = scale x", "loss = odd_loss p", "total = add loss loss", feed=X, losses={"loss", "total"})
    assert [record.getMessage() for record in caplog.records] == [
        "left out, only training needs it: node 'loss' (odd_loss): there is no kernel for this op"
    ]
    assert set(made.left_out) == {"loss", "total"}
    assert [call.node.name for call in made.calls] == ["p"]


@pytest.mark.parametrize("more", [{"losses": {"l"}, "outputs": ("l",)}, {"losses": {"l"}, "lines": ["y = add l x"]}])
def test_a_loss_that_somebody_needs_is_not_left_out(more: dict[str, Any]) -> None:
    with pytest.raises(Unsupported, match="node 'l'"):
        compiled("l = odd_loss x", *more.pop("lines", []), feed=X, **more)


def test_reading_what_nothing_makes_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"node 'y' \(add\) reads 'ghost', which nothing before it makes"):
        compiled("y = add x ghost", feed=X)


def test_what_follows_from_constants_is_computed_once() -> None:
    made = compiled("d = scale c", "e f = both d", "y = add x e", "z = add x f", feed=X, hold={"c": np.ones(2)})
    assert [call.node.name for call in made.calls] == ["y", "z"]
    assert made.folded == {"d", "e", "f"}
    np.testing.assert_array_equal(made.constants["f"], [1, 1])


@pytest.mark.parametrize("line", ["y = noise c", "y = fails c"])
def test_random_and_failing_nodes_are_not_folded(line: str) -> None:
    made = compiled(line, hold={"c": np.ones(2)})
    assert [call.node.name for call in made.calls] == ["y"]


def test_a_failing_constant_fails_only_who_asks_for_it() -> None:
    plan = Plan(compiled("y = fails c", "z = scale c", hold={"c": np.ones(2)}))
    np.testing.assert_array_equal(plan.run({}, ("z",))["z"], [2, 2])
    with pytest.raises(InvalidArgument, match="node 'y'"):
        plan.run({}, ("y",))


def test_what_would_grow_too_large_is_not_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "FOLD_LIMIT", 15)
    assert not compiled("y = scale c", hold={"c": np.ones(2)}).folded


def test_the_file_is_not_kept_beside_the_weights() -> None:
    made = compiled("y = add x c", feed=X, hold={"c": np.ones(2)})
    assert all(found.value is None for found in made.graph.variables.values())


@pytest.mark.parametrize(
    "given",
    [
        np.arange(6.0).reshape(2, 3).T,
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(4, dtype=">f4"),
        np.frombuffer(b"\0" + bytes(8), np.float32, offset=1),
        np.zeros((0, 3)),
        np.array(3.5),
    ],
    ids=["strided", "fortran", "big-endian", "unaligned", "empty", "scalar"],
)
def test_weights_are_native_contiguous_aligned_and_read_only(given: Any) -> None:
    kept = weight(given)
    np.testing.assert_array_equal(kept, given)
    assert kept.dtype.isnative
    assert kept.flags.c_contiguous
    assert not kept.flags.writeable
    assert not kept.size or kept.ctypes.data % ALIGNMENT == 0


def test_a_weight_that_is_fit_already_is_not_copied() -> None:
    first = weight(np.arange(8.0))
    assert np.shares_memory(weight(first), first)


def test_strings_are_weights_too() -> None:
    assert weight(np.array([b"a\0", b""], object)).tolist() == [b"a\0", b""]


def test_noop_computes_nothing_and_cannot_be_asked_for() -> None:
    made = compile_graph(graph("n = noop x", "y = scale x", feed=X), TINY)
    assert [call.node.name for call in made.calls] == ["y"]
    with pytest.raises(InvalidArgument, match="nothing in the graph computes 'n'"):
        Plan(made).run({}, ("n",))
