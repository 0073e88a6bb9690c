"""The strict fake of CuPy refuses what CuPy refuses, and what would wait or race unseen."""

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from strict_cupy.facts import VERSION, offered
from strict_cupy.faults import FAULTS, CUDARuntimeError, OutOfMemoryError
from strict_cupy.launch import WAITS, Refused
from strict_cupy.memory import POOL
from strict_cupy.modules import cupy as cp
from strict_cupy.modules import special
from strict_cupy.streams import Device, Event, Stream

pytestmark = pytest.mark.usefixtures("device")

Use = Callable[[Any], Any]

SECRETS: dict[str, Use] = {
    "bool": lambda x: bool(x.max() > 1),
    "int": lambda x: int(x[0]),
    "float": lambda x: float(x[0]),
    "index": lambda x: [10, 20][x[0]],
    "slice": lambda x: x[: x[0]],
    "item": lambda x: x.sum().item(),
    "tolist": lambda x: x.tolist(),
    "text": lambda x: f"{x}",
    "truth of a chain": lambda x: 0 < x < 3,
}


@pytest.mark.parametrize("use", SECRETS.values(), ids=SECRETS)
def test_a_hidden_wait_is_refused(use: Use) -> None:
    with pytest.raises(Refused, match="in secret"):
        use(cp.asarray([1, 2]))


MIXTURES: dict[str, Use] = {
    "operator": lambda x: x + np.ones(2),
    "reflected": lambda x: np.ones(2) + x,
    "function": lambda x: cp.maximum(x, np.ones(2)),
    "in a list": lambda x: cp.concatenate([x, np.ones(2)]),
    "assignment": lambda x: x.__setitem__(0, np.ones(())),
}


@pytest.mark.parametrize("use", MIXTURES.values(), ids=MIXTURES)
def test_host_and_device_do_not_mix(use: Use) -> None:
    with pytest.raises(Refused, match="mixed"):
        use(cp.asarray([1.0, 2.0]))


@pytest.mark.parametrize("use", [np.asarray, lambda x: np.concatenate([x, x])], ids=["asarray", "concatenate"])
def test_nothing_becomes_numpy_by_itself(use: Use) -> None:
    with pytest.raises(Refused, match="Implicit conversion"):
        use(cp.asarray([1.0]))


LACKS: dict[str, tuple[Use, type[Exception]]] = {
    "a function": (lambda _x: cp.busday_count, AttributeError),
    "a method": (lambda x: x.newbyteorder(), AttributeError),
    "a parameter": (lambda x: x.max(initial=0), TypeError),
    "a ufunc's parameter": (lambda x: cp.add(x, x, subok=True), TypeError),
    "a ufunc's method": (lambda x: cp.maximum.reduce(x), NotImplementedError),
    "a loop": (lambda x: cp.floor(x.astype(bool)) << x, TypeError),
    "a kind of sort": (lambda x: cp.sort(x, kind="quicksort"), Refused),
    "arrays of objects": (lambda _x: cp.asarray(np.array([b"a"], object)), ValueError),
    "a size on the device": (lambda x: cp.reshape(x, (x[0], 1)), Refused),
    "a special function": (lambda _x: special.ellip_harm, AttributeError),
}


@pytest.mark.parametrize(("use", "error"), LACKS.values(), ids=LACKS)
def test_what_cupy_lacks_is_missing(use: Use, error: type[Exception]) -> None:
    with pytest.raises(error):
        use(cp.asarray([1.0, 2.0]))


TYPES: dict[str, tuple[Use, str]] = {
    "add": (lambda x: x + x, "bfloat16"),
    "a number": (lambda x: x * 2.0, "bfloat16"),
    "where knows no bfloat16": (lambda x: cp.where(x > 0, x, x), "float32"),
    "a scalar is an array": (lambda x: x.astype("float32").sum(), "float32"),
    "whole and real": (lambda x: x.astype("int32") / 2, "float64"),
}


@pytest.mark.parametrize(("use", "dtype"), TYPES.values(), ids=TYPES)
def test_answers_have_cupys_types(use: Use, dtype: str) -> None:
    found = use(cp.asarray(np.ones(2, ml_dtypes.bfloat16)))
    assert isinstance(found, cp.ndarray)
    assert found.dtype.name == dtype


def test_positions_wrap_around() -> None:
    x = cp.asarray([1, 2, 3])
    assert x[cp.asarray([4, -1])].get().tolist() == [2, 3]
    assert cp.take(x, cp.asarray([4])).get().tolist() == [2]


def test_shapes_made_of_values_are_counted() -> None:
    x = cp.asarray([0, 1, 2])
    found = (cp.where(x)[0], cp.unique(x), x[x > 0])
    assert [one.size for one in found] == [2, 3, 2]
    assert len(WAITS) == 3


def test_streams_meet_by_events_alone() -> None:
    writer, reader, event = Stream(), Stream(), Event()
    with writer:
        x = cp.asarray([1.0, 2.0]) * 2
    with reader, pytest.raises(Refused, match="race"):
        x + 1
    event.record(writer)
    with reader:
        reader.wait_event(event)
        assert (x + 1).get().tolist() == [3, 5]


def test_reading_waits_for_the_writer() -> None:
    writer = Stream()
    with writer:
        x = cp.asarray([1.0])
    with pytest.raises(Refused, match="race"):
        x.get()
    writer.synchronize()
    assert x.get().tolist() == [1]


def test_an_array_belongs_to_one_device() -> None:
    with Device(1):
        x = cp.asarray([1.0])
    with pytest.raises(Refused, match="device 1 while device 0"):
        x + 1


def test_memory_is_counted_as_long_as_a_view_lives() -> None:
    before = POOL.used_bytes()
    x = cp.zeros(1000, np.float64)
    view = x.reshape(10, 100)[1:]
    del x
    assert POOL.used_bytes() == before + 8000
    del view
    assert POOL.used_bytes() == before


def test_the_pool_has_a_limit() -> None:
    POOL.set_limit(POOL.used_bytes() + 4096)
    with pytest.raises(OutOfMemoryError, match="limit set to"):
        cp.zeros(1 << 20)
    assert cp.zeros(8).size == 8, "a smaller one still fits"


def test_some_faults_stay() -> None:
    x = cp.asarray([1.0])
    FAULTS.arm("launch", CUDARuntimeError(700, "cudaErrorIllegalAddress"), after=1)
    x + 1
    for _ in range(3):
        with pytest.raises(CUDARuntimeError):
            x + 1


def test_the_names_are_those_of_a_version() -> None:
    assert VERSION.split(".")[0] == "14"
    assert {"add", "where", "pad"} <= offered("cupy").keys()
    assert {"erf", "gammainc", "xlogy"} <= offered("cupyx.scipy.special").keys()
