"""A request is answered once, whatever happens around it."""

from collections.abc import Callable

import pytest
from fakes import request

from graphserver.spec.errors import NotFound
from graphserver.spec.request import Pending


def test_replies_then_one_final() -> None:
    pending, answers = request()
    pending.reply({})
    pending.reply(None, True)
    assert answers.rows == [{}, None]
    assert answers.finals == 1
    assert pending.over


def test_later_answers_are_ignored_and_counted() -> None:
    pending, answers = request()
    pending.fail(NotFound("gone"))
    pending.reply({}, True)
    pending.fail(NotFound("again"))
    assert str(answers.error) == "gone"
    assert answers.rows == []
    assert pending.ignored == 2


def test_cancel_tells_the_holder_once_and_answers_nothing() -> None:
    pending, answers = request()
    left: list[str] = []
    pending.on_cancel = lambda: left.append("queue")
    pending.cancel()
    pending.cancel()
    pending.reply({}, True)
    assert left == ["queue"]
    assert pending.cancelled
    assert (answers.rows, answers.error) == ([], None)


def test_cancel_after_the_end_does_nothing() -> None:
    pending, _ = request()
    pending.on_cancel = lambda: (_ for _ in ()).throw(AssertionError)
    pending.reply({}, True)
    pending.cancel()
    assert not pending.cancelled


@pytest.mark.parametrize(
    "end",
    [lambda p: p.reply({}, True), lambda p: p.fail(NotFound("x")), lambda p: p.cancel()],
    ids=["reply", "fail", "cancel"],
)
def test_every_end_runs_the_end_callbacks_once(end: Callable[[Pending], None]) -> None:
    pending, _ = request()
    order: list[str] = []
    pending.at_end(lambda _: order.append("first"))
    pending.at_end(lambda _: order.append("second"))
    end(pending)
    end(pending)
    assert order == ["second", "first"]
