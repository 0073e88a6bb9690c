"""Loops as M2.1 writes them: enter, merge, condition, switch, body, next_iteration, exit."""

from typing import Any

import numpy as np
import pytest
from flowgraphs import COUNTED, DOUBLED, answer, compiled_flow, looped, nested

from graphserver.backend.native.rows_proof import prove
from graphserver.backend.native.selection import Selector
from graphserver.spec.errors import InvalidArgument, Unsupported


@pytest.mark.parametrize(("n", "expected"), [(3, [3, 40.0]), (1, [1, 10.0]), (0, [0, 5.0]), (-4, [0, 5.0])])
def test_a_loop_has_two_exits_and_may_take_no_trip(n: int, expected: list[Any]) -> None:
    assert answer(DOUBLED, {"x": 5.0, "n": n}, "steps", "out") == expected


def test_one_exit_may_be_asked_for_alone() -> None:
    assert answer(DOUBLED, {"x": 5.0, "n": 2}, "out") == 20.0


def test_a_value_from_outside_is_seen_inside_without_an_enter() -> None:
    assert answer(COUNTED.format(body="add a2 y"), {"x": 1.0, "y": 10.0, "n": 3}, "out") == 31.0


def test_a_value_may_be_entered_and_never_change() -> None:
    lines = "w = enter:loop y;" + COUNTED.format(body="add a2 w")
    assert answer(lines, {"x": 1.0, "y": 10.0, "n": 3}, "out") == 31.0


def test_variables_change_all_at_once() -> None:
    """a, b = b, a."""
    lines = (
        "i0 = enter:l zero; a0 = enter:l x; b0 = enter:l y; i = merge i0 i3; a = merge a0 a3; b = merge b0 b3;"
        "c = less i n; i1 i2 = switch i c; a1 a2 = switch a c; b1 b2 = switch b c; i4 = add i2 one;"
        "i3 = next_iteration i4; a3 = next_iteration b2; b3 = next_iteration a2; p1 = exit a1; p2 = exit b1"
    )
    assert answer(lines, {"x": 1.0, "y": 2.0, "n": 3}, "p1", "p2") == [2.0, 1.0]
    assert answer(lines, {"x": 1.0, "y": 2.0, "n": 4}, "p1", "p2") == [1.0, 2.0]


def test_what_happens_between_the_last_switch_and_the_exit_happens_once() -> None:
    lines = DOUBLED.replace("out = exit a1", "e = add a1 y; out = exit e")
    assert answer(lines, {"x": 1.0, "y": 100.0, "n": 2}, "out") == 104.0


def test_a_loop_may_run_until_its_condition_holds() -> None:
    lines = looped("x", "greater a y", "add a1 a1").replace("exit a1", "exit a2")
    assert answer(lines, {"x": 1.0, "y": 10.0}, "out") == 16.0


def test_tensorflows_loop_cond_is_the_condition() -> None:
    lines = DOUBLED.replace("c = less i n", "d = less i n; c = loop_cond d")
    assert answer(lines, {"x": 5.0, "n": 2}, "out") == 20.0


def test_what_the_condition_computed_may_be_used_in_the_body() -> None:
    lines = looped("x", "less s y", "add a2 s2") + "; s = add a two; s1 s2 = switch s c"
    assert answer(lines, {"x": 1.0, "y": 10.0}, "out") == 10.0


DEAD = "counter = enter:loop zero; k = merge counter k; k1 = add k one;"


@pytest.mark.parametrize("dead", [DEAD, "k = merge one k; k1 = add k one;"])
def test_the_counter_that_nobody_reads_costs_nothing_and_is_never_answered(dead: str) -> None:
    made = compiled_flow(dead + DOUBLED)
    assert [call.node.name for call in made.calls] == ["loop"]
    assert set(made.left_out) == {"k", "k1"}
    selector = Selector(made, prove(made))
    assert selector.select(frozenset({"x", "n"}), None).outputs == ("steps", "out")
    for inside in ("k", "k1", "a", "a2", "a4", "i3"):
        with pytest.raises(InvalidArgument, match=rf"output '{inside}' cannot be answered"):
            selector.select(frozenset({"x", "n"}), (inside,))


@pytest.mark.parametrize(
    ("first", "more", "body", "expected"),
    [
        ("a2", "y", "add left two", 1 + 3 * (4 * 10 + 2)),
        ("a2", "a2", "add left zero", 1 * 5**3),
        ("two", "a2", "add left zero", ((1 * 4 + 2) * 4 + 2) * 4 + 2),
        ("two", "y", "add left a2", 1 + 3 * (2 + 4 * 10)),
    ],
    ids=["entered", "entered and used", "used inside and not entered", "of the outside alone"],
)
def test_a_while_in_a_while(first: str, more: str, body: str, expected: float) -> None:
    """x + … over n = 3 outer and m = 4 inner iterations, with x = 1, y = 10."""
    inputs = {"x": 1.0, "y": 10.0, "n": 3, "m": 4}
    assert answer(nested(first, more, body), inputs, "out") == expected


def test_an_if_in_a_while() -> None:
    """Even iterations add one, odd ones double."""
    lines = COUNTED.format(body="merge u v") + (
        "; h = mod i2 two2; odd = equals h one; f t = switch a2 odd; u = add t t; v = add f onef"
    )
    hold = {"two2": np.int32(2), "onef": np.float32(1)}
    assert answer(lines, {"x": 1.0, "n": 4}, "out", hold=hold) == ((1 + 1) * 2 + 1) * 2


def test_an_if_in_the_condition() -> None:
    lines = looped("x", "less a limit", "add a2 a2") + "; f t = switch y p; g = add f f; limit = merge t g"
    assert answer(lines, {"x": 1.0, "y": 10.0, "p": True}, "out") == 16.0
    assert answer(lines, {"x": 1.0, "y": 10.0, "p": False}, "out") == 32.0


def test_a_while_in_an_if() -> None:
    lines = "f t = switch x p;" + DOUBLED.replace("enter:loop x", "enter:loop t") + "; end = merge out f"
    assert answer(lines, {"x": 5.0, "p": True, "n": 2}, "end") == 20.0
    assert answer(lines, {"x": 5.0, "p": False, "n": 2}, "end") == 5.0


def test_a_loop_that_is_not_taken_does_not_turn() -> None:
    """Its condition is always true."""
    lines = "f t = switch x p; end = merge out f;" + looped("t", "identity yes", "add a2 two")
    assert answer(lines, {"x": 5.0, "p": False}, "end") == 5.0


REFUSED = {
    "a next value that is no part of the body": (
        DOUBLED.replace("next_iteration a4", "next_iteration b9") + "; b8 b9 = switch a2 p",
        "loop 'loop': 'a3' does not come from its body",
    ),
    "an exit of no loop": ("f t = switch x p; out = exit f", "node 'out' (exit): it leaves no loop"),
    "an exit that no switch decides": (DOUBLED.replace("exit a1", "exit a"), "node 'out' (exit): it leaves no loop"),
    "two conditions": (
        DOUBLED.replace("a1 a2 = switch a c", "k = less a y; a1 a2 = switch a k"),
        "node 'out' (exit): loop 'loop' would end by more than one condition",
    ),
    "a merge that begins outside": (
        DOUBLED.replace("a = merge a0 a3", "a = merge x a3"),
        "node 'a' (merge): it begins a loop with 'x', which does not enter one",
    ),
    "the loop's own condition joined": (
        looped("x", "less a y", "add a2 two").replace("iteration b", "iteration z") + "; z = merge a1 b",
        "node 'z' (merge): it joins loop 'l' with what follows it",
    ),
    "a loop that begins with its own end": (
        DOUBLED + "; b0 = enter:loop out; b = merge b0 b3; b1 b2 = switch b c; b3 = next_iteration b2; o = exit b1",
        "branches and loops that cannot be told apart: node 'out' (exit), node 'a1' (switch), node 'a' (merge)",
    ),
    "a loop that needs its own end": (
        DOUBLED.replace("add a2 a2", "add a2 out"),
        "branches and loops that cannot be told apart",
    ),
}


@pytest.mark.parametrize(("lines", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_loop_is_refused_by_name(lines: str, why: str) -> None:
    with pytest.raises(Unsupported) as error:
        compiled_flow(lines)
    assert str(error.value).startswith(why), error.value
