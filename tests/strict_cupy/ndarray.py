"""cupy.ndarray, over a NumPy array that nobody may look at."""

from collections.abc import Callable, Iterator
from operator import methodcaller
from typing import Any, Self

import numpy as np

from .facts import find
from .faults import FAULTS
from .launch import COPIES, WAITS, Refused, check_operands, launch, operands, unwrapped
from .memory import POOL
from .streams import CURRENT, Device, Stream, current_stream


class ndarray:
    """An array of one device, written by one stream. on_device: what it holds."""

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, held: np.ndarray[Any, Any]) -> None:
        if held.dtype.kind in "OUSMm":
            raise ValueError(f"Unsupported dtype {held.dtype}")
        POOL.hold(held)
        self.on_device = held
        self.device_id = CURRENT.device
        self.written()

    def written(self) -> Self:
        """The current stream has just been told to write it."""
        self.stream = current_stream()
        self.stream.tick += 1
        self.tick = self.stream.tick
        return self

    shape = property(lambda self: self.on_device.shape)
    dtype = property(lambda self: self.on_device.dtype)
    ndim = property(lambda self: self.on_device.ndim)
    size = property(lambda self: self.on_device.size)
    nbytes = property(lambda self: self.on_device.nbytes)
    itemsize = property(lambda self: self.on_device.itemsize)
    strides = property(lambda self: self.on_device.strides)
    flags = property(lambda self: self.on_device.flags)
    device = property(lambda self: Device(self.device_id))
    T = property(lambda self: self.transpose())
    mT = property(lambda self: self.swapaxes(-1, -2))

    def __repr__(self) -> str:
        return f"<device array {self.dtype}{list(self.shape)}>"

    def __len__(self) -> int:
        return len(self.on_device)

    def __iter__(self) -> Iterator[Any]:
        """Views of the entries of the first axis: no value is looked at."""
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        check_operands("__getitem__", [self, *_device_parts(index)])
        if any(one.dtype.kind == "b" for one in _device_parts(index)):
            WAITS.append("cupy.ndarray.__getitem__ by a mask")
        return ndarray(np.asarray(self.on_device[within(unwrapped(index), self.shape)]))

    def __setitem__(self, index: Any, value: Any) -> None:
        check_operands("__setitem__", [self, *_device_parts(index), *operands(value)])
        places = within(unwrapped(index), self.shape)
        if _device_parts(index) and np.ndim(unwrapped(value)) and _writes_twice(places, self.shape):
            raise Refused("__setitem__ writes more than once to one place; CuPy does so in any order")
        self.on_device[places] = unwrapped(value)
        self.written()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A method by its name, if CuPy has it."""
        if name.startswith("_") or name == "on_device":
            raise AttributeError(name)
        find(full := f"cupy.ndarray.{name}")
        twin = METHODS.get(name) or (lambda x, *args, **kwargs: methodcaller(name, *args, **kwargs)(x))
        return lambda *args, **kwargs: launch(ndarray, full, twin, (self, *args), kwargs)

    def get(self, stream: Stream | None = None, order: str = "C", out: Any = None, blocking: bool = True) -> Any:
        """A copy on the host, made on `stream` (the current one unless given), which is waited for."""
        FAULTS.check("d2h")
        COPIES.append("get")
        reader = stream or current_stream()
        if not reader.sees(self.stream, self.tick):
            raise Refused("get: a stream reads what another one made, without event or synchronise (a race)")
        if not blocking:
            raise NotImplementedError("the strict fake copies by waiting")
        reader.synchronize()
        host = np.empty_like(self.on_device, order="C") if out is None else out
        np.copyto(host, self.on_device)
        return host

    def set(self, arr: np.ndarray[Any, Any], stream: Stream | None = None) -> None:
        """Overwrite it with a host array of the same shape."""
        FAULTS.check("h2d")
        np.copyto(self.on_device, arr)
        self.written()

    def __dlpack_device__(self) -> tuple[int, int]:
        return 2, self.device_id

    def __dlpack__(self, *, stream: int | None = None, **_more: Any) -> Any:
        """A capsule for who works on the stream of this number; -1 asks for no order."""
        if stream not in (-1, self.stream.ptr):
            self.stream.synchronize()
        return self.on_device.__dlpack__()


def within(index: Any, shape: tuple[int, ...]) -> Any:
    """An index whose arrays of positions are wrapped into the axes, as CuPy does instead of raising IndexError."""
    parts: tuple[Any, ...] = index if isinstance(index, tuple) else (index,)
    if any(isinstance(part, np.ndarray) and part.dtype.kind == "b" for part in parts):
        return index
    taken = sum(part is not None and part is not Ellipsis for part in parts)
    axes, found = iter(range(len(shape))), list[Any]()
    for part in parts:
        if part is None:
            found.append(part)
        elif part is Ellipsis:
            for _ in range(len(shape) - taken):
                next(axes)
            found.append(part)
        else:
            size = shape[axis] if (axis := next(axes, None)) is not None else 0
            found.append(part % max(size, 1) if isinstance(part, np.ndarray) and size else part)
    return tuple(found)


def _device_parts(index: Any) -> list[Any]:
    """The device arrays in an index; host arrays there are copied, as CuPy does."""
    return [one for one in operands(index) if not isinstance(one, np.ndarray)]


def _writes_twice(index: Any, shape: tuple[int, ...]) -> bool:
    written = np.zeros(shape, np.int64)
    np.add.at(written, index, 1)
    return bool((written > 1).any())


def _take(x: Any, indices: Any, axis: int | None = None, out: Any = None) -> Any:
    return np.take(x, indices, axis, out=out, mode="wrap")


def _scatter_add(x: Any, slices: Any, value: Any) -> None:
    np.add.at(x, slices, value)


METHODS: dict[str, Callable[..., Any]] = {"take": _take, "scatter_add": _scatter_add}
"""Methods that NumPy's arrays lack, or that behave otherwise."""


def _secret(name: str) -> Callable[..., Any]:
    def refuse(_self: ndarray, *_args: Any, **_kwargs: Any) -> Any:
        raise Refused(f"{name} of a device array waits for the device in secret")

    return refuse


for _name in ("bool", "int", "float", "complex", "index", "str", "format"):
    setattr(ndarray, f"__{_name}__", _secret(f"{_name}()"))
for _name in ("item", "tolist", "tobytes"):
    setattr(ndarray, _name, _secret(f".{_name}()"))


def _implicit(_self: ndarray, *_args: Any, **_kwargs: Any) -> Any:
    raise Refused("Implicit conversion to a NumPy array is not allowed. Please use `.get()`.")


ndarray.__array__ = _implicit  # type: ignore[attr-defined]
