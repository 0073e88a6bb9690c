"""Branches, loops, lists and random numbers on the strict fake of CuPy: the numbers of the host."""

from typing import Any

import numpy as np
import pytest
from flowgraphs import COUNTED, DOUBLED, arrays, flow, nested
from strict_cupy.launch import COPIES, REFUSED

from graphserver.backend.arrays import NUMPY, ArrayModule
from graphserver.backend.device import Device
from graphserver.backend.device_arrays import CudaArrays
from graphserver.backend.native.compile import compile_graph
from graphserver.backend.native.plan import Plan
from graphserver.kernels.catalog import load_all

pytestmark = pytest.mark.usefixtures("device")

LISTS = (
    "h f = create_list; k0 = enter:l zero; f0 = enter:l f; k = merge k0 k3; f4 = merge f0 f3; c = less k n;"
    "k1 k2 = switch k c; f1 f2 = switch f4 c; y2 = multiply v v; w = write_list h k2 y2 f2; k4 = add k2 one;"
    "k3 = next_iteration k4; f3 = next_iteration w; out1 = exit f1; out = gather_list h every out1"
)

GRAPHS: dict[str, tuple[str, dict[str, Any]]] = {
    "a branch": ("f t = switch v p; a = add t v; out = merge a f", {"p": True}),
    "the other branch": ("f t = switch v p; a = add t v; out = merge a f", {"p": False}),
    "a branch on what was computed": ("c = greater x y; f t = switch v c; a = add t v; out = merge a f", {"y": 0.5}),
    "a branch of weights": ("f t = switch k p; a = add t v; out = merge a f", {"p": True}),
    "a loop": (DOUBLED, {"n": 3}),
    "a loop in a loop": (nested("a2", "k", "add left two"), {"n": 2, "m": 3}),
    "a loop that looks up a table": (COUNTED.format(body="gather table i2") + "; table = identity v", {"n": 2}),
    "a list": (LISTS, {"n": 3}),
    "random numbers": ("r = random_normal size; out = add v r", {}),
    "a shuffle": ("out = random_shuffle v", {}),
}

HOLD = {"every": np.array([-1], np.int32), "k": np.ones(3, np.float32), "size": np.array([2, 3])}


@pytest.mark.parametrize(("lines", "inputs"), GRAPHS.values(), ids=GRAPHS)
def test_a_device_answers_as_the_host_does(lines: str, inputs: dict[str, Any]) -> None:
    given = arrays(x=1.0, v=np.arange(6).reshape(2, 3), **inputs)
    host, device = (ran(module, lines, given) for module in (NUMPY, CudaArrays(Device("cuda", 1)).module))
    np.testing.assert_array_equal(device, host)
    assert device.dtype == host.dtype
    assert REFUSED == []


def ran(module: ArrayModule, lines: str, given: dict[str, Any]) -> Any:
    read = {name: value for name, value in HOLD.items() if name in lines.replace(";", " ").split()}
    with module.entered():
        plan = Plan(compile_graph(flow(lines, hold=read), load_all(), module))
        needed = {name: given[name] for name in given if name in plan.compiled.graph.variables}
        COPIES.clear()
        return plan.run(needed, ("out",))["out"]


def test_a_loop_waits_for_nothing_but_its_condition() -> None:
    """Once for each time that it is looked at, and for the answer."""
    ran(CudaArrays(Device("cuda", 0)).module, DOUBLED, arrays(x=1.0, n=4))
    assert COPIES == ["put"] * 2 + ["get"] * 6
