"""A Plan runs what is asked for, frees what is done with, stops when told, and blames the right node."""

import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from opgraphs import FAILURES, TINY, compiled, graph, ints

from graphserver.backend.arrays import ArrayModule
from graphserver.backend.native.compile import compile_graph
from graphserver.backend.native.plan import PROGRAMS, Plan
from graphserver.kernels.registry import KernelRegistry, kernel
from graphserver.spec.errors import (
    DeadlineExceeded,
    ExecutionFailed,
    GraphServerError,
    InvalidArgument,
    Overloaded,
    Unavailable,
)

X = {"x": (None, 2)}
ONES = {"x": np.ones((1, 2), np.float32)}


def watched(see: Callable[[str, Any], None]) -> KernelRegistry:
    """Kernel `step`: adds one and tells `see` the node's number; a slow train of ops whose life can be watched."""
    registry = KernelRegistry()

    @kernel("step", ints=("number",), registry=registry)
    def step(_xp: Any, x: Any, number: int) -> Any:
        result = x + 1
        see(str(number), result)
        return result

    return registry


def chain(*names: str, see: Callable[[str, Any], None]) -> Plan:
    """x → names[0] → names[1] …; each node tells `see` its place."""
    lines = [f"{name} = step {before}" for before, name in zip(("x", *names), names, strict=False)]
    args = {name: ints(i) for i, name in enumerate(names)}
    return Plan(compiled(*lines, feed=X, args=args, kernels=watched(see)))


def test_only_what_the_outputs_need_runs() -> None:
    ran = list[str]()
    plan = chain("a", "b", "c", see=lambda number, _: ran.append(number))
    assert list(plan.run(ONES, ("b", "a"))) == ["b", "a"]
    assert ran == ["0", "1"]


def test_inputs_that_are_not_needed_are_not_missed() -> None:
    plan = Plan(compiled("p = scale x", "loss = add p label", feed={**X, "label": (None, 2)}))
    np.testing.assert_array_equal(plan.run(ONES, ("p",))["p"], [[2, 2]])
    with pytest.raises(InvalidArgument, match="input 'label' is missing"):
        plan.run(ONES, ("loss",))


def test_a_value_is_freed_at_its_last_use() -> None:
    made, alive = list[weakref.ref[Any]](), list[list[bool]]()

    def see(_number: str, result: Any) -> None:
        made.append(weakref.ref(result))
        alive.append([one() is not None for one in made])

    chain("a", "b", "c", "d", see=see).run(ONES, ("d",))
    assert alive == [[True], [True, True], [False, True, True], [False, False, True, True]]


def test_a_second_output_that_nobody_reads_is_freed_at_once() -> None:
    registry, unread, gone = KernelRegistry(), list[weakref.ref[Any]](), list[bool]()

    @kernel("pair", registry=registry)
    def pair(_xp: Any, x: Any) -> tuple[Any, ...]:
        second = x + 1
        unread.append(weakref.ref(second))
        return x + 0, second

    @kernel("look", registry=registry)
    def look(_xp: Any, x: Any) -> Any:
        gone.append(unread[0]() is None)
        return x

    plan = Plan(compiled("a b = pair x", "c = look a", "d = look c", feed=X, kernels=registry))
    plan.run(ONES, ("d",))
    assert gone == [True, True]


def test_values_used_twice_and_outputs_outlive_their_readers() -> None:
    plan = Plan(compiled("a = scale x", "b = add a a", "c = add a b", "d e = both c", "f = add e x", feed=X))
    got = plan.run(ONES, ("a", "f", "c"))
    assert {name: value.tolist() for name, value in got.items()} == {"a": [[2, 2]], "f": [[6, 6]], "c": [[6, 6]]}


@pytest.mark.parametrize(
    ("how", "expected", "text"),
    [
        (ValueError, InvalidArgument, "no good; inputs float32[1, 2]"),
        (IndexError, InvalidArgument, "no good; inputs float32[1, 2]"),
        (TypeError, InvalidArgument, "no good; inputs float32[1, 2]"),
        (ZeroDivisionError, ExecutionFailed, "ZeroDivisionError: no good; inputs float32[1, 2]"),
        (MemoryError, Overloaded, "not enough memory for inputs float32[1, 2]"),
        (Unavailable, Unavailable, "no\n good"),
    ],
)
def test_an_error_names_its_node(how: type[Exception], expected: type[GraphServerError], text: str) -> None:
    plan = Plan(compiled("a = scale x", "b = fails a", feed=X, args={"b": ints(FAILURES.index(how))}))
    with pytest.raises(expected) as error:
        plan.run(ONES, ("b",))
    assert str(error.value) == f"node 'b' (fails): {text}"


def test_shapes_that_do_not_fit_are_the_callers_fault() -> None:
    plan = Plan(compiled("y = product x w", feed=X, hold={"w": np.ones((3, 4))}))
    with pytest.raises(InvalidArgument, match=r"node 'y' \(product\): .*inputs float32\[1, 2\], float64\[3, 4\]"):
        plan.run(ONES, ("y",))


def test_a_kernel_that_gives_too_few_results_is_the_models_fault() -> None:
    plan = Plan(compiled("a b c = both x", feed=X))
    with pytest.raises(ExecutionFailed, match=r"node 'a' .*2 results where the graph expects 3"):
        plan.run(ONES, ("c",))


def test_the_check_stands_between_ops_and_its_error_is_passed_on() -> None:
    ran, left = list[str](), [2]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise DeadlineExceeded("too late")

    plan = chain("a", "b", "c", see=lambda number, _: ran.append(number))
    with pytest.raises(DeadlineExceeded, match=r"^too late$"):
        plan.run(ONES, ("c",), check)
    assert ran == ["0", "1"]


def test_floating_point_trouble_is_a_value_not_a_warning() -> None:
    plan = Plan(compiled("a = scale x", feed=X, args={"a": ints(10**30)}))
    assert np.isinf(plan.run({"x": np.full((1, 2), 1e30, np.float32)}, ("a",))["a"]).all()


def test_one_plan_serves_eight_threads() -> None:
    plan = Plan(compiled("a = scale x", "b = add a x", "c d = both b", "e = add c d", "f = add e a", feed=X))
    wrong = list[float]()

    def work(seed: int) -> None:
        for i in range(200):
            value = float(seed * 1000 + i)
            got = plan.run({"x": np.full((3, 2), value, np.float32)}, ("f",))["f"]
            if not (got == 8 * value).all():
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_programs_are_bounded_and_a_plan_dies_with_its_last_reference() -> None:
    names = [f"v{i}" for i in range(PROGRAMS + 9)]
    plan = Plan(compiled(*(f"{name} = scale x" for name in names), feed=X, hold={"w": np.ones(3)}))
    for name in names:
        plan.run(ONES, (name,))
    programs: Any = plan._program
    assert programs.cache_info().currsize == PROGRAMS
    kept = weakref.ref(plan.compiled.constants["w"])
    del plan, programs
    assert kept() is None, "weights are freed without waiting for the garbage collector"


def test_results_are_arrays_even_where_a_kernel_gives_a_scalar() -> None:
    registry = KernelRegistry()
    kernel("total", registry=registry)(lambda _xp, x: x.sum())
    got = Plan(compiled("y = total x", feed=X, kernels=registry)).run(ONES, ("y",))["y"]
    assert type(got) is np.ndarray
    assert got.shape == ()


class Elsewhere(np.ndarray[Any, Any]):
    """An array of a make-believe device."""


def test_another_array_module_moves_values_in_one_place_and_keeps_host_inputs_on_the_host() -> None:
    registry, seen = KernelRegistry(), list[list[type]]()

    @kernel("reshape", host=(1,), registry=registry)
    def reshape(xp: Any, x: Any, shape: Any) -> Any:
        assert xp is device.xp
        seen.append([type(x), type(shape)])
        return x.reshape(shape)

    @kernel("flat_shape", registry=registry)
    def flat_shape(_xp: Any, x: Any) -> Any:
        return np.array([-1]).view(Elsewhere)

    device = ArrayModule(
        object(), lambda array: array.view(Elsewhere), lambda array: np.asarray(array).view(np.ndarray)
    )
    lines = "a = reshape x dims", "s = flat_shape x", "b = reshape a s"
    plan = Plan(compile_graph(graph(*lines, feed=X, hold={"dims": [2, 1]}), registry, device))
    assert type(plan.run(ONES, ("b",))["b"]) is np.ndarray
    assert seen == [[Elsewhere, np.ndarray], [Elsewhere, np.ndarray]]


def test_a_program_reads_constants_that_are_asked_for() -> None:
    made = compile_graph(graph("y = scale c", hold={"c": np.ones(2)}), TINY)
    plan = Plan(replace(made, calls=()))
    assert plan.run({}, ("c", "y"))["y"].tolist() == [2, 2]
