"""A graph is replaced under load: no request is lost, none is answered by two versions, old weights go."""

import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any

import cases
import numpy as np
import pytest

from graphserver import Client, Server
from graphserver.backend.native import NativeBackend
from graphserver.formats.registry import read
from graphserver.proto.graph_writer import write_graph
from graphserver.spec.graph import OpGraph, Variable, VariableKind

REQUESTS, CALLERS, REPLACEMENTS = 20_000, 4, 200


def version(number: int) -> bytes:
    """linreg_13 with weights that make every element of its answer tell the version: x·1 + number."""
    graph: OpGraph = read(cases.case("linreg_13").graph, "g").content

    def changed(variable: Variable) -> Variable:
        if variable.kind is not VariableKind.WEIGHT or variable.value is None:
            return variable
        fill = 1.0 if variable.value.shape == (13, 1) else float(number)
        value = np.full_like(variable.value, fill)
        return replace(variable, value=value)

    variables = {name: changed(variable) for name, variable in graph.variables.items()}
    return bytes(write_graph(replace(graph, variables=variables)))


@contextmanager
def replaced_all_the_time(address: str, count: int) -> Iterator[Event]:
    """Replaces graph 0 `count` times beside the body; the event is set when it is done."""
    done = Event()

    def replace_all() -> None:
        with Client(address) as client:
            for number in range(2, count + 2):
                client.replace(version(number), 0)
        done.set()

    with ThreadPoolExecutor(1) as worker:
        replacing = worker.submit(replace_all)
        yield done
        replacing.result()


def ask(address: str, requests: int, replaced: Event) -> tuple[int, set[int]]:
    """Ask `requests` times, and on until all is replaced; how often, and the versions that answered."""
    x = np.ones((3, 13), np.float32)
    asked, seen = 0, set[int]()
    with Client(address) as client:
        while asked < requests or not replaced.is_set():
            numbers = client.infer(0, {"x": x}, ["price"])["price"] - 13.0
            assert (numbers == numbers[0]).all(), f"one answer holds two versions: {numbers.ravel()}"
            seen.add(int(numbers[0, 0]))
            asked += 1
    return asked, seen


@pytest.fixture
def instances(monkeypatch: pytest.MonkeyPatch) -> list["weakref.ref[Any]"]:
    """Weak references to everything that is loaded."""
    loaded: list[weakref.ref[Any]] = []
    original = NativeBackend.load

    def load(self: NativeBackend, artifact: Any) -> Any:
        instance = original(self, artifact)
        loaded.append(weakref.ref(instance))
        return instance

    monkeypatch.setattr(NativeBackend, "load", load)
    return loaded


@pytest.mark.timeout(600)
def test_replace_under_load(instances: list["weakref.ref[Any]"]) -> None:
    with Server(port=0) as server:
        with Client(server.address) as client:
            client.register(version(1), 0)
        with replaced_all_the_time(server.address, REPLACEMENTS) as done, ThreadPoolExecutor(CALLERS) as callers:
            asking = partial(ask, server.address, REQUESTS // CALLERS)
            results = list(callers.map(asking, [done] * CALLERS))
        assert sum(asked for asked, _ in results) >= REQUESTS
        seen = set().union(*(versions for _, versions in results))
        assert seen <= set(range(1, REPLACEMENTS + 2))
        assert len(seen) > REPLACEMENTS / 4
        with Client(server.address) as client:
            assert client.infer(0, {"x": np.zeros((1, 13), np.float32)})["price"][0, 0] == REPLACEMENTS + 1
        gc.collect()
        assert len(instances) == REPLACEMENTS + 1
        assert [ref() is None for ref in instances] == [True] * REPLACEMENTS + [False]
