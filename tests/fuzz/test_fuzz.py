"""The short run, the same inputs every time; and whatever once failed, again."""

import logging
import time
from collections.abc import Iterator

import numpy as np
import pytest
from fuzz import allocations, chance, trying
from fuzz.allocations import Watch
from fuzz.targets import TARGETS, Target, seeds
from fuzz.trying import Finding, Tally, attempt

from graphserver.kernels.bounds import MOST_BYTES

SEED = 20240611
COUNTS = {"graph": 5000, "message": 10_000, "plan": 2500}
"""About twenty seconds in all."""

ANSWERED = 0.02
"""Part of the executions that must be answered: else the inputs are too wild to reach anything."""


@pytest.fixture(autouse=True)
def watch() -> Iterator[Watch]:
    logging.disable()
    with allocations.watched() as watch:
        yield watch
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", TARGETS)
def test_short_run(name: str, watch: Watch) -> None:
    tally = Tally()
    for data in chance.inputs(TARGETS[name].honest(), COUNTS[name], SEED):
        attempt(TARGETS[name], data, watch, tally)
    assert tally.executions == COUNTS[name]
    assert tally.outcomes["answered"] > ANSWERED * tally.executions, str(tally)
    assert len(tally.outcomes) > 2, str(tally)


@pytest.mark.parametrize(("name", "path"), [(name, path) for name in TARGETS for path in seeds(name)], ids=str)
def test_what_once_failed(name: str, path, watch: Watch) -> None:
    attempt(TARGETS[name], path.read_bytes(), watch, Tally())


def test_the_same_inputs_every_time() -> None:
    honest = TARGETS["message"].honest()
    assert [*chance.inputs(honest, 50, SEED)] == [*chance.inputs(honest, 50, SEED)]


def _waste(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (lambda _: {}["x"], "KeyError: 'x'"),
        (lambda _: np.empty(MOST_BYTES + 1, "u1"), "an array of 256 MB"),
        (lambda _: np.zeros((2, MOST_BYTES), "u1"), "an array of 512 MB"),
        (lambda _: _waste(0.02), "it took 0.0 s"),
    ],
)
def test_what_a_finding_is(run, says: str, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "LONGEST", 0.01)
    with pytest.raises(Finding, match=says):
        attempt(Target(run, list, (bytes, "")), b"", watch, Tally())


def test_the_watch_sees_every_array_and_ends(watch: Watch) -> None:
    watch.largest = 0
    kept = [np.empty(1000), np.zeros((3, 1000)), np.ones(10) * 2]
    assert watch.largest == kept[1].nbytes
    with allocations.watched() as inner:
        np.empty(5000)
    np.empty(6000)
    assert (inner.largest, watch.largest) == (40_000, 48_000)
