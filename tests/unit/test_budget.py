"""Bytes in flight: granted in order, never more than the limit, and never a deadlock."""

import pytest

from graphserver.transport.budget import Budget


def test_what_fits_is_granted_at_once_and_the_rest_in_order() -> None:
    budget, granted = Budget(100), list[str]()
    first = budget.claim(60, lambda: granted.append("first"))
    second = budget.claim(50, lambda: granted.append("second"))
    third = budget.claim(10, lambda: granted.append("third"))
    assert [first.held, second.held, third.held] == [True, False, False]
    budget.release(first)
    assert granted == ["second", "third"]
    assert budget.used == 60


def test_a_message_larger_than_all_goes_alone() -> None:
    budget, granted = Budget(100), list[str]()
    small = budget.claim(1, lambda: None)
    huge = budget.claim(500, lambda: granted.append("huge"))
    budget.release(small)
    assert granted == ["huge"]
    after = budget.claim(1, lambda: granted.append("after"))
    budget.release(huge)
    assert (granted, after.held, budget.used) == (["huge", "after"], True, 1)


@pytest.mark.parametrize("held", [True, False])
def test_leaving_gives_back_or_stops_waiting(held: bool) -> None:
    budget = Budget(100)
    first, second = budget.claim(100, lambda: None), budget.claim(10, lambda: None)
    budget.release(first if held else second)
    assert budget.used == (10 if held else 100)
