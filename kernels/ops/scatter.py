"""Writing into an array by position: whole rows (scatter_*), or parts by their first k axes (scatter_nd_*)."""

from collections.abc import Callable
from math import prod
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list
from ..bounds import check_axes, check_index, check_size
from ..precision import cast_like, in_float32, whole_numbers
from ..registry import Function, Options, kernel
from ..rows import Mixes, RowCall, State
from ..rules import only
from ..segments import Combine, reduce_groups
from .division import truncate_divide

Write = Callable[[Any, Any, Any, Any], Any]
"""`(xp, rows, numbers, updates)`: rows [n, …] with updates [m, …] written at the numbers [m]."""


def overwrite(xp: Any, rows: Any, numbers: Any, updates: Any) -> Any:
    """The updates instead of the rows; of equal numbers the last one stays, on devices too."""
    if not numbers.shape[0]:
        return rows
    last = reduce_groups(xp, xp.arange(numbers.shape[0]), numbers, rows.shape[0], xp.maximum, -1)
    written = (last >= 0).reshape((-1,) + (1,) * (rows.ndim - 1))
    return cast_like(xp.where(written, updates[last.clip(0)], rows), rows)


def _with(combine: Callable[[Any], Combine], empty: int = 0, keep: Callable[[Any], Combine] | None = None) -> Write:
    """Updates of equal numbers joined by `combine`, then brought to their row by `keep` (else by `combine`)."""

    def write(xp: Any, rows: Any, numbers: Any, updates: Any) -> Any:
        joined = reduce_groups(xp, updates, numbers, rows.shape[0], combine(xp), empty)
        written = xp.zeros(rows.shape[:1], bool)
        written[numbers] = True
        out = (keep or combine)(xp)(rows, joined)
        return cast_like(xp.where(written.reshape((-1,) + (1,) * (rows.ndim - 1)), out, rows), rows)

    return write


def _quotient(xp: Any) -> Combine:
    return lambda x, y: truncate_divide(xp, x, y) if whole_numbers(x, y) else xp.divide(x, y)


_ADD = _with(lambda xp: xp.add)
_SUBTRACT = _with(lambda xp: xp.add, 0, lambda xp: xp.subtract)

_WRITES: dict[str, Write] = {
    "upd": overwrite,
    "add": _ADD,
    "sub": _SUBTRACT,
    "mul": _with(lambda xp: xp.multiply, 1),
    "div": _with(lambda xp: xp.multiply, 1, _quotient),
    "max": _with(lambda xp: xp.maximum),
    "min": _with(lambda xp: xp.minimum),
}


def _inner_rows(axes: Callable[[RowCall], int]) -> Callable[[RowCall], list[State]]:
    """Rows of input 0, where they stand behind the `axes` that are written by position and all else is fixed."""

    def rule(call: RowCall) -> list[State]:
        state = only(call)
        if state.axis < axes(call):
            raise Mixes("it writes rows by position")
        size = call.inputs[0][state.axis]
        if len(call.inputs[2]) and size != 1 and size in call.inputs[2]:
            raise Mixes("what it writes has an entry for each row")
        return call.all(state)

    return rule


def _write_rows(name: str, write: Write) -> Function:
    @in_float32
    def run(xp: Any, x: Any, numbers: Any, updates: Any) -> Any:
        shape = (*numbers.shape, *x.shape[1:])
        check_index(numbers, x.shape[0], name)
        given = xp.broadcast_to(updates, shape).reshape(-1, *x.shape[1:]).astype(x.dtype)
        return write(xp, x, numbers.reshape(-1), given)

    run.__doc__ = f"x with rows changed ({name[8:]}) by the updates [*numbers, …]."
    return run


for _name, _write in _WRITES.items():
    _title = {"upd": "Update"}.get(_name, _name.capitalize())
    kernel(f"scatter_{_name}", rows=_inner_rows(lambda _call: 1), aliases=(f"Scatter{_title}",))(
        _write_rows(f"scatter_{_name}", _write)
    )


def _flat_numbers(positions: Any, shape: tuple[int, ...], what: str) -> Any:
    """Positions [..., k] over axes of sizes `shape` as row-major numbers. Raises InvalidArgument outside of them."""
    numbers: Any = 0
    for i, size in enumerate(shape):
        check_index(positions[..., i], size, what)
        numbers = numbers * size + positions[..., i].astype("int64")
    return numbers.reshape(-1)


def _write_parts(xp: Any, x: Any, positions: Any, updates: Any, write: Write, what: str) -> Any:
    depth = positions.shape[-1] if positions.ndim else 0
    if not 1 <= depth <= x.ndim:
        raise InvalidArgument(f"{what} got positions over {depth} axes; expected 1 to {x.ndim}")
    inner = x.shape[depth:]
    numbers = _flat_numbers(positions, x.shape[:depth], what)
    given = xp.broadcast_to(updates, (*positions.shape[:-1], *inner)).reshape(-1, *inner).astype(x.dtype)
    return write(xp, x.reshape(prod(x.shape[:depth]), *inner), numbers, given).reshape(x.shape)


def _write_nd(name: str, write: Write) -> Function:
    @in_float32
    def run(xp: Any, x: Any, positions: Any, updates: Any) -> Any:
        return _write_parts(xp, x, positions, updates, write, name)

    run.__doc__ = f"x changed ({name[11:]}) at positions [..., k] over its first k axes."
    return run


for _name, _write in {"add": _ADD, "sub": _SUBTRACT, "update": overwrite}.items():
    kernel(f"scatter_nd_{_name}", rows=_inner_rows(lambda call: call.inputs[1][-1]))(
        _write_nd(f"scatter_nd_{_name}", _write)
    )


@kernel("scatter_nd", host=(2,))
@in_float32
def scatter_nd(xp: Any, positions: Any, updates: Any, shape: Any) -> Any:
    """Zeros of a shape, with the updates added at positions [..., k]."""
    sizes = check_size(axis_list(shape), updates.itemsize, updates.nbytes)
    return _write_parts(xp, xp.zeros(sizes, updates.dtype), positions, updates, _ADD, "scatter_nd")


_UPDATES: tuple[Write, ...] = (
    _ADD,
    _SUBTRACT,
    _WRITES["mul"],
    _WRITES["div"],
    lambda xp, rows, numbers, updates: overwrite(xp, rows, numbers, updates - rows[numbers]),
    lambda xp, rows, numbers, updates: overwrite(xp, rows, numbers, _quotient(xp)(updates, rows[numbers])),
    overwrite,
)
"""add, subtract, multiply, divide, reverse subtract, reverse divide, assign."""


def _read_update(args: OpArgs) -> Options:
    """I = [operation, count, axes…, count, numbers…]: the axes that an update covers, and the numbers on the others."""
    operation, count, *rest = args.ints
    return {"operation": operation, "axes": tuple(rest[:count]), "numbers": tuple(rest[count + 1 :])}


@kernel("scatter_update", read=_read_update, aliases=("scatterupdate",))
@in_float32
def scatter_update(
    xp: Any, x: Any, updates: Any, *, operation: int, axes: tuple[int, ...], numbers: tuple[int, ...]
) -> Any:
    """x with the parts that cover `axes` changed: number `numbers[i]` among them by entry i of the updates.

    Raises InvalidArgument for an unknown operation, or a number of no part.
    """
    if operation not in range(len(_UPDATES)) or not axes:
        raise InvalidArgument(f"scatter_update got operation {operation} over axes {list(axes)}; expected 0 to 6, axes")
    covered = sorted(check_axes(axes, x.ndim))
    order = [*(axis for axis in range(x.ndim) if axis not in covered), *covered]
    parts = x.transpose(order)
    inner = parts.shape[x.ndim - len(covered) :]
    chosen = xp.asarray(numbers, "int64")
    rows = parts.reshape(x.size // max(prod(inner), 1), *inner)
    check_index(chosen, rows.shape[0], "scatter_update")
    given = updates.reshape(len(numbers), *inner).astype(x.dtype)
    out = _UPDATES[operation](xp, rows, chosen, given).reshape(parts.shape)
    return out.transpose([order.index(axis) for axis in range(x.ndim)])


@kernel("compat_sparse_to_dense", host=(1,))
def sparse_to_dense(xp: Any, positions: Any, shape: Any, values: Any, default: Any = None) -> Any:
    """An array of a shape with `values` at the positions [n, k], and the default (0) elsewhere.

    The type is that of the values; M2.1 copies their bits into the type that the file declares.
    """
    sizes = check_size(axis_list(shape), values.itemsize)
    made = xp.zeros(sizes, values.dtype) if default is None else xp.broadcast_to(default, sizes).astype(values.dtype)
    return _write_parts(xp, made, positions, values, overwrite, "compat_sparse_to_dense")
