"""Bits of whole numbers: logic, shifts, counts, packing, views, and Java's hash of an array."""

from typing import Any

from ...spec.dtype import by_code
from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import result_type
from ..forms import operation
from ..precision import is_float
from ..registry import Options, kernel
from ..rows import RowCall, State
from ..rules import fixed_axis


def _whole(what: str, *arrays: Any) -> None:
    for x in arrays:
        if x.dtype.kind not in "iub":
            raise InvalidArgument(f"{what} got {x.dtype}; expected whole numbers")


@operation("bitwise_and")
def bitwise_and(xp: Any, x: Any, y: Any) -> Any:
    """The bits of both. Raises InvalidArgument for floats, as all ops here do."""
    _whole("bitwise_and", x, y)
    return xp.bitwise_and(x, y)


@operation("bitwise_or")
def bitwise_or(xp: Any, x: Any, y: Any) -> Any:
    """The bits of either."""
    _whole("bitwise_or", x, y)
    return xp.bitwise_or(x, y)


@operation("bitwise_xor")
def bitwise_xor(xp: Any, x: Any, y: Any) -> Any:
    """The bits of exactly one."""
    _whole("bitwise_xor", x, y)
    return xp.bitwise_xor(x, y)


@operation("shift_bits")
def shift_bits(xp: Any, x: Any, y: Any) -> Any:
    """x · 2^y, losing the upper bits."""
    _whole("shift_bits", x, y)
    return xp.left_shift(x, y.astype(x.dtype))


@operation("rshift_bits")
def shift_bits_right(xp: Any, x: Any, y: Any) -> Any:
    """x / 2^y, rounded down."""
    _whole("rshift_bits", x, y)
    return xp.right_shift(x, y.astype(x.dtype))


def _unsigned(x: Any) -> Any:
    return x.view(f"uint{8 * x.itemsize}")


def _rotated(xp: Any, x: Any, y: Any) -> Any:
    """The bits of x moved y places up, those that leave coming back below."""
    width = 8 * x.itemsize
    bits = xp.broadcast_to(_unsigned(x), xp.broadcast_shapes(x.shape, y.shape))
    step = (y % width).astype(bits.dtype)
    back = ((width - step) % width).astype(bits.dtype)
    return xp.where(step == 0, bits, xp.left_shift(bits, step) | xp.right_shift(bits, back)).view(x.dtype)


@operation("cyclic_shift_bits")
def rotate_bits(xp: Any, x: Any, y: Any) -> Any:
    """The bits of x moved y places up, round the end."""
    _whole("cyclic_shift_bits", x, y)
    return _rotated(xp, x, y)


@operation("cyclic_rshift_bits")
def rotate_bits_right(xp: Any, x: Any, y: Any) -> Any:
    """The bits of x moved y places down, round the end."""
    _whole("cyclic_rshift_bits", x, y)
    return _rotated(xp, x, 8 * x.itemsize - y % (8 * x.itemsize))


def _each(call: RowCall) -> list[State]:
    return [*call.states]


@kernel("toggle_bits", rows=_each)
def toggle_bits(xp: Any, *arrays: Any) -> tuple[Any, ...]:
    """All bits of each input the other way."""
    _whole("toggle_bits", *arrays)
    return tuple(xp.invert(x) for x in arrays)


@kernel("bits_hamming_distance", read=lambda args: {"dtype": result_type(args, 0, "int64")})
def hamming_bits(xp: Any, x: Any, y: Any, *, dtype: Any = "int64") -> Any:
    """In how many bits x and y differ, over all entries."""
    _whole("bits_hamming_distance", x, y)
    return xp.bitwise_count(_unsigned(xp.bitwise_xor(x, y))).sum(dtype=dtype)


@kernel("compare_and_bitpack", rows=fixed_axis(-1, "it packs along the batch axis"))
def compare_and_bitpack(xp: Any, x: Any, threshold: Any) -> Any:
    """x > threshold as bits, eight entries of the last axis in one byte, the first in the highest bit.

    Raises InvalidArgument for a last axis that does not divide by eight.
    """
    if not x.ndim or x.shape[-1] % 8:
        raise InvalidArgument(f"compare_and_bitpack got shape {x.shape}; expected a last size that divides by 8")
    weights = xp.asarray([128, 64, 32, 16, 8, 4, 2, 1], "uint8")
    bits = (x > threshold).reshape(*x.shape[:-1], -1, 8)
    return xp.where(bits, weights, xp.zeros_like(weights)).sum(-1, dtype="uint8")


def _read_bitcast(args: OpArgs) -> Options:
    return {"dtype": by_code(args.ints[0]).numpy}


@kernel("bitcast", read=_read_bitcast, aliases=("BitCast",))
def bitcast(xp: Any, x: Any, *, dtype: Any) -> Any:
    """The same bytes as type I[0]: smaller entries add an axis, larger ones take the last.

    Raises InvalidArgument for strings, booleans, or a last axis of another size.
    """
    if dtype.kind in "Ob" or x.dtype.kind in "Ob":
        raise InvalidArgument(f"bitcast got {x.dtype}, asked for {dtype}")
    times = dtype.itemsize // x.itemsize
    if times > 1 and x.shape[-1:] != (times,):
        raise InvalidArgument(
            f"bitcast of {x.dtype} to {dtype} got shape {x.shape}; expected {times} entries at the end"
        )
    if times > 1:
        return xp.ascontiguousarray(x).view(dtype)[..., 0]
    parts = xp.ascontiguousarray(x)[..., None].view(dtype)
    return parts[..., 0] if x.itemsize == dtype.itemsize else parts


@kernel("hashcode")
def hashcode(xp: Any, x: Any) -> Any:
    """One number for all entries of x in row-major order, as Java hashes a list: 31 · hash + the entry's bits."""
    bits = x.reshape(-1).view(f"int{8 * x.itemsize}") if is_float(x) else x.reshape(-1)
    powers = xp.full((x.size + 1,), 31, "int64")
    powers[:1] = 1
    powers = xp.flip(xp.cumprod(powers))
    return powers[0] + (bits.astype("int64") * powers[1:]).sum()
