"""The special functions of an array module, loaded when first used."""

from functools import cache
from typing import Any

from ..spec.loading import load

_MODULES = {"numpy": "scipy.special", "cupy": "cupyx.scipy.special"}


@cache
def special(xp: Any) -> Any:
    """scipy.special or its twin for `xp`."""
    return load(_MODULES[xp.__name__])
