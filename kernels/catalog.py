"""All ops there are: every module of `kernels.ops` declares its kernels when it is imported."""

from functools import cache
from pkgutil import iter_modules

from ..spec.loading import load
from . import ops
from .registry import REGISTRY, KernelRegistry


@cache
def load_all() -> KernelRegistry:
    """Import every family once and return the registry they filled."""
    for family in iter_modules(ops.__path__):
        load(f"{ops.__name__}.{family.name}")
    return REGISTRY
