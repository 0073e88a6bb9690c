"""What is found where there is a GPU, and what is said where there is none."""

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from strict_cupy.faults import FAULTS, CUDARuntimeError
from strict_cupy.launch import Refused
from strict_cupy.modules import cupy
from strict_cupy.streams import Stream

from graphserver.backend.device import CPU, Device, Probe, device, probe
from graphserver.backend.device_arrays import CudaArrays
from graphserver.spec.errors import InvalidArgument


@pytest.mark.parametrize(
    ("name", "found"),
    [("cpu", CPU), ("cuda", Device("cuda", 0)), ("cuda:0", Device("cuda", 0)), ("cuda:3", Device("cuda", 3))],
)
def test_devices_have_names(name: str, found: Device) -> None:
    assert device(name) == found
    assert device(str(found)) == found


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:-1", "cpu:0", "", "CUDA:0", "cuda:0 "])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidArgument, match="expected cpu, cuda or cuda:N"):
        device(name)


def test_without_cupy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)  # type: ignore[arg-type]
    found = probe()
    assert found.devices == ()
    assert "CuPy is not installed" in found.reason


def test_with_a_broken_cupy(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(ModuleType):
        def __getattr__(self, name: str) -> Any:
            raise OSError("libcudart.so.13: cannot open\nshared object file")

    monkeypatch.setitem(sys.modules, "cupy", Broken("cupy"))
    assert probe() == Probe(reason="CuPy cannot be imported: OSError: libcudart.so.13: cannot open shared object file")


@pytest.mark.usefixtures("device")
class TestWithCupy:
    """The strict fake stands for it."""

    def test_two_devices(self) -> None:
        assert probe() == Probe((Device("cuda", 0), Device("cuda", 1)))

    @pytest.mark.parametrize(("status", "name"), [(35, "cudaErrorInsufficientDriver"), (100, "cudaErrorNoDevice")])
    def test_a_driver_that_refuses(self, status: int, name: str) -> None:
        FAULTS.arm("devices", CUDARuntimeError(status, name))
        found = probe()
        assert (found.devices, found.code) == ((), status)
        assert name in found.reason

    def test_no_device(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cupy.cuda.runtime, "getDeviceCount", lambda: 0)
        assert probe() == Probe(reason="the driver knows no device")

    def test_arrays_live_on_the_device_and_stream_of_the_instance(self) -> None:
        arrays = CudaArrays(Device("cuda", 1))
        module = arrays.module
        with module.entered():
            x = module.put(np.arange(3.0))
        assert (x.device.id, x.stream) == (1, arrays.stream)
        with module.entered():
            assert module.fetch(x + 1).tolist() == [1, 2, 3]
        assert not module.on_host

    def test_a_handle_orders_whoever_reads(self) -> None:
        arrays, reader = CudaArrays(Device("cuda", 0)), Stream()
        with arrays.module.entered():
            made = arrays.kept(arrays.module.put(np.arange(3.0)) * 2)
        with reader:
            with pytest.raises(Refused, match="race"):
                made.array + 1
            assert (made.on(reader) + 1).get().tolist() == [1, 3, 5]
        assert made.fetch().tolist() == [0, 2, 4]

    def test_a_handle_speaks_dlpack(self) -> None:
        arrays = CudaArrays(Device("cuda", 1))
        with arrays.module.entered():
            made = arrays.kept(arrays.module.put(np.arange(3.0)))
        assert made.__dlpack_device__() == (2, 1)
        assert type(made.__dlpack__(stream=1)).__name__ == "PyCapsule"
        assert arrays.stream.done == arrays.stream.tick, "the consumer's stream may read at once"
