"""DagFlow interprets four effects; targets are fakes that answer when told to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from fakes import Answers, request

from graphserver.dag.dag import Dag
from graphserver.dag.node import Arrived, Effect, Emit, Fail, Inputs, Node, Port, Run, Wait
from graphserver.dag.nodes.infer import Infer
from graphserver.scheduler.flow import DagFlow, submit_of
from graphserver.scheduler.target import Submit
from graphserver.spec.errors import InvalidArgument, NotFound
from graphserver.spec.request import Pending


class Targets:
    """Holds what is submitted, by target name."""

    def __init__(self) -> None:
        self.held: dict[str, list[Pending]] = {}

    def resolve(self, name: str) -> Submit:
        if name == "missing":
            raise NotFound("no model 'missing'")
        return self.held.setdefault(name, []).append

    def answer(self, name: str, value: float) -> None:
        self.held[name].pop(0).reply({"y": np.full((1, 2), value)}, True)

    def waiting(self) -> list[str]:
        return sorted(name for name, held in self.held.items() if any(not p.over for p in held))


def infer(name: str, *sources: str) -> Node:
    ports = {f"in{i}": Port(*s.split(".")) if "." in s else Port("", s) for i, s in enumerate(sources)}
    return Node(name, Infer(name), ports, ("y",))


DIAMOND = Dag(
    "diamond",
    ("x",),
    (infer("a", "x"), infer("b", "a.y"), infer("c", "a.y"), infer("d", "b.y", "c.y"), infer("e", "x")),
    {"out": Port("d", "y"), "side": Port("e", "y")},
)


def start(dag: Dag, **more: Any) -> tuple[Targets, Pending, Answers]:
    targets = Targets()
    pending, answers = request(**more)
    DagFlow(dag, targets.resolve).submit(pending)
    return targets, pending, answers


def test_siblings_run_at_the_same_time_and_only_what_is_needed() -> None:
    targets, _, answers = start(DIAMOND, outputs=("out",))
    assert targets.waiting() == ["a"]
    targets.answer("a", 1)
    assert targets.waiting() == ["b", "c"]
    targets.answer("c", 3)
    targets.answer("b", 2)
    assert {port: rows[0, 0] for port, rows in targets.held["d"][0].inputs.items()} == {"in0": 2, "in1": 3}
    targets.answer("d", 4)
    assert answers.only["out"][0, 0] == 4


def test_all_outputs_when_none_is_asked() -> None:
    targets, _, answers = start(DIAMOND)
    for name, value in {"e": 9, "a": 1, "b": 2, "c": 3, "d": 4}.items():
        targets.answer(name, value)
    assert {name: rows[0, 0] for name, rows in answers.only.items()} == {"out": 4, "side": 9}


def test_children_inherit_deadline_priority_and_parameters() -> None:
    targets, _, _ = start(DIAMOND, deadline=7.0, priority=2, parameters={"k": 1}, request_id="r")
    child = targets.held["a"][0]
    assert (child.deadline, child.priority, child.parameters, child.request_id) == (7.0, 2, {"k": 1}, "r")


def test_one_failure_ends_the_request_and_cancels_the_rest() -> None:
    targets, _, answers = start(DIAMOND)
    targets.held["a"][0].fail(InvalidArgument("bad"))
    assert str(answers.error) == "bad"
    assert targets.waiting() == []


def test_cancel_reaches_every_node_under_way() -> None:
    targets, pending, answers = start(DIAMOND)
    pending.cancel()
    assert targets.waiting() == []
    assert (answers.rows, answers.error) == ([], None)


def test_an_unknown_output_and_an_unknown_target() -> None:
    assert "no output 'q'" in str(start(DIAMOND, outputs=("q",))[2].error)
    lost = Dag("d", ("x",), (infer("missing", "x"),), {"y": Port("missing", "y"), "z": Port("missing", "y")})
    assert "no model 'missing'" in str(start(lost)[2].error)


@dataclass(frozen=True)
class Scripted:
    """A kind that answers from a list."""

    script: tuple[Any, ...]

    def advance(self, state: int | None, arrived: Arrived) -> tuple[int, Sequence[Effect]]:
        step = state or 0
        return step + 1, self.script[step](arrived)


def scripted(*script: Any) -> Dag:
    return Dag("s", ("x",), (Node("n", Scripted(script), {"x": Port("", "x")}, ("y",)),), {"out": Port("n", "y")})


def test_state_is_carried_from_step_to_step() -> None:
    dag = scripted(
        lambda got: [Run("one", "t", got.rows), Wait()],
        lambda got: [Run("two", "t", got.rows)],
        lambda got: [Emit("y", got.rows["y"])],
    )
    targets, _, answers = start(dag)
    targets.answer("t", 1)
    targets.answer("t", 2)
    assert answers.only["out"][0, 0] == 2


def test_a_node_may_answer_without_running_anything() -> None:
    _, _, answers = start(scripted(lambda got: [Emit("y", got.rows["x"])]), value=5)
    assert answers.only["out"][0, 0] == 5


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ([lambda got: [Fail(InvalidArgument("no"))]], "no"),
        ([lambda got: 1 / 0], "node 'n' failed: ZeroDivisionError"),
        ([lambda got: []], "dag 's' ended without n.y"),
        ([lambda got: [Run("t", "missing", got.rows)], lambda got: [Fail(got.error)]], "no model 'missing'"),
    ],
)
def test_a_node_that_fails_or_forgets(script: list[Any], words: str) -> None:
    assert words in str(start(scripted(*script))[2].error)


def test_a_dag_of_one_model_is_entered_at_the_model() -> None:
    targets = Targets()
    plain = Dag("m", ("x",), (Node("m", Infer("m"), {"x": Port("", "x")}, ("y",)),), {"y": Port("m", "y")})
    pending, _ = request()
    submit_of(plain, targets.resolve)(pending)
    assert targets.held["m"] == [pending]


def test_a_renaming_dag_of_one_model_is_a_flow() -> None:
    renamed = Dag("m", ("x",), (Node("m", Infer("m"), {"x": Port("", "x")}, ("y",)),), {"out": Port("m", "y")})
    targets = Targets()
    pending, answers = request()
    submit_of(renamed, targets.resolve)(pending)
    targets.answer("m", 3)
    assert answers.only["out"][0, 0] == 3


def test_infer_emits_what_the_model_answers() -> None:
    assert Infer("m").advance(None, Inputs({}))[1] == [Run("model", "m", {})]
