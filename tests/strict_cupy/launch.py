"""One call on the device: what it may be given, where it runs, what comes back."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from .facts import arguments, words
from .faults import FAULTS
from .streams import CURRENT, current_stream

SIZES = words(
    "N M axes axis axis1 axis2 decimals destination dims dtype indices_or_sections k kind minlength n newshape num ord "
    "pad_width repeats reps return_counts return_index return_inverse shape shift side source start_axis strides "
    "window_shape"
)
"""Parameters that the host must know before anything can start."""

SHAPED_BY_DATA = words(
    "nonzero argwhere flatnonzero unique unique_all unique_counts unique_inverse unique_values extract compress "
    "setdiff1d union1d intersect1d setxor1d trim_zeros bincount histogram"
)
"""Functions that wait for the device to learn the shape of their answer."""

WAITS: list[str] = []
"""What has waited for the device otherwise than by `get` and `asnumpy`, in order."""


COPIES: list[str] = []
"""What has crossed between host and device, in order: "put" or "get"."""

REFUSED: list[str] = []
"""Every refusal, for who runs under something that takes errors for answers."""


class Refused(TypeError):
    """A use of device arrays that CuPy refuses, or that would wait for the device in secret, or race."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        REFUSED.append(why)


def launch(wrap: Callable[[Any], Any], name: str, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Run the NumPy twin `function` of CuPy's `name` on what lies behind the device arrays."""
    FAULTS.check("launch")
    check_arguments(name, args, kwargs)
    check_operands(name, [*operands(args), *operands(tuple(kwargs.values()))])
    if name.rpartition(".")[2] in SHAPED_BY_DATA:
        WAITS.append(name)
    return wrapped(wrap, function(*unwrapped(args), **{key: unwrapped(value) for key, value in kwargs.items()}))


def check_arguments(name: str, args: Any, kwargs: Any) -> None:
    """The parameters are CuPy's; sizes and axes are host values; sorts are the one kind there is."""
    for parameter, value in arguments(name, args, kwargs).items():
        if parameter in SIZES and any(True for _ in operands(value)):
            raise Refused(f"{name}: '{parameter}' is an array; it must be known on the host")
        if parameter == "kind" and value not in (None, "stable"):
            raise Refused(f"{name}: kind {value!r}; CuPy knows None and 'stable'")


def check_operands(name: str, found: list[Any]) -> None:
    """All are on this device, and ready for this stream."""
    for one in found:
        if isinstance(one, np.ndarray):
            raise Refused(f"{name}: host and device arrays mixed (numpy.ndarray {one.dtype}{list(one.shape)})")
        if one.device_id != CURRENT.device:
            raise Refused(f"{name}: an array of device {one.device_id} while device {CURRENT.device} is current")
        if not current_stream().sees(one.stream, one.tick):
            raise Refused(f"{name}: an array made on another stream, without event or synchronise (a race)")


def operands(value: Any) -> Iterator[Any]:
    """The arrays in a value, host and device, also inside tuples and lists."""
    if isinstance(value, tuple | list):
        for one in cast("tuple[Any, ...]", value):
            yield from operands(one)
    elif isinstance(value, np.ndarray) or hasattr(value, "on_device"):
        yield value


def unwrapped(value: Any) -> Any:
    """The value with NumPy arrays for device arrays."""
    if isinstance(value, tuple | list):
        return type(value)(map(unwrapped, cast("tuple[Any, ...]", value)))
    return value.on_device if hasattr(value, "on_device") else value


def wrapped(wrap: Callable[[Any], Any], result: Any) -> Any:
    """The result with device arrays for NumPy's arrays and scalars, truth values among them."""
    if isinstance(result, tuple | list):
        made = [wrapped(wrap, one) for one in cast("tuple[Any, ...]", result)]
        return made if isinstance(result, list) else tuple(made)
    return wrap(np.asarray(result)) if isinstance(result, np.ndarray | np.generic | bool) else result
