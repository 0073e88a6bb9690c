"""Putting things that depend on each other into an order."""

from collections.abc import Callable, Iterator, Sequence

Before = Callable[[int], Iterator[int]]

_NEW, _OPEN, _DONE = range(3)


class Cycle(Exception):
    """Things that depend on each other in a circle; `members` are their places in the sequence."""

    def __init__(self, members: Sequence[int]) -> None:
        super().__init__(f"{len(members)} depend on each other")
        self.members = members


def ordered(count: int, before: Before) -> list[int]:
    """The numbers below `count`, each behind all that `before` names for it; otherwise they stay as they are.

    Depth first on a stack of its own, in time proportional to the dependencies. Raises Cycle.
    """
    states, order = [_NEW] * count, list[int]()
    for start in range(count):
        if states[start] == _NEW:
            _visit(start, before, states, order)
    return order


def _visit(start: int, before: Before, states: list[int], order: list[int]) -> None:
    path = [(start, before(start))]
    states[start] = _OPEN
    while path:
        current, rest = path[-1]
        for other in rest:
            if states[other] == _OPEN:
                members = [each for each, _ in path]
                raise Cycle(members[members.index(other) :])
            if states[other] == _NEW:
                states[other] = _OPEN
                path.append((other, before(other)))
                break
        else:
            path.pop()
            states[current] = _DONE
            order.append(current)
