"""Every caller gets its own rows, or nobody gets any."""

from typing import Any

import numpy as np
import pytest
from fakes import FakeLoop, request

from graphserver.backend.arrays import aligned_empty
from graphserver.backend.instance import Selection, Split
from graphserver.scheduler.batch import RequestBatch, assemble
from graphserver.scheduler.grouping import group_key
from graphserver.scheduler.outbox import Outbox
from graphserver.scheduler.sink import BatchSink, split
from graphserver.spec.errors import Cancelled, DeadlineExceeded, ExecutionFailed


def batch(rows: list[int], **splits: Split) -> RequestBatch:
    items = []
    for i, n in enumerate(rows):
        pending, _ = request(i, n)
        pending.rows = n
        items.append(pending)
    return RequestBatch(items, Selection(("x",), tuple(splits), splits), lambda: 0.0)


@pytest.mark.parametrize(
    ("how", "shape"),
    [(Split(), (5, 3)), (Split(0, 4), (20, 3)), (Split(1, 1), (3, 5)), (Split(2, 2), (2, 3, 10))],
)
def test_split_undoes_concatenation(how: Split, shape: tuple[int, ...]) -> None:
    whole = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    parts = [rows["y"] for rows in split({"y": whole}, batch([1, 3, 1], y=how))]
    assert [part.shape[how.axis] for part in parts] == [n * how.per_row for n in (1, 3, 1)]
    np.testing.assert_array_equal(np.concatenate(parts, how.axis), whole)


def test_an_output_without_rows_is_given_whole() -> None:
    whole = np.arange(3.0)
    assert all(rows["c"] is whole for rows in split({"c": whole}, batch([1, 2], c=Split(0, 0))))


@pytest.mark.parametrize("shape", [(), (4, 2), (6, 2)])
def test_a_wrong_number_of_rows_is_never_shared_out(shape: tuple[int, ...]) -> None:
    with pytest.raises(ExecutionFailed, match=r"output 'y' has shape .* for 5 rows"):
        split({"y": np.zeros(shape)}, batch([2, 3], y=Split()))


def test_one_caller_gets_the_arrays_as_they_are() -> None:
    whole = np.zeros((7, 1))
    assert split({"y": whole}, batch([3], y=Split()))[0]["y"] is whole


def test_results_cross_to_the_loop_with_one_wake_up() -> None:
    loop, woken = FakeLoop(), []
    call = loop.call_soon
    loop.call_soon_threadsafe = lambda job: (woken.append(1), call(job))[1]
    first, answers = request()
    second, others = request()
    work = RequestBatch([first, second], Selection(("x",), ("x",), {"x": Split()}), loop.time)
    sink = BatchSink(work, Outbox(loop))
    sink.rows(0, {"x": np.zeros((1, 2))}, final=False)
    sink.rows(0, {"x": np.ones((1, 2))})
    sink.fail(1, ExecutionFailed("boom"))
    loop.settle()
    assert woken == [1]
    assert (len(answers.rows), answers.finals) == (2, 1)
    assert str(others.error) == "boom"


@pytest.mark.parametrize(
    "arrays",
    [
        [np.arange(6, dtype=np.float32).reshape(3, 2), np.ones((1, 2), np.float32)],
        [np.arange(6, dtype=">i4").reshape(3, 2)],
        [np.arange(6).reshape(3, 2).T],
        [np.array([b"a\0", b""], object), np.array([b"\xff"], object)],
        [np.array(3.5)],
    ],
    ids=["two", "big-endian", "f-order", "bytes", "scalar"],
)
def test_assemble(arrays: list[Any]) -> None:
    whole = assemble(arrays)
    expected = np.concatenate(arrays) if arrays[0].ndim else arrays[0]
    np.testing.assert_array_equal(whole, expected)
    assert whole.dtype.isnative
    assert whole.flags.c_contiguous
    if not whole.dtype.hasobject:
        assert whole.ctypes.data % 64 == 0


def test_a_fit_array_is_not_copied() -> None:
    array = aligned_empty((4, 3), np.dtype(np.float32))
    assert assemble([array]) is array


def test_check_raises_only_when_nobody_waits() -> None:
    now = 0.0
    first, second = request(deadline=1.0)[0], request(deadline=2.0)[0]
    work = RequestBatch([first, second], Selection(("x",), ("x",)), lambda: now)
    now = 1.5
    work.check()
    now = 2.5
    with pytest.raises(DeadlineExceeded):
        work.check()
    first.cancel()
    second.cancel()
    with pytest.raises(Cancelled):
        work.check()


PROVEN = Selection(("x",), ("y",), {"y": Split()})
PAIR = Selection(("x", "z"), ("y",), {"y": Split()})


@pytest.mark.parametrize(
    ("left", "right", "selection", "same"),
    [
        ({"x": np.zeros((1, 2))}, {"x": np.zeros((5, 2))}, PROVEN, True),
        ({"x": np.zeros((1, 2))}, {"x": np.zeros((1, 3))}, PROVEN, False),
        ({"x": np.zeros((1, 2))}, {"x": np.zeros((1, 2), np.float32)}, PROVEN, False),
        ({"x": np.zeros((1, 2))}, {"x": np.zeros((1, 2))}, Selection(("x",), ("y",)), False),
        ({"x": np.zeros((0, 2))}, {"x": np.zeros((0, 2))}, PROVEN, False),
        ({"x": np.zeros(())}, {"x": np.zeros(())}, PROVEN, False),
        ({"x": np.zeros(2), "z": np.zeros(2)}, {"x": np.zeros(3), "z": np.zeros(3)}, PAIR, True),
        ({"x": np.zeros(2), "z": np.zeros(3)}, {"x": np.zeros(2), "z": np.zeros(3)}, PAIR, False),
    ],
)
def test_group_key(left: Any, right: Any, selection: Selection, same: bool) -> None:
    keys = [group_key(request(inputs=inputs)[0], selection)[0] for inputs in (left, right)]
    assert (keys[0] == keys[1]) is same


def test_group_key_counts_rows() -> None:
    assert group_key(request(inputs={"x": np.zeros((5, 2))})[0], PROVEN)[1] == 5
    assert group_key(request(inputs={"x": np.zeros((5, 2))})[0], Selection(("x",), ("y",)))[1] == 1
