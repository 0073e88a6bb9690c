"""Bits, against Python's whole numbers."""

from collections.abc import Callable

import numpy as np

from graphserver.spec.dtype import INT32, Array
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import args, floats, row

X = np.array([[6, -7, 2**31 - 1], [0, 255, -(2**31)]], "int32")
Y = np.array([3, 1, 30], "int32")
BYTES = np.array([1, 128, 255, 77], "uint8")


def each(function: Callable[[int, int], int], x: Array, y: Array) -> Array:
    """A function of two whole numbers, its low bits kept."""
    bits = 8 * x.itemsize
    made = [function(int(a), int(b)) & (2**bits - 1) for a, b in np.broadcast(x, y)]
    return np.array(made, f"uint{bits}").view(x.dtype).reshape(np.broadcast_shapes(x.shape, y.shape))


def turned(bits: int, up: bool) -> Callable[[int, int], int]:
    """Bits moved round the end."""

    def turn(a: int, b: int) -> int:
        low, step = a & (2**bits - 1), (b if up else -b) % bits
        return low << step | low >> (bits - step)

    return turn


FORMULAS: dict[str, Callable[[int, int], int]] = {
    "bitwise_and": lambda a, b: a & b,
    "bitwise_or": lambda a, b: a | b,
    "bitwise_xor": lambda a, b: a ^ b,
    "shift_bits": lambda a, b: a << b,
    "rshift_bits": lambda a, b: a >> b,
    "cyclic_shift_bits": lambda a, b: turned(32, True)(a, b),
    "cyclic_rshift_bits": lambda a, b: turned(32, False)(a, b),
}

PACKED = floats(3, 16)

ROWS = [
    *(
        row(name, (X, y), each(formula, X, y))
        for name, formula in FORMULAS.items()
        for y in (Y, np.array([5], "int32"))
    ),
    *(row(name, (floats(2), Y[:2]), InvalidArgument) for name in FORMULAS),
    row("cyclic_shift_bits", (BYTES, BYTES * 0 + 3), each(turned(8, True), BYTES, BYTES * 0 + 3)),
    row("cyclic_rshift_bits", (BYTES, BYTES * 0 + 8), BYTES),
    row("toggle_bits", X, ~X),
    row("toggle_bits", (X, BYTES), (~X, ~BYTES)),
    row("toggle_bits", PACKED, InvalidArgument),
    row("bits_hamming_distance", (X, X ^ 5), np.int64(12)),
    row("bits_hamming_distance", (BYTES, BYTES[::-1].copy()), np.int32(20), OpArgs(results=(INT32,))),
    row("bits_hamming_distance", (PACKED, PACKED), InvalidArgument),
    row("compare_and_bitpack", (PACKED, 0.5), np.packbits(PACKED > 0.5, axis=-1)),
    row("compare_and_bitpack", (X[0, 0] + np.arange(8, dtype="int32"), 9), np.array([15], "uint8")),
    row("compare_and_bitpack", (PACKED[:, :6], 0.5), InvalidArgument),
    row("bitcast", PACKED, PACKED.view("int32"), args(9)),
    row("bitcast", X, X[..., None].view("uint8"), args(11)),
    row("bitcast", BYTES, BYTES.view("int32")[0], args(9)),
    row("bitcast", BYTES[:3], InvalidArgument, args(9)),
    row("bitcast", X, InvalidArgument, args(1)),
    row("hashcode", np.array([1, 2, 3]), np.int64(30817)),
    row("hashcode", X, np.int64(sum(int(v) * 31 ** (5 - i) for i, v in enumerate(X.reshape(-1))) + 31**6)),
    row("hashcode", np.zeros(0, "float32"), np.int64(1)),
]
