"""A call that is over is freed at once: in a cycle its messages would wait for the garbage collector."""

import gc
from collections.abc import Callable, Iterator
from contextlib import suppress

import cases
import numpy as np
import pytest

from graphserver import Client, Server
from graphserver.spec.errors import GraphServerError

GRAPH = cases.case("linreg_13").graph.read_bytes()
X = {"x": np.ones((2, 13), np.float32)}
ASKS: dict[str, Callable[[Client], object]] = {
    "answered": lambda client: client.infer(0, X),
    "refused": lambda client: client.infer(0, {"y": X["x"]}),
    "unknown": lambda client: client.infer(9, X),
    "replaced": lambda client: client.replace(GRAPH, 0),
    "taken": lambda client: client.register(GRAPH, 0),
    "garbage": lambda client: client.replace(GRAPH[:-900], 0),
    "forgotten": lambda client: client.forget(9),
    "healthy": lambda client: client.health(),
}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Server(port=0) as server, Client(server.address) as client:
        client.register(GRAPH, 0)
        yield client


@pytest.mark.parametrize("what", ASKS)
def test_no_cycle_of_ours_is_left(client: Client, what: str) -> None:
    def ask() -> None:
        with suppress(GraphServerError):
            ASKS[what](client)

    for _ in range(5):
        ask()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(10):
            ask()
        gc.collect()
        left = {type(each).__qualname__ for each in gc.garbage if "graphserver" in type(each).__module__}
        held = [each for each in gc.garbage if isinstance(each, memoryview | np.ndarray | GraphServerError)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert (left, held) == (set(), [])
