"""Conversions between types, as C converts."""

from typing import Any

from ...spec.dtype import by_code
from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs, OpKind
from ..arguments import dtype_option
from ..registry import Options, ReadArgs, kernel
from ..rows import elementwise
from ..rules import extents


def converted(xp: Any, x: Any, dtype: Any) -> Any:
    """x as `dtype`: floats truncate toward zero and wrap around, anything but 0 is True.

    Raises InvalidArgument for strings.
    """
    if x.dtype == dtype:
        return x
    if "O" in (x.dtype.kind, dtype.kind):
        raise InvalidArgument(f"cast got {x.dtype}, asked for {dtype}; strings have no numbers")
    if x.dtype.kind in "fV" and dtype.kind in "iu" and dtype.itemsize < 8:
        return x.astype("int64").astype(dtype)
    if x.dtype.kind in "fV" and dtype.kind == "u":
        return xp.where(x < 2.0**63, x.astype("int64").astype(dtype), x.astype(dtype))
    return x.astype(dtype)


def _read_cast(args: OpArgs) -> Options:
    return dtype_option(args) or {"dtype": by_code(args.ints[0]).numpy}


@kernel("cast", read=_read_cast, rows=extents(elementwise), aliases=("Cast",))
def cast(xp: Any, x: Any, *, dtype: Any) -> Any:
    """x as the type of D[0] or number I[0]."""
    return converted(xp, x, dtype)


_TARGETS = {
    "to_double": 6,
    "to_float16": 3,
    "to_float32": 5,
    "to_int32": 9,
    "to_int64": 10,
    "to_uint32": 13,
    "to_uint64": 14,
}


def _reader(code: int) -> ReadArgs:
    def read(_args: OpArgs) -> Options:
        return {"dtype": by_code(code).numpy}

    return read


for _name, _code in _TARGETS.items():
    kernel(_name, read=_reader(_code), rows=extents(elementwise))(cast)


@kernel("assign", rows=elementwise, aliases=("copy", "set"))
def assign(xp: Any, x: Any, y: Any) -> Any:
    """y in the shape and type of x."""
    return converted(xp, xp.broadcast_to(y, x.shape), x.dtype)


@kernel("legacy:assign", read=dtype_option, rows=extents(elementwise), legacy=((OpKind.TRANSFORM_ANY, 0),))
def convert(xp: Any, x: Any, *, dtype: Any = None) -> Any:
    """x as the type of D[0]."""
    return x if dtype is None else converted(xp, x, dtype)
