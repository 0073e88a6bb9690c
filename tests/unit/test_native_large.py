"""Placeholders that are too large to be tried: such a graph is served, each request alone, and nothing is allocated."""

import tracemalloc
from typing import Any

import pytest
from opgraphs import artifact, graph

from graphserver.backend.native import NativeBackend, trial
from graphserver.kernels.catalog import load_all
from graphserver.spec.tensor import Shape

MB = 2**20


def loaded(feed: dict[str, Shape], *lines: str) -> tuple[Any, int]:
    """The instance, and the most bytes that loading took at one time."""
    load_all()
    content = artifact(graph(*lines, feed=feed))
    tracemalloc.start()
    try:
        return NativeBackend().load(content), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "shape", [(None, 2**40), (None, 2**20, 2**20), (None, 2**62, 0, 2**62), (None, 2**62, 2**62), (None, 2**26)]
)
def test_an_input_of_any_size(shape: Shape) -> None:
    instance, peak = loaded({"x": shape}, "y = square x")
    selection = instance.select(frozenset("x"), None)
    assert selection.splits is None
    assert selection.reason.startswith("input 'x': an array of shape")
    assert peak < MB


def test_many_inputs_that_are_large_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "KEPT_LIMIT", 2 * MB)
    names = [f"x{i}" for i in range(256)]
    _, peak = loaded(dict.fromkeys(names, (None, 2**11)), *(f"y{name} = square {name}" for name in names))
    assert peak < 8 * MB
