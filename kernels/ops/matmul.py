"""Products: matmul, fully connected layers, tensor contractions."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..precision import HALVES, cast_like, wide
from ..registry import Options, kernel
from ..rows import Mixes, RowCall, Rows, State, elementwise
from ..rules import matmuls, only


def product(xp: Any, x: Any, y: Any) -> Any:
    """x @ y in the type of x; half precision is summed in float32."""
    if x.dtype == y.dtype and x.dtype.char not in HALVES:
        return xp.matmul(x, y)
    return cast_like(xp.matmul(wide(x), wide(y)), x)


def _transposed(x: Any, flag: int) -> Any:
    return x.swapaxes(-1, -2) if flag and x.ndim > 1 else x


def _read_matmul(args: OpArgs) -> Options:
    flags = zip(("transpose_x", "transpose_y", "transpose_result"), args.ints, strict=False)
    factors = zip(("alpha", "beta"), args.floats, strict=False)
    return {name: value for name, value in (*flags, *factors) if (name, value) not in _PLAIN}


_PLAIN = {("transpose_x", 0), ("transpose_y", 0), ("transpose_result", 0), ("alpha", 1.0), ("beta", 0.0)}


@kernel("matmul", read=_read_matmul, rows=matmuls, aliases=("dot", "gemm", "gemv", "mMul", "mmul"))
def matmul(
    xp: Any,
    x: Any,
    y: Any,
    *addend: Any,
    transpose_x: int = 0,
    transpose_y: int = 0,
    transpose_result: int = 0,
    alpha: float = 1.0,
    beta: float = 0.0,
) -> Any:
    """alpha · op(x) @ op(y) + beta · addend, over leading batch axes; vectors as NumPy takes them."""
    out = product(xp, _transposed(x, transpose_x), _transposed(y, transpose_y))
    out = _transposed(out, transpose_result)
    if alpha != 1.0:
        out = cast_like(out * alpha, out)
    return cast_like(out + beta * addend[0], out) if beta and addend else out


def _layer(call: RowCall) -> list[State]:
    """x·w + b with fixed weights: rows in any axis of x but the one that is summed."""
    state, x = only(call), call.inputs[0]
    if state.axis == len(x) - 1:
        raise Mixes("it sums over the batch axis")
    added = RowCall([state, *call.states[2:]], [call.outputs[0], *call.inputs[2:]], call.outputs, {}, call.rows)
    return list(elementwise(added))


@kernel("xw_plus_b", ints=("transposed",), rows=_layer)
def xw_plus_b(xp: Any, x: Any, w: Any, b: Any, *, transposed: int = 0) -> Any:
    """x [n, i] · w [i, o] (or [o, i] when `transposed`) + b [o]."""
    if transposed:
        w = w.swapaxes(-1, -2)
    if x.dtype == w.dtype == b.dtype and x.dtype.char not in HALVES and b.ndim == 1:
        out = xp.matmul(x, w)
        return xp.add(out, b, out=out) if out.ndim else out + b
    return cast_like(xp.matmul(wide(x), wide(w)) + wide(b), x)


@kernel("relu_layer", ints=("transposed",), rows=_layer)
def relu_layer(xp: Any, x: Any, w: Any, b: Any, *, transposed: int = 0) -> Any:
    """max(0, x·w + b)."""
    out = xw_plus_b(xp, x, w, b, transposed=transposed)
    return xp.maximum(out, 0, out=out) if out.ndim else xp.maximum(out, 0)


def _bias_rows(call: RowCall) -> list[State]:
    state, rank = only(call), len(call.inputs[0])
    if state.axis == (1 if call.options.get("channels_first") else rank - 1):
        raise Mixes("it adds one bias for each row")
    return call.all(state)


@kernel("biasadd", bools=("channels_first",), rows=_bias_rows, aliases=("bias_add",))
def biasadd(xp: Any, x: Any, b: Any, *, channels_first: bool = False) -> Any:
    """x plus b [c] along axis 1 (`channels_first`) or the last."""
    if channels_first and x.ndim > 2:
        b = b.reshape((-1,) + (1,) * (x.ndim - 2))
    return cast_like(xp.add(x, b), x)


def _read_contraction(args: OpArgs) -> Options:
    count = args.ints[0]
    return {"x_axes": args.ints[1 : 1 + count], "y_axes": args.ints[2 + count : 2 + count + args.ints[1 + count]]}


def _contraction_rows(call: RowCall) -> list[State]:
    i = 0 if isinstance(call.states[0], Rows) else 1
    state, rank = only(call, i), len(call.inputs[i])
    summed = {axis % rank for axis in call.options[("x_axes", "y_axes")[i]]}
    if state.axis in summed:
        raise Mixes("it sums over the batch axis")
    before = sum(axis < state.axis for axis in summed)
    free_of_x = len(call.inputs[0]) - len(call.options["x_axes"])
    return call.all(Rows(state.axis - before + (free_of_x if i else 0), state.per_row))


@kernel("tensormmul", read=_read_contraction, rows=_contraction_rows, aliases=("tensordot",))
def tensormmul(xp: Any, x: Any, y: Any, *, x_axes: tuple[int, ...], y_axes: tuple[int, ...]) -> Any:
    """Sum of products over `x_axes` of x and `y_axes` of y; the free axes of x come first."""
    return cast_like(xp.tensordot(wide(x), wide(y), axes=(list(x_axes), list(y_axes))), x)


@kernel("batched_gemm", ints=("transpose_x", "transpose_y"))
def batched_gemm(
    xp: Any, alpha: Any, _beta: Any, *factors: Any, transpose_x: int = 0, transpose_y: int = 0
) -> tuple[Any, ...]:
    """alpha · op(Aᵢ) @ op(Bᵢ) for factors A1 … An, B1 … Bn; one output each.

    Raises InvalidArgument when the factors do not pair up.
    """
    if not factors or len(factors) % 2:
        raise InvalidArgument(f"batched_gemm got {len(factors)} matrices; expected as many left as right factors")
    half = len(factors) // 2
    scale = wide(alpha) if alpha.dtype.char in HALVES else alpha
    return tuple(
        cast_like(product(xp, _transposed(x, transpose_x), _transposed(y, transpose_y)) * scale, x)
        for x, y in zip(factors[:half], factors[half:], strict=True)
    )
