"""What tests of kernels share."""

import sys
from collections.abc import Iterator

import pytest
from strict_cupy import modules


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The strict fake of CuPy, as a fresh process would find it; what imports CuPy gets it."""
    for name, module in modules.MODULES.items():
        monkeypatch.setitem(sys.modules, name, module)
    modules.reset()
    yield
    modules.reset()
