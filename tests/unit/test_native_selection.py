"""Which outputs a request gets, which inputs these take, and what is said when it cannot be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from opgraphs import compiled

from graphserver.backend.instance import Split
from graphserver.backend.native.compile import Compiled
from graphserver.backend.native.rows_proof import prove
from graphserver.backend.native.selection import KEPT, Selector
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OutputMode

ROWS = (None, 2)


def trained(**more: Any) -> Compiled:
    """A model saved with its loss: h and pred from input, loss from pred and label, gain from the weight alone."""
    more.setdefault("losses", frozenset({"loss"}))
    return compiled(
        "gain = scale w",
        "h = scale input",
        "pred = add h gain",
        "loss = add pred label",
        feed={"input": ROWS, "label": ROWS},
        hold={"w": np.ones(2, np.float32)},
        **more,
    )


def selector(made: Compiled, **more: Any) -> Selector:
    return Selector(made, prove(made), **more)


@pytest.mark.parametrize(
    ("fed", "more", "outputs", "inputs"),
    [
        ("input", {}, "gain h pred", "input"),
        ("input label", {}, "gain h pred loss", "input label"),
        ("input label", {"outputs": ("pred",)}, "pred", "input"),
        ("input", {"outputs": ("loss", "pred")}, "pred", "input"),
        ("input", {"mode": OutputMode.IMPLICIT}, "pred", "input"),
        ("input label", {"mode": OutputMode.OPTIMIZED}, "pred loss", "input label"),
        ("input label", {"mode": OutputMode.OPTIMIZED, "losses": frozenset[str]()}, "loss", "input label"),
        ("", {}, "gain", ""),
    ],
    ids=[
        "variable space",
        "with labels",
        "listed",
        "listed, not fed",
        "leaves",
        "leaves, labels",
        "no losses",
        "nothing fed",
    ],
)
def test_the_default_set(fed: str, more: dict[str, Any], outputs: str, inputs: str) -> None:
    chosen = selector(trained(**more)).select(frozenset(fed.split()), None)
    assert (" ".join(chosen.outputs), " ".join(chosen.inputs)) == (outputs, inputs)


def test_compatibility_answers_everything_in_the_files_order() -> None:
    chosen = selector(trained(), dl4j_compat=True).select(frozenset({"input"}), None)
    assert chosen.outputs == ("input", "w", "gain", "h", "pred")
    assert chosen.splits == {
        "input": Split(0, 1), "w": Split(0, 0), "gain": Split(0, 0), "h": Split(0, 1), "pred": Split(0, 1)
    }  # fmt: skip


def test_what_is_asked_for_decides_the_inputs() -> None:
    choose = selector(trained()).select
    assert choose(frozenset({"input", "label"}), ("pred", "h", "pred")).outputs == ("pred", "h")
    assert choose(frozenset({"input", "label"}), ("pred",)).inputs == ("input",)
    assert choose(frozenset({"input"}), ("gain",)).inputs == ()


@pytest.mark.parametrize(
    ("fed", "asked", "text"),
    [
        ("input", ["loss", "pred"], "missing input label: FLOAT[-1,2]; needed for output 'loss', 'pred'"),
        ("", ["loss"], "missing input input: FLOAT[-1,2]; label: FLOAT[-1,2]; needed for output 'loss'"),
        (
            "input",
            ["nope", "pred"],
            "output 'nope' cannot be answered; it can be asked for 'gain', 'h', 'pred', 'loss'",
        ),
        ("input", ["w"], "output 'w' cannot be answered; it can be asked for 'gain', 'h', 'pred', 'loss'"),
        ("input", ["input"], "output 'input' cannot be answered; it can be asked for 'gain', 'h', 'pred', 'loss'"),
    ],
)
def test_what_cannot_be_answered_is_said(fed: str, asked: Sequence[str], text: str) -> None:
    with pytest.raises(InvalidArgument) as error:
        selector(trained()).select(frozenset(fed.split()), tuple(asked))
    assert str(error.value) == text


def test_nothing_to_answer_names_the_missing_placeholder_but_not_the_labels() -> None:
    made = compiled("h = scale input", "l = add h label", feed={"input": ROWS, "label": ROWS}, losses=frozenset({"l"}))
    with pytest.raises(InvalidArgument, match=r"nothing can be computed .* missing input input: FLOAT\[-1,2\]$"):
        selector(made).select(frozenset({"label"}), None)


def test_a_graph_without_nodes_has_nothing_to_answer() -> None:
    with pytest.raises(InvalidArgument, match="no variable that could be answered"):
        selector(compiled(feed={})).select(frozenset(), None)


def test_what_was_left_out_cannot_be_asked_for() -> None:
    made = compiled("p = scale x", "l = odd p", feed={"x": ROWS}, losses=frozenset({"l"}))
    choose = selector(made).select
    assert choose(frozenset({"x"}), None).outputs == ("p",)
    with pytest.raises(InvalidArgument, match="'l' cannot be answered"):
        choose(frozenset({"x"}), ("l",))


def test_a_long_list_of_names_is_cut() -> None:
    made = compiled(*(f"v{i} = scale x" for i in range(40)), feed={"x": ROWS})
    with pytest.raises(InvalidArgument, match=r"'v11' and 28 more$"):
        selector(made).select(frozenset({"x"}), ("nope",))


def test_the_same_question_has_the_same_answer() -> None:
    choose, fed = selector(trained()).select, frozenset({"input"})
    assert choose(fed, None) is choose(fed, None)
    assert choose(fed, ()) is choose(fed, None)
    assert choose(fed, ("pred",)) is choose(fed | {"label"}, ("pred", "pred"))
    assert choose(fed, ("pred",)) is not choose(fed, ("h",))


def test_what_is_remembered_is_bounded() -> None:
    made = selector(compiled("y = scale x", feed={"x": ROWS}))
    for i in range(KEPT + 50):
        made.select(frozenset({"x", f"other{i}"}), None)
    remembered: Any = made._outputs
    assert remembered.cache_info().currsize == KEPT


def test_the_usual_inputs_are_those_that_answers_need() -> None:
    assert selector(trained()).usual == {"input"}


def test_a_set_that_is_not_proven_says_which_node_prevents_it() -> None:
    chosen = selector(compiled("y = scale x", "z = product y y", feed={"x": (None, 2)})).select(frozenset({"x"}), None)
    assert chosen.splits is None
    assert chosen.reason.startswith("node 'z' (product): ")
    alone = selector(compiled("y = scale x", "z = product y y", feed={"x": (None, 2)})).select(frozenset({"x"}), ("y",))
    assert alone.splits == {"y": Split(0, 1)}
    assert alone.reason == ""
