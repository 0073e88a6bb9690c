"""One timer for all deadlines, and nothing kept for calls that are over."""

import gc
import weakref

from fakes import FakeLoop

from graphserver.transport.deadlines import Deadlines


class Late:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.late = 0

    def too_late(self) -> None:
        self.late += 1


def test_each_call_is_told_once_at_its_time() -> None:
    loop = FakeLoop()
    deadlines = Deadlines(loop)
    calls = [Late(loop.now + after) for after in (3.0, 1.0, 2.0)]
    numbers = [deadlines.add(call) for call in calls]
    deadlines.remove(numbers[2])
    loop.run(1.5)
    assert [call.late for call in calls] == [0, 1, 0]
    loop.run(10.0)
    assert [call.late for call in calls] == [1, 1, 0]
    assert len(deadlines) == 0


def test_a_call_that_is_over_is_let_go_and_its_entry_swept() -> None:
    loop = FakeLoop()
    deadlines = Deadlines(loop)
    call = Late(loop.now + 3600)
    gone = weakref.ref(call)
    deadlines.remove(deadlines.add(call))
    del call
    gc.collect()
    assert gone() is None
    for _ in range(10_000):
        deadlines.remove(deadlines.add(Late(loop.now + 3600)))
    assert len(deadlines._heap) <= 1025
