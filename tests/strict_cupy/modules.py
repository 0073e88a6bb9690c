"""The modules `cupy` and `cupyx.scipy.special` as kernels see them."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import scipy.special

from .facts import VERSION, Fact, find, words
from .faults import FAULTS, CUDARuntimeError, OutOfMemoryError
from .launch import COPIES, REFUSED, WAITS, launch
from .memory import POOL, MemoryPool
from .ndarray import METHODS, ndarray
from .streams import CURRENT, DEVICES, Device, Event, Stream, current_stream
from .ufunc import OPERATORS, Ufunc, add_operators

ANSWERED_BY_HOST = words(
    "broadcast_shapes can_cast common_type finfo iinfo isscalar issubdtype iterable min_scalar_type ndim "
    "promote_types result_type shape size"
)
"""Functions about types and shapes alone."""


class Space(ModuleType):
    """A module whose names are the facts' names of `space`, computed by a NumPy or SciPy twin."""

    def __init__(self, space: str, twin: Any, **own: Any) -> None:
        super().__init__(space)
        self._twin = twin
        self.__dict__.update(own)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        full = f"{self.__name__}.{name}"
        made = _made(full, find(full), getattr(self._twin, name, None))
        setattr(self, name, made)
        return made


def _made(full: str, fact: Fact, twin: Any) -> Any:
    short = full.rpartition(".")[2]
    if fact.kind == "ufunc":
        return Ufunc(ndarray, full, _needed(full, twin))
    if fact.kind != "def" or short in ANSWERED_BY_HOST:
        return _needed(full, twin)
    chosen = TWINS.get(short) or METHODS.get(short) or _needed(full, twin)
    return lambda *args, **kwargs: launch(ndarray, full, chosen, args, kwargs)


def _take_along_axis(a: Any, indices: Any, axis: int | None) -> Any:
    size = a.size if axis is None else a.shape[axis]
    return np.take_along_axis(a, indices % size if size else indices, axis)


TWINS: dict[str, Callable[..., Any]] = {"take_along_axis": _take_along_axis}
"""Functions that behave otherwise than NumPy's."""


def _needed(full: str, twin: Any) -> Any:
    if twin is None:
        raise NotImplementedError(f"the strict fake does not know how {full} computes")
    return twin


_CHOICE = Ufunc(ndarray, "cupy.where", np.where)


def _where(condition: Any, *choices: Any) -> Any:
    return _CHOICE(condition.astype(bool), *choices) if choices else condition.nonzero()


def _asarray(a: Any, dtype: Any = None, order: Any = None, *, blocking: bool = False) -> Any:
    """A host value, copied to the device; a device array as it is, unless of another type."""
    if isinstance(a, ndarray):
        return a if dtype in (None, a.dtype) else a.astype(dtype)
    if isinstance(a, tuple | list) and any(isinstance(one, ndarray) for one in a):
        return cupy.stack(a) if dtype is None else cupy.stack(a).astype(dtype)
    FAULTS.check("h2d")
    COPIES.append("put")
    return ndarray(np.array(a, dtype, order=order))


def _array(obj: Any, dtype: Any = None, copy: bool = True, order: Any = None, ndmin: int = 0, **_more: Any) -> Any:
    made = _asarray(obj, dtype, order)
    return made.copy() if made is obj and copy else made


def _asnumpy(a: Any, stream: Stream | None = None, order: str = "C", out: Any = None, *, blocking: bool = True) -> Any:
    return a.get(stream, order, out, blocking) if isinstance(a, ndarray) else np.asarray(a)


def _device_count() -> int:
    FAULTS.check("devices")
    return DEVICES


def _pool() -> MemoryPool:
    return POOL


cuda = Space(
    "cupy.cuda",
    None,
    Device=Device,
    Event=Event,
    Stream=Stream,
    get_current_stream=current_stream,
    is_available=lambda: True,
    memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
    runtime=SimpleNamespace(CUDARuntimeError=CUDARuntimeError, getDeviceCount=_device_count),
)
lib = Space("cupy.lib", None, stride_tricks=Space("cupy.lib.stride_tricks", np.lib.stride_tricks))
cupy = Space(
    "cupy",
    np,
    __version__=VERSION,
    array=_array,
    asarray=_asarray,
    asnumpy=_asnumpy,
    cuda=cuda,
    get_default_memory_pool=_pool,
    lib=lib,
    linalg=Space("cupy.linalg", np.linalg),
    ndarray=ndarray,
    where=_where,
)
special = Space("cupyx.scipy.special", scipy.special)

MODULES = {"cupy": cupy, "cupy.cuda": cuda, "cupyx.scipy.special": special}
"""What an import of CuPy would find."""

add_operators(ndarray, {name: getattr(cupy, name) for name in OPERATORS.values()})


def reset() -> None:
    """Forget faults, limits, waits, and what is current in this thread."""
    FAULTS.reset()
    POOL.set_limit()
    for log in (COPIES, REFUSED, WAITS):
        log.clear()
    CURRENT.__dict__.clear()
