"""Which models a server starts with, and which ids they answer to."""

import pytest
from fakes_repository import source

from graphserver.repository.naming import starting_models
from graphserver.repository.source import ModelSource
from graphserver.spec.errors import AlreadyExists, GraphServerError, InvalidArgument, NotFound

A, B = source("a", b"1"), source("b", b"2")


def kept(name: str, version: int, graph_id: int) -> ModelSource:
    return ModelSource(name, version, f"state/{graph_id}", lambda: b"9", graph_id)


def started(models: list[ModelSource]) -> dict[str, tuple[int, int | None]]:
    """Version and id of each model."""
    return {model.name: (model.version, model.graph_id) for model in models}


def test_the_model_of_f_gets_id_0() -> None:
    assert started(starting_models([A, B], file="b")) == {"a": (1, None), "b": (1, 0)}


def test_the_only_model_gets_id_0() -> None:
    assert started(starting_models([A])) == {"a": (1, 0)}


def test_several_models_get_no_id_by_themselves() -> None:
    assert started(starting_models([A, B])) == {"a": (1, None), "b": (1, None)}


def test_the_flag_gives_any_model_its_id() -> None:
    ids = [("a", -7), ("b", 0)]
    assert started(starting_models([A, B], ids=ids)) == {"a": (1, -7), "b": (1, 0)}
    assert started(starting_models([A], ids=[("a", 5)], file="a")) == {"a": (1, 5)}


def test_id_0_is_not_taken_from_the_model_that_it_was_given_to() -> None:
    assert started(starting_models([A, B], ids=[("a", 0)], file="b")) == {"a": (1, 0), "b": (1, None)}


def test_what_was_registered_comes_back_beside_the_named_models() -> None:
    assert started(starting_models([A, B], [kept("graph_5", 3, 5)])) == {
        "a": (1, None),
        "b": (1, None),
        "graph_5": (3, 5),
    }


def test_a_registration_does_not_change_another_models_default_id() -> None:
    assert started(starting_models([A], [kept("graph_5", 1, 5)])) == {"a": (1, 0), "graph_5": (1, 5)}


@pytest.mark.parametrize(
    ("listed", "wins"),
    [(source("a", b"1", 1), "state/0"), (source("a", b"1", 2), "state/0"), (source("a", b"1", 3), "here/a")],
)
def test_the_higher_version_wins_and_the_kept_one_at_a_tie(listed: ModelSource, wins: str) -> None:
    (model,) = starting_models([listed], [kept("a", 2, 0)])
    assert (model.origin, model.graph_id) == (wins, 0)


def test_what_was_registered_as_0_keeps_it_from_the_model_of_f() -> None:
    assert started(starting_models([A], [kept("graph_0", 1, 0)], file="a")) == {"a": (1, None), "graph_0": (1, 0)}


@pytest.mark.parametrize(
    ("listed", "ids", "error", "text"),
    [
        ([A, A], [], AlreadyExists, "model 'a' is found twice: here/a and here/a"),
        ([A, B], [("c", 1)], NotFound, "--id c=1: no model 'c'; found: a, b"),
        ([A, B], [("a", 1), ("b", 1)], AlreadyExists, "--id b=1: id 1 belongs to model 'a'"),
        ([A, B], [("a", 1), ("a", 2)], AlreadyExists, "--id a=2: model 'a' has id 1 already"),
        ([A], [("a", 1 << 63)], InvalidArgument, "id 9223372036854775808 does not fit 64 bits"),
    ],
)
def test_contradictions(
    listed: list[ModelSource], ids: list[tuple[str, int]], error: type[GraphServerError], text: str
) -> None:
    with pytest.raises(error, match=text):
        starting_models(listed, ids=ids)
