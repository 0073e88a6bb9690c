"""Arrays made of sizes and numbers."""

from math import ceil
from typing import Any

from ...spec.dtype import by_code
from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list, dtype_option, result_type
from ..axis_rules import adds_axis
from ..bounds import check_size
from ..registry import Options, kernel
from ..rows import Mixes, RowCall, State, elementwise
from ..rules import only


def _read_fill(args: OpArgs) -> Options:
    if args.floats:
        return {"value": args.floats[0], **dtype_option(args)}
    return {"value": args.ints[0], "dtype": "int32", **dtype_option(args)} if args.ints else dtype_option(args)


@kernel("fill", read=_read_fill, host=(0, 1))
def fill(xp: Any, shape: Any, given: Any = None, *, value: float = 0.0, dtype: Any = None) -> Any:
    """An array of one value: a second input, T[0] (float32) or I[0] (int32); D[0] overrides the type."""
    if given is None:
        return xp.full(check_size(axis_list(shape)), value, dtype or "float32")
    return xp.full(check_size(axis_list(shape)), given.reshape(-1)[0].item(), dtype or given.dtype)


@kernel("zeros_as", read=dtype_option, rows=elementwise, aliases=("zeros_like", "zeroslike"))
def zeros_as(xp: Any, x: Any, *, dtype: Any = None) -> Any:
    """0 in the shape of x."""
    return xp.zeros_like(x, dtype=dtype)


@kernel("ones_as", read=dtype_option, rows=elementwise)
def ones_as(xp: Any, x: Any, *, dtype: Any = None) -> Any:
    """1 in the shape of x."""
    return xp.ones_like(x, dtype=dtype)


@kernel("fill_as", floats=("value",), rows=elementwise, aliases=("fill_like", "filllike"))
def fill_as(xp: Any, x: Any, *, value: float = 0.0) -> Any:
    """One value in the shape of x."""
    return xp.full_like(x, value)


def _read_range(args: OpArgs) -> Options:
    numbers, own = (args.floats, "float32") if args.floats else (args.ints, "int32")
    return {"numbers": _three(numbers), "dtype": own, **dtype_option(args)} if numbers else dtype_option(args)


def _three(numbers: tuple[Any, ...]) -> tuple[Any, ...]:
    return {1: (0, *numbers, 1), 2: (*numbers, 1)}.get(len(numbers), numbers)


@kernel("range", read=_read_range, host=(0, 1, 2))
def arange(xp: Any, *limits: Any, numbers: tuple[Any, ...] = (), dtype: Any = None) -> Any:
    """start, start + step … below the limit. Raises InvalidArgument for a step of 0."""
    start, limit, step = _three(tuple(one.reshape(-1)[0].item() for one in limits)) if limits else numbers
    if step == 0:
        raise InvalidArgument(f"range got step 0 from {start} to {limit}; expected another step")
    (count,) = check_size((max(0, ceil((limit - start) / step)),))
    made = xp.arange(count) * step + start
    return made.astype(dtype or limits[0].dtype)


def _read_space(args: OpArgs) -> Options:
    written = {"start": args.floats[0], "stop": args.floats[1], "count": args.ints[0]} if len(args.floats) > 1 else {}
    return {**written, **dtype_option(args)}


@kernel("lin_space", read=_read_space, host=(0, 1, 2))
def lin_space(xp: Any, *limits: Any, start: float = 0.0, stop: float = 0.0, count: int = 0, dtype: Any = None) -> Any:
    """`count` equally spaced numbers from `start` to `stop`, both included."""
    if limits:
        start, stop, count = (one.reshape(-1)[0].item() for one in limits)
        dtype = dtype or limits[0].dtype
    (size,) = check_size((int(count),))
    return xp.linspace(start, stop, size).astype(dtype or "float32")


def _read_eye(args: OpArgs) -> Options:
    sizes = args.ints[1:] if args.ints[:1] in ((-99,), (-102,)) else args.ints
    dtype = {"dtype": by_code(int(args.floats[0])).numpy} if args.floats else {}
    return {"sizes": sizes, **dtype, **dtype_option(args)}


@kernel("eye", read=_read_eye, host=(0, 1))
def eye(xp: Any, *hosts: Any, sizes: tuple[int, ...] = (), dtype: Any = "float32") -> Any:
    """The unit matrix of [rows, columns], repeated over the batch sizes that follow."""
    wanted = tuple(size for host in hosts for size in axis_list(host)) or sizes
    rows, columns = (*wanted, *wanted)[:2] if len(wanted) == 1 else wanted[:2]
    batch = check_size((*wanted[2:], rows, columns))
    return xp.broadcast_to(xp.eye(rows, columns, dtype=dtype), batch)


def _read_onehot(args: OpArgs) -> Options:
    places, marks = (
        dict(zip(names, given, strict=False))
        for names, given in ((("axis", "depth"), args.ints), (("on", "off"), args.floats))
    )
    return {"dtype": result_type(args, 0, "float32"), **dtype_option(args), **places, **marks}


@kernel("onehot", read=_read_onehot, rows=adds_axis("axis", -1), host=(1, 2, 3))
def onehot(
    xp: Any, x: Any, *hosts: Any, axis: int = -1, depth: int = 0, on: Any = 1.0, off: Any = 0.0, dtype: Any = "float32"
) -> Any:
    """`on` where the new axis of size `depth` counts to the index in x, else `off`; out of range is `off`."""
    depth, *marks = (*(host.reshape(-1)[0].item() for host in hosts), *(depth, on, off)[len(hosts) :])
    at = axis % (x.ndim + 1)
    marks = [xp.asarray(mark).astype(dtype) for mark in marks]
    check_size((*x.shape, int(depth)), marks[0].itemsize, x.nbytes)
    counted = xp.arange(int(depth)).reshape((-1,) + (1,) * (x.ndim - at))
    return xp.where(xp.expand_dims(x, at) == counted, *marks)


def _mask_rows(call: RowCall) -> list[State]:
    if len(call.inputs) < 2 and not call.options.get("width"):
        raise Mixes("its width is the longest row of the batch")
    return call.all(only(call))


def _mask_host(count: int, options: Options) -> tuple[int, ...]:
    """The longest row is a size, so without a width x itself is needed on the host."""
    return (1,) if count > 1 else (() if options.get("width") else (0,))


@kernel(
    "sequence_mask",
    read=lambda args: {**({"width": args.ints[0]} if args.ints else {}), **dtype_option(args)},
    rows=_mask_rows,
    host=_mask_host,
)
def sequence_mask(xp: Any, x: Any, most: Any = None, *, width: int = 0, dtype: Any = "bool") -> Any:
    """True for the first x of `width` entries of a new last axis; without a width, as many as the longest."""
    count = width if most is None else axis_list(most)[0]
    count = count or int(x.max())
    check_size((*x.shape, count), given=x.nbytes)
    return (xp.arange(count) < xp.expand_dims(xp.asarray(x), -1)).astype(dtype)


def _read_create(args: OpArgs) -> Options:
    """I = [order, type]."""
    return dtype_option(args) or ({"dtype": by_code(args.ints[1]).numpy} if len(args.ints) > 1 else {})


@kernel("create", read=_read_create, host=(0,))
def create(xp: Any, shape: Any, *, dtype: Any = "float32") -> Any:
    """Zeros of a shape, in the type of D[0] or number I[1]. Raises InvalidArgument for strings."""
    if dtype == "O":
        raise InvalidArgument("create was asked for strings; expected numbers or truth values")
    return xp.zeros(check_size(axis_list(shape)), dtype)
