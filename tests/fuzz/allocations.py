"""How large the arrays are that NumPy allocates: its default allocator, watched.

NumPy's handler of data memory is a C struct of functions (NEP 49). Setting another one holds for one context only,
and Plans run in a context of their own, so the functions in the default one are replaced for a while.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy._core import multiarray

_Malloc = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_Calloc = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)
_DEFAULT_HANDLER = 306
"""PyDataMem_DefaultHandler in NumPy's table of C functions (numpy/__multiarray_api.h)."""


class _Handler(ctypes.Structure):
    """PyDataMem_Handler, version 1."""

    _fields_ = (
        ("name", ctypes.c_char * 127),
        ("version", ctypes.c_uint8),
        ("context", ctypes.c_void_p),
        ("malloc", ctypes.c_void_p),
        ("calloc", ctypes.c_void_p),
    )


class Watch:
    """largest: bytes of the largest array allocated since it was last set to 0."""

    largest = 0

    def note(self, size: int) -> None:
        """An array of this size is about to be allocated."""
        self.largest = max(self.largest, size)


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch all threads' allocations of array data."""
    watch, handler = Watch(), _handler()
    before = handler.malloc, handler.calloc
    malloc, calloc = _Malloc(before[0]), _Calloc(before[1])

    @_Malloc
    def counted(context: Any, size: int) -> Any:
        watch.note(size)
        return malloc(context, size)

    @_Calloc
    def zeroed(context: Any, count: int, size: int) -> Any:
        watch.note(count * size)
        return calloc(context, count, size)

    handler.malloc, handler.calloc = (ctypes.cast(each, ctypes.c_void_p).value for each in (counted, zeroed))
    try:
        yield watch
    finally:
        handler.malloc, handler.calloc = before


def _handler() -> _Handler:
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    table = ctypes.cast(pointer(multiarray._ARRAY_API, None), ctypes.POINTER(ctypes.c_void_p))
    capsule = ctypes.cast(table[_DEFAULT_HANDLER], ctypes.POINTER(ctypes.py_object)).contents.value
    return ctypes.cast(pointer(capsule, b"mem_handler"), ctypes.POINTER(_Handler)).contents
