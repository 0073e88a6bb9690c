"""The queue keeps service order, finds requests by id and knows the earliest deadline."""

import math

from fakes import request

from graphserver.backend.instance import Selection
from graphserver.scheduler.queue import RequestQueue

ANY = Selection(("x",), ("x",))


def test_priority_then_arrival() -> None:
    queue = RequestQueue()
    ids = [queue.add("g", ANY, request(priority=p)[0]) for p in (1, 0, 1, 0)]
    assert [w.id for w in queue.groups[0].waiting] == [ids[1], ids[3], ids[0], ids[2]]


def test_take_returns_the_head_and_forgets_empty_groups() -> None:
    queue = RequestQueue()
    pendings = [request()[0] for _ in range(3)]
    for each in pendings:
        queue.add("g", ANY, each)
    selection, taken = queue.take("g", 2)
    assert selection is ANY
    assert taken == pendings[:2]
    assert queue.take("g", 1)[1] == pendings[2:]
    assert (len(queue), queue.groups) == (0, [])


def test_remove_from_the_middle_and_twice() -> None:
    queue = RequestQueue()
    pendings = [request()[0] for _ in range(3)]
    ids = [queue.add("g", ANY, each) for each in pendings]
    assert queue.remove(ids[1]) is pendings[1]
    assert queue.remove(ids[1]) is None
    assert queue.take("g", 2)[1] == [pendings[0], pendings[2]]


def test_earliest_deadline_skips_what_has_left() -> None:
    queue = RequestQueue()
    first = queue.add("g", ANY, request(deadline=5.0)[0])
    queue.add("h", ANY, request(deadline=7.0)[0])
    queue.add("h", ANY, request()[0])
    assert queue.earliest_deadline == 5.0
    assert queue.expired(6.0) == (first,)
    queue.remove(first)
    assert queue.earliest_deadline == 7.0
    queue.take("h", 2)
    assert queue.earliest_deadline == math.inf
    assert queue.expired(100.0) == ()
