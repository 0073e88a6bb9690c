"""Special functions come from SciPy on the host and from CuPy's twin on a device."""

import re
from pathlib import Path

import numpy as np
import pytest
import scipy.special
from strict_cupy import modules
from strict_cupy.facts import offered

from graphserver.kernels import special as seam
from graphserver.kernels.special import special

SOURCE = Path(seam.__file__).parent
USED = sorted({name for path in SOURCE.rglob("*.py") for name in re.findall(r"special\(xp\)\.(\w+)", path.read_text())})


def test_each_array_module_has_its_own() -> None:
    assert special(np) is scipy.special


@pytest.mark.usefixtures("device")
def test_a_device_has_cupys() -> None:
    x = modules.cupy.asarray([0.5])
    assert special(modules.cupy) is modules.special
    np.testing.assert_allclose(special(modules.cupy).erf(x).get(), scipy.special.erf([0.5]))


@pytest.mark.parametrize("name", USED)
def test_what_kernels_use_is_in_both(name: str) -> None:
    assert hasattr(scipy.special, name)
    assert name in offered("cupyx.scipy.special")


def test_something_is_used() -> None:
    assert {"erf", "gammainc", "xlogy"} <= set(USED)
