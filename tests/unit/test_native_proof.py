"""Rows of different callers may share a run only where they are proven not to meet: engine.md's first rule.

The graphs here run on the kernels that are served, with the rules that these declare.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from opgraphs import compiled, ints, real

from graphserver.backend.instance import Split
from graphserver.backend.native import rows_proof, trial
from graphserver.backend.native.compile import Compiled
from graphserver.backend.native.plan import Plan
from graphserver.backend.native.rows_proof import Stopped, prove
from graphserver.backend.native.trial import Sizes, same, sample
from graphserver.kernels.registry import KernelRegistry, kernel
from graphserver.kernels.rows import EXTENT, WHOLE, Fixed, RowCall, RowRule, Rows, elementwise
from graphserver.spec.dtype import BYTES, INT32

W = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
X4 = {"x": (None, 4)}
TOKENS = {"x": (None, 16, 32)}


def case(name: str, lines: str, expected: Any, **more: Any) -> Any:
    """A row of the tables: nodes separated by ";", the last one's first output is judged."""
    more.setdefault("feed", X4)
    return pytest.param([line.strip() for line in lines.split(";")], more, expected, id=name)


def verdict(made: Compiled) -> Any:
    return prove(made).verdicts[made.graph.nodes[-1].outputs[0]]


PROVEN = [
    case("elementwise", "y = tanh x", Rows(0, 1)),
    case("broadcast constant", "y = add x b", Rows(0, 1), hold={"b": np.ones(4, np.float32)}),
    case("two inputs", "y = multiply x z", Rows(0, 1), feed={**X4, "z": (None, 4)}),
    case("matmul", "y = matmul x w", Rows(0, 1), hold={"w": W}),
    case("dense", "y = xw_plus_b x w b", Rows(0, 1), hold={"w": W, "b": np.ones(3, np.float32)}),
    case("softmax of features", "y = softmax x", Rows(0, 1), args={"y": ints(1)}),
    case("sum of features", "y = reduce_sum x", Rows(0, 1), args={"y": ints(1)}),
    case("concat of features", "y = concat x x", Rows(0, 1), args={"y": ints(1)}),
    case(
        "table look-up", "y = gather t i", Rows(0, 1), feed={"i": (INT32, (None,))}, hold={"t": W}, args={"y": ints(0)}
    ),
    case("transpose carries rows along", "y = permute x", Rows(1, 1), args={"y": ints(1, 0)}),
    case("there and back", "a = permute x; y = permute a", Rows(0, 1), args={"a": ints(1, 0), "y": ints(1, 0)}),
    case("rows unfold by 16", "y = reshape x", Rows(0, 16), feed=TOKENS, args={"y": ints(-1, 32)}),
    case(
        "rows unfold and fold",
        "a = reshape x; y = reshape a",
        Rows(0, 1),
        feed=TOKENS,
        args={"a": ints(-1, 32), "y": ints(-1, 16, 32)},
    ),
    case(
        "reshape by a computed size",
        "s = shape_of x; n = slice s; d = concat n c; y = reshape x d",
        Rows(0, 1),
        feed=TOKENS,
        hold={"c": np.array([512])},
        args={"n": ints(0, 1), "d": ints(0)},
    ),
    case("constant", "y = tanh c", WHOLE, hold={"c": W}),
    case("rank", "y = rank x", WHOLE),
    case("size of another axis", "y = size_at x", WHOLE, args={"y": ints(1)}),
    case("shape", "y = shape_of x", EXTENT),
    case("number of rows times two", "n = size_at x; y = multiply n c", EXTENT, hold={"c": np.array(2)}),
]


@pytest.mark.parametrize(("lines", "more", "expected"), PROVEN)
def test_rows_are_followed_through(lines: list[str], more: dict[str, Any], expected: Any) -> None:
    assert verdict(real(*lines, **more)) == expected


STOPPED = [
    case("log_softmax over rows", "y = log_softmax x", r"node 'y' \(log_softmax\): it normalises", args={"y": ints(0)}),
    case("softmax over rows", "y = softmax x", r"node 'y' \(softmax\): it normalises", args={"y": ints(0)}),
    case("cumsum over rows", "y = cumsum x", r"node 'y' \(cumsum\)", args={"y": ints(0, 0, 0)}),
    case("sum over rows", "y = reduce_sum x", r"node 'y' \(reduce_sum\): it reduces over", args={"y": ints(0)}),
    case("sum over all", "y = reduce_sum x", r"node 'y' \(reduce_sum\)"),
    case("gram matrix", "t = permute x; y = matmul t x", r"node 'y' \(matmul\): it sums", args={"t": ints(1, 0)}),
    case("every row with every row", "t = permute x; y = matmul x t", r"node 'y' \(matmul\)", args={"t": ints(1, 0)}),
    case("concat of rows", "y = concat x x", r"node 'y' \(concat\)", args={"y": ints(0)}),
    case("reverse of rows", "y = reverse x", r"node 'y' \(reverse\)", args={"y": ints(0)}),
    case("flat and regrouped", "y = reshape x", r"node 'y' \(reshape\)", args={"y": ints(4, -1)}),
    case("fixed reshape", "y = reshape x", "the trial run failed", args={"y": ints(6, 4)}),
    case("divided by the batch size", "n = size_at x; y = divide x n", r"node 'y' \(divide\)", args={"n": ints(0)}),
    case("what follows", "a = softmax x; b = tanh a; y = tanh b", r"node 'a' \(softmax\)", args={"a": ints(0)}),
    case("fixed first dimension", "y = tanh x", "input 'x': its first dimension is fixed at 3", feed={"x": (3, 4)}),
    case("scalar input", "y = tanh x", "input 'x': a scalar has no rows", feed={"x": ()}),
    case("unknown rank", "y = tanh x", "input 'x': its shape is not known", feed={"x": None}),
]


@pytest.mark.parametrize(("lines", "more", "why"), STOPPED)
def test_what_mixes_rows_is_stopped_and_named(lines: list[str], more: dict[str, Any], why: str) -> None:
    found = verdict(real(*lines, **more))
    assert isinstance(found, Stopped)
    assert re.search(why, found.reason), found.reason


def one_op(function: Any, rule: RowRule, **more: Any) -> Any:
    """The verdict on "y = op x" for an op of one's own."""
    registry = KernelRegistry()
    kernel("op", rows=rule, registry=registry, **more)(lambda _xp, x: function(x))
    return verdict(compiled("y = op x", feed=X4, kernels=registry))


def claims(state: Any) -> RowRule:
    return lambda call: call.all(state)


def by_size(call: RowCall) -> list[Any]:
    return call.all(Rows(0, 1) if call.rows % 2 else WHOLE)


def broken(call: RowCall) -> list[Any]:
    raise KeyError("axis")


@pytest.mark.parametrize(
    ("function", "rule", "why"),
    [
        (lambda x: x - x.mean(0), elementwise, "probe: in 'y' the rows of one caller change with another's"),
        (lambda x: x[::-1], elementwise, "probe"),
        (lambda x: x[:1], elementwise, "does not keep 1 entries of axis 0 for each row"),
        (lambda x: x.squeeze(), claims(Rows(2, 1)), "does not keep"),
        (lambda x: x.squeeze(0) if len(x) == 1 else x, elementwise, "does not keep"),
        (lambda x: x, claims(Rows(-2, 1)), "does not keep"),
        (lambda x: x.sum(), claims(WHOLE), "probe: 'y' depends on the batch"),
        (lambda x: x, by_size, "it treats batches of different sizes differently"),
        (lambda x: x, broken, "its rule failed: 'axis'"),
        (lambda x: x, lambda _: [], "its rule says nothing of some outputs"),
        (lambda x: x @ x, elementwise, "the trial run failed: matmul"),
    ],
    ids=[
        "mean",
        "reversed",
        "cut",
        "rank",
        "squeezed at one row",
        "negative axis",
        "sum",
        "by size",
        "broken",
        "silent",
        "raises",
    ],
)
def test_a_rule_that_is_wrong_is_found_out(function: Any, rule: RowRule, why: str) -> None:
    found = one_op(function, rule)
    assert isinstance(found, Stopped)
    assert found.reason.startswith("node 'y' (op): ")
    assert why in found.reason


def test_an_op_without_a_rule_or_with_a_mind_of_its_own_stops() -> None:
    registry = KernelRegistry()
    kernel("op", registry=registry)(lambda _xp, x: x)
    assert "it has no rule" in verdict(compiled("y = op x", feed=X4, kernels=registry)).reason
    assert "it does not answer the same twice" in verdict(compiled("y = noise x", feed=X4)).reason


def test_not_a_number_equals_itself_in_the_probe() -> None:
    assert one_op(np.log, elementwise) == Rows(0, 1)


def test_splits_hold_for_a_set_of_outputs_only_when_each_is_proven() -> None:
    made = real(
        "a = tanh x", "b = softmax x", "s = shape_of x", "c = tanh w", feed=X4, hold={"w": W}, args={"b": ints(0)}
    )
    proof = prove(made)
    assert proof.splits(["a", "c"]) == ({"a": Split(0, 1), "c": Split(0, 0)}, "")
    assert proof.splits(["a", "b"]) == (None, "node 'b' (softmax): it normalises over the batch axis")
    assert proof.splits(["a", "s"]) == (None, "variable 's': its value tells the size of the whole batch")


OPEN = {"x": (None, None)}


@pytest.mark.parametrize(
    ("lines", "more", "expected"),
    [
        case("length passes through", "y = tanh x", Rows(0, 1)),
        case("length given by a weight", "y = matmul x w", Rows(0, 1), hold={"w": W}),
        case("length changes the number of rows", "y = reshape x", None, args={"y": ints(-1, 1)}),
    ],
)
def test_a_second_open_dimension_must_not_change_how_rows_lie(
    lines: list[str], more: dict[str, Any], expected: Any
) -> None:
    found = verdict(real(*lines, **{**more, "feed": OPEN}))
    assert found == (expected or Stopped("another open dimension changes how its rows lie"))


def test_a_trial_that_needs_too_much_memory_is_made_smaller_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made = compiled("a = scale x", "b = scale a", feed={"x": (None, 1000)})
    smallest = sum(trial.SMALLEST.all) * 4000
    monkeypatch.setattr(trial, "KEPT_LIMIT", 2 * smallest)
    assert verdict(made) == Rows(0, 1)
    monkeypatch.setattr(trial, "KEPT_LIMIT", smallest)
    assert verdict(made) == Stopped(
        "node 'a' (scale): the trial run failed: a trial run needs more than 0 MB", failed=True
    )


def test_a_trial_drops_what_is_done_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred layers in the memory of three."""
    monkeypatch.setattr(trial, "KEPT_LIMIT", 3 * 26 * 4000)
    lines = [f"v{i + 1} = scale v{i}" for i in range(100)]
    assert verdict(compiled(*lines, feed={"v0": (None, 1000)})) == Rows(0, 1)


def test_a_trial_ends_in_time() -> None:
    times = iter([0.0, 1.0, rows_proof.TIME_LIMIT + 1])
    made = compiled("a = scale x", "b = scale a", feed=X4)
    found = prove(made, lambda: next(times)).verdicts
    assert found["a"] == Rows(0, 1)
    assert found["b"] == Stopped("node 'b' (scale): the trial run took longer than 20 s", failed=True)


def test_the_same_graph_is_tried_the_same_way() -> None:
    one, two = (trial.sizes_of(compiled("y = scale x", feed=X4).graph) for _ in range(2))
    assert one == two
    assert one.a != one.b
    assert Sizes(2, 5).all == (1, 2, 5, 7)


@pytest.mark.parametrize(("dtype", "allowed"), [(INT32, {0, 1}), (BYTES, {b"a", b"b"})])
def test_samples_of_a_type_stay_within_what_indices_and_texts_may_be(dtype: Any, allowed: set[Any]) -> None:
    made = compiled("y = scale x", feed={"x": (dtype, (None, 3, None))})
    values = sample(made.graph, made.graph.variables["x"], 6, 8)
    assert values.shape == (6, 3, 8)
    assert values.dtype == dtype.numpy
    assert set(values.ravel().tolist()) == allowed


@pytest.mark.parametrize(
    ("got", "expected", "equal"),
    [
        (np.float32([1, np.nan]), np.float32([1 + 1e-6, np.nan]), True),
        (np.float32([1, 2]), np.float32([1, 2.01]), False),
        (np.float16([1, 2]), np.float16([1.002, 2]), True),
        (np.int32([1]), np.int32([2]), False),
        (np.int32([1]), np.int64([1]), False),
        (np.array([b"a"], object), np.array([b"a"], object), True),
        (np.zeros(2), np.zeros(3), False),
        (np.float32([np.inf, 1]), np.float32([np.inf, 1]), True),
    ],
)
def test_values_are_compared_as_their_type_allows(got: Any, expected: Any, equal: bool) -> None:
    assert same(got, expected) is equal


def test_what_is_proven_holds_for_callers_of_unequal_size() -> None:
    """The claim itself, for every proven row of the table: a batch of strangers gives each what it gets alone."""
    random = np.random.default_rng(3)
    for param in PROVEN:
        lines, more, state = param.values
        if isinstance(state, Fixed):
            continue
        made = real(*lines, **more)
        name = made.graph.nodes[-1].outputs[0]
        callers = [_rows(made, n, random) for n in (1, 4, 2)]
        joined = {key: np.concatenate([caller[key] for caller in callers]) for key in callers[0]}
        parts = [Plan(made).run(caller, (name,))[name] for caller in callers]
        whole = Plan(made).run(joined, (name,))[name]
        np.testing.assert_allclose(whole, np.concatenate(parts, state.axis), rtol=1e-5, atol=1e-6, err_msg=param.id)


def _rows(made: Compiled, n: int, random: np.random.Generator) -> Mapping[str, Any]:
    def values(found: Any) -> Any:
        shape = (n, *found.shape[1:])
        return (
            random.integers(0, 4, shape, np.int32) if found.dtype is INT32 else random.normal(size=shape).astype("f4")
        )

    return {name: values(found) for name, found in made.graph.variables.items() if found.kind.name == "PLACEHOLDER"}
