"""The recorded DL4J cases (tests/data/dl4j): a graph file, what to feed it, and what DL4J itself answered."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from graphserver.spec.dtype import Array

DATA = Path(__file__).parent / "data"
MORE_CASES = os.environ.get("GRAPHSERVER_MORE_CASES")
"""A folder of further cases in the same form, for whoever has the full set."""


@dataclass(frozen=True)
class Placeholder:
    """dtype is Java's word (FLOAT, INT, LONG …), shape has -1 where a request chooses."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    fed: bool


@dataclass(frozen=True)
class Run:
    """One recorded call; its rows are the batch size where the case has a dynamic batch."""

    inputs: dict[str, Array]
    expected: dict[str, Array]


@dataclass(frozen=True)
class Case:
    """outputs: what to ask for. compare False: nothing of it can be compared; random: outputs that cannot.

    ops: how often each op name occurs in the file.
    """

    name: str
    graph: Path
    placeholders: tuple[Placeholder, ...]
    outputs: tuple[str, ...]
    runs: tuple[Run, ...]
    rtol: float
    atol: float
    dynamic_batch: bool
    compare: bool
    random: frozenset[str]
    ops: dict[str, int]

    def __str__(self) -> str:
        return self.name


@cache
def case(name: str) -> Case:
    """The case of this name, arrays loaded (read-only, for tests share them)."""
    folder = _folders()[name]
    text: dict[str, Any] = json.loads((folder / "case.json").read_text())
    return Case(
        name,
        folder / text["graph"],
        tuple(
            Placeholder(key, one["dtype"], tuple(one["shape"]), one["fed"]) for key, one in text["placeholders"].items()
        ),
        tuple(text["outputs"]),
        tuple(
            _right(name, Run(_arrays(folder, run["inputs"]), _arrays(folder, run["expected"]))) for run in text["runs"]
        ),
        text["rtol"],
        text["atol"],
        text["dynamic_batch"],
        text["compare"],
        frozenset(text.get("no_compare", ())),
        text["ops"],
    )


def _highest(run: Run) -> Array:
    """Where each 2 by 2 window of [b, 3, 7, 7] has its highest entry: (y · 7 + x) · 3 + channel, channels last."""
    windows = run.inputs["x"][..., :6, :6].reshape(-1, 3, 3, 2, 3, 2).transpose(0, 2, 4, 1, 3, 5)
    found = windows.reshape(-1, 3, 3, 3, 4).argmax(-1)
    y, x, channel = np.ogrid[:3, :3, :3]
    return (((2 * y + found // 2) * 7 + 2 * x + found % 2) * 3 + channel).astype("int32")


RIGHT: dict[str, dict[str, Callable[[Run], Array]]] = {
    "pooling": {"ma_0": lambda run: run.expected["mv"].transpose(0, 2, 3, 1), "ma_1": _highest},
    "scatter_family": {"s2d": lambda _run: np.array([1, 9, 2, 9], "float32")},
    "shape_slice": {"ssell": lambda run: run.inputs["x"][..., 1:3]},
}
"""Outputs in which M2.1 is wrong, and what is right.

It leaves max_pool_with_argmax in the shape of its input, copies floats bit by bit into the whole numbers that the file
declares for compat_sparse_to_dense, and finds nothing behind an ellipsis.
"""


def _right(name: str, run: Run) -> Run:
    right = {output: of_run(run) for output, of_run in RIGHT.get(name, {}).items()}
    return Run(run.inputs, {**run.expected, **right})


def names() -> list[str]:
    """The names of all cases, sorted."""
    return sorted(_folders())


def captured(name: str) -> bytes:
    """A recorded message by its path under tests/data/captures, such as "java-client-M2.1/014_InferenceRequest.bin"."""
    return (DATA / "captures" / name).read_bytes()


@cache
def _folders() -> dict[str, Path]:
    roots = [DATA / "dl4j", *([Path(MORE_CASES)] if MORE_CASES else [])]
    return {path.parent.name: path.parent for root in reversed(roots) for path in root.glob("*/graph.fb")}


def _arrays(folder: Path, entries: dict[str, Any]) -> dict[str, Array]:
    return {name: _load(folder / entry["file"], entry["dtype"]) for name, entry in entries.items()}


def _load(path: Path, dtype: str) -> Array:
    array = np.load(path, allow_pickle=False)
    if dtype == "BFLOAT16":
        array = array.view(ml_dtypes.bfloat16)
    elif dtype == "UTF8":
        array = np.char.encode(array, "utf-8").astype(object)
    array.setflags(write=False)
    return array
