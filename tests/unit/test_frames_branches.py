"""Conditionals as M2.1 writes them: one side runs, the other does not; what fits into neither is refused by name."""

from typing import Any

import numpy as np
import pytest
from flowgraphs import answer, compiled_flow

from graphserver.backend.native.execute import ALLOWANCE, Allowance, execute
from graphserver.backend.native.frames_place import DEPTH
from graphserver.backend.native.plan import Plan
from graphserver.backend.native.rows_proof import Stopped, prove
from graphserver.kernels.rows import Rows
from graphserver.spec.errors import InvalidArgument, Unsupported

IF = "f t = switch x p; a = add t y; b = subtract f y; out = merge a b"
"""if p: x + y else: x - y, with y used in both without a switch of its own."""

CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], float]] = {
    "true side": (IF, {"x": 5.0, "y": 2.0}, {"p": True}, 7.0),
    "false side": (IF, {"x": 5.0, "y": 2.0}, {"p": False}, 3.0),
    "merge the other way round": (
        "f t = switch x p; a = add t y; b = subtract f y; out = merge b a",
        {"x": 5.0, "y": 2.0},
        {"p": True},
        7.0,
    ),
    "a side that is the value itself": (
        "f t = switch x p; a = add t t; out = merge a f",
        {"x": 5.0},
        {"p": False},
        5.0,
    ),
    "a side that needs no switch": ("f t = switch x p; a = add t t; out = merge a two", {"x": 5.0}, {"p": False}, 2.0),
    "the other side needs none": ("f t = switch x p; a = add f f; out = merge two a", {"x": 5.0}, {"p": False}, 10.0),
    "one switch output": ("f = switch x p; a = add f f; out = merge two a", {"x": 5.0}, {"p": True}, 2.0),
}


@pytest.mark.parametrize(("lines", "inputs", "chosen", "expected"), CASES.values(), ids=CASES)
def test_one_side_answers(lines: str, inputs: dict[str, Any], chosen: dict[str, Any], expected: float) -> None:
    assert answer(lines, {**inputs, **chosen}, "out") == expected


NESTED = (
    "f t = switch x p; g u = switch t q; a = add u u; b = multiply g g; inner = merge a b; c = add f two; "
    "out = merge inner c"
)


@pytest.mark.parametrize(
    ("p", "q", "expected"), [(True, True, 6.0), (True, False, 9.0), (False, True, 5.0), (False, False, 5.0)]
)
def test_an_if_in_an_if(p: bool, q: bool, expected: float) -> None:
    assert answer(NESTED, {"x": 3.0, "p": p, "q": q}, "out") == expected


def test_an_inner_predicate_may_be_made_in_the_outer_branch() -> None:
    lines = "f t = switch x p; c = greater t two; g u = switch t c; a = add u u; inner = merge a g; out = merge inner f"
    assert answer(lines, {"x": 3.0, "p": True}, "out") == 6.0
    assert answer(lines, {"x": 1.0, "p": True}, "out") == 1.0
    assert answer(lines, {"x": 9.0, "p": False}, "out") == 9.0


def test_the_side_that_is_not_taken_does_not_run() -> None:
    lines = "f t = switch v p; a = matmul t t; b = add f f; out = merge a b"
    three = np.ones((1, 3), np.float32)
    assert answer(lines, {"v": three, "p": False}, "out") == [[2, 2, 2]]
    with pytest.raises(InvalidArgument, match=r"^node 'a' \(matmul\)"):
        answer(lines, {"v": three, "p": True}, "out")


def test_only_what_is_asked_for_runs_although_conditions_are_shared() -> None:
    lines = "f t = switch x p; a = add t t; one = merge a f; g u = switch y p; b = add u u; other = merge b g"
    assert answer(lines, {"x": 1.0, "p": True}, "one") == 2.0


def test_values_of_a_branch_are_freed_whether_it_runs_or_not() -> None:
    plan: Any = Plan(
        compiled_flow("f t = switch v p; a = add t t; b = multiply a a; c = add f f; d = merge b c; out = add d d")
    )
    program = plan._program(("out",))
    for p in (True, False):
        kept = _slots_after(program, {"v": np.ones((1, 3), np.float32), "p": np.array(p)})
        assert kept == 1, "the answer alone"


def _slots_after(program: Any, inputs: dict[str, Any]) -> int:
    """How many arrays the slots hold after a run, inputs aside."""
    values = program._start.copy()
    values[ALLOWANCE] = Allowance()
    for name, slot in program._inputs:
        values[slot] = inputs[name]
    execute(program._steps, values, None)
    return sum(isinstance(value, np.ndarray | np.generic) for value in values)


@pytest.mark.parametrize(
    ("predicate", "shape"), [(np.array([True, False]), "bool[2]"), (np.array([], bool), "bool[0]")]
)
def test_a_predicate_is_one_truth_value(predicate: Any, shape: str) -> None:
    with pytest.raises(InvalidArgument, match=r"predicate 'p' is bool\[\d\]; expected one truth value") as error:
        answer(IF, {"x": 1.0, "y": 1.0, "p": predicate}, "out")
    assert shape in str(error.value)


REFUSED = {
    "both sides always there": ("out = merge x y", "node 'out' (merge): it does not join the two sides of one switch"),
    "one side twice": ("f t = switch x p; a = add t t; out = merge a t", "node 'out' (merge): it does not join"),
    "sides of different conditions": (
        "f t = switch x p; g u = switch x q; out = merge t g",
        "node 'out' (merge): it does not join",
    ),
    "sides that never meet": ("f t = switch x p; out = add f t", "node 'out' (add): it reads 'f' and 't', of branches"),
    "a merge of three": ("f t = switch x p; out = merge t f x", "node 'out' (merge): it has 3 inputs"),
    "a switch without a condition": ("f t = switch x; out = merge t f", "node 'f' (switch): it has 1 inputs"),
}


@pytest.mark.parametrize(("lines", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_branch_is_refused_by_name(lines: str, why: str) -> None:
    with pytest.raises(Unsupported) as error:
        compiled_flow(lines)
    assert str(error.value).startswith(why), error.value


def test_branches_may_not_stand_too_deep() -> None:
    lines = ["f0 t0 = switch x p", *(f"f{i} t{i} = switch t{i - 1} p" for i in range(1, DEPTH + 1))]
    with pytest.raises(Unsupported, match=rf"more than {DEPTH} branches and loops stand inside each other"):
        compiled_flow(*lines)


def test_rows_of_several_callers_do_not_share_a_condition_of_their_own() -> None:
    verdicts = prove(compiled_flow("f t = switch v p; a = add t t; out = merge a f")).verdicts
    assert verdicts["out"] == Stopped("input 'p': a scalar has no rows")


def test_a_condition_that_is_the_same_for_all_callers_may_be_shared() -> None:
    verdicts = prove(compiled_flow("f t = switch v yes; a = add t t; out = merge a f")).verdicts
    assert verdicts["out"] == Rows(0, 1)


def test_a_condition_on_rows_is_named() -> None:
    verdicts = prove(compiled_flow("c = greater v two; f t = switch v c; a = add t t; out = merge a f")).verdicts
    found = verdicts["out"]
    assert isinstance(found, Stopped)
    assert "node 'out' (merge)" in found.reason
