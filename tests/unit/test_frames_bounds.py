"""What bounds a loop: iterations, deadlines, memory, the time to load; and who may share one."""

import threading
import weakref
from typing import Any

import numpy as np
import pytest
from flowgraphs import COUNTED, DOUBLED, answer, arrays, compiled_flow, flow, looped, nested

from graphserver.backend.native.compile import compile_graph
from graphserver.backend.native.execute import ITERATIONS
from graphserver.backend.native.plan import Plan
from graphserver.backend.native.rows_proof import Stopped, prove
from graphserver.kernels.registry import KernelRegistry, kernel
from graphserver.spec.errors import DeadlineExceeded, ExecutionFailed, InvalidArgument

ENDLESS = looped("x", "identity yes", "add a2 two").replace(":l ", ":my/loop ")


def test_an_endless_loop_is_stopped_by_name() -> None:
    plan = Plan(compiled_flow(ENDLESS), iterations=100)
    with pytest.raises(ExecutionFailed, match=r"^loop 'my/loop' did not end: a request may take 100 iterations in all"):
        plan.run(arrays(x=1), ("out",))


def test_iterations_of_loops_in_loops_count_together() -> None:
    made = compiled_flow(nested("a2", "y", "add left two"))
    inputs = arrays(x=1, y=1, n=10, m=10)
    assert Plan(made, iterations=110).run(inputs, ("out",))
    with pytest.raises(ExecutionFailed, match="109 iterations"):
        Plan(made, iterations=109).run(inputs, ("out",))
    assert ITERATIONS == 100_000


@pytest.mark.parametrize("body", ["add a2 two", ""], ids=["", "empty"])
def test_a_deadline_ends_a_loop(body: str) -> None:
    left = [20]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise DeadlineExceeded("too late")

    plan = Plan(compiled_flow(looped("x", "identity yes", body)))
    with pytest.raises(DeadlineExceeded, match=r"^too late$"):
        plan.run(arrays(x=1), ("out",), check)
    assert left == [-1]


def test_an_error_inside_names_the_node_inside() -> None:
    with pytest.raises(InvalidArgument, match=r"^node 'a4' \(matmul\)"):
        answer(COUNTED.format(body="matmul a2 v"), {"x": np.ones((2, 5)), "v": np.ones((2, 3)), "n": 1}, "out")


def test_eight_threads_share_a_loop() -> None:
    plan, wrong = Plan(compiled_flow(nested("a2", "y", "add left two"))), list[Any]()

    def work(seed: int) -> None:
        for i in range(50):
            n, x = i % 4, float(seed)
            if plan.run(arrays(x=x, y=10, n=n, m=4), ("out",))["out"] != x + n * 42:
                wrong.append((seed, i))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_loop_of_constants_is_run_at_load() -> None:
    made = compiled_flow(DOUBLED, hold={"x": np.float32(3), "n": np.int32(3)})
    assert not made.calls
    assert made.constants["out"] == 24


def test_an_endless_loop_of_constants_fails_only_who_asks_for_it() -> None:
    made = compiled_flow(ENDLESS, "other = add y y", hold={"x": np.float32(3)})
    assert Plan(made).run(arrays(y=1), ("other",))["other"] == 2
    with pytest.raises(ExecutionFailed, match="my/loop"):
        Plan(made).run({}, ("out",))


def test_callers_do_not_share_a_loop() -> None:
    lines = looped("v", "less s two", "add a2 a2") + "; s = reduce_sum a"
    verdicts = prove(compiled_flow(lines)).verdicts
    assert verdicts["out"] == Stopped("node 'l' (while): how often it runs is decided for all callers together")


def test_what_does_not_change_is_computed_once() -> None:
    seen = list[int]()
    registry = counting(seen)
    lines = COUNTED.format(body="add a2 k") + "; k = seen y"
    made = compile_graph(flow(lines), registry)
    got = Plan(made).run(arrays(x=0, y=1, n=5), ("out",))
    assert (got["out"].tolist(), len(seen)) == (5.0, 1)


def add(_xp: Any, x: Any, y: Any) -> Any:
    return np.asarray(x + y)


def less(_xp: Any, x: Any, y: Any) -> Any:
    return np.asarray(x < y)


def counting(seen: list[int], alive: list[weakref.ref[Any]] | None = None) -> KernelRegistry:
    """The kernels that small loops need, and `seen`, which gives its input as a new array and is counted."""
    registry = KernelRegistry()
    kernel("add", registry=registry)(add)
    kernel("less", registry=registry)(less)

    @kernel("seen", registry=registry)
    def look(_xp: Any, x: Any) -> Any:
        fresh = np.array(x)
        seen.append(0 if alive is None else sum(one() is not None for one in alive))
        if alive is not None:
            alive.append(weakref.ref(fresh))
        return fresh

    return registry


def test_what_an_earlier_iteration_made_is_freed() -> None:
    living, alive = list[int](), list[weakref.ref[Any]]()
    lines = COUNTED.format(body="seen a2")
    Plan(compile_graph(flow(lines), counting(living, alive))).run(arrays(x=np.ones(9), n=50), ("out",))
    assert len(living) == 50
    assert max(living) <= 2
