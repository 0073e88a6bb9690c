"""Gated recurrent units. Gates lie in the order r (reset), u (update), c (candidate)."""

from typing import Any

from ..gates import SIGMOID
from ..precision import in_float32
from ..recurrence import State, columns, scan, through_time
from ..registry import kernel
from ..rules import aligned
from ..shapes import check_rank, check_shape


@kernel("gru", rows=lambda call: aligned(call, {0: 1, 1: 0}, (1,)))
@in_float32
def gru(xp: Any, x: Any, h: Any, wx: Any, wh: Any, bias: Any) -> Any:
    """Outputs [T, B, n] of x [T, B, nIn] from h [B, n]: h' = u h + (1 - u) tanh(x Wxc + (r h) Whc + b).

    wx [nIn, 3n], wh [n, 3n], bias [3n]. Raises InvalidArgument for shapes that do not fit.
    """
    _, batch, width = check_rank("the input of gru", x, 3).shape
    n = check_rank("the state of gru", h, 2).shape[1]
    check_shape("the state of gru", h, (batch, n))
    check_shape("Wx of gru", wx, (width, 3 * n))
    check_shape("Wh of gru", wh, (n, 3 * n))
    sums = xp.matmul(x, wx) + check_shape("the bias of gru", bias, (3 * n,))

    def step(entry: Any, before: State) -> State:
        reset, update = columns(SIGMOID(xp, entry[:, : 2 * n] + xp.matmul(before[0], wh[:, : 2 * n])), n, 2)
        candidate = xp.tanh(entry[:, 2 * n :] + xp.matmul(reset * before[0], wh[:, 2 * n :]))
        return (update * before[0] + (1 - update) * candidate,)

    return through_time(xp, scan(xp, step, sums, (h,))[0])


@kernel("gruCell", rows=lambda call: aligned(call, {0: 0, 1: 0}, (0, 0, 0, 0)))
@in_float32
def gru_cell(xp: Any, x: Any, h: Any, wru: Any, wc: Any, bru: Any, bc: Any) -> State:
    """Reset, update, candidate and output [B, n] of one step from x [B, nIn] and h [B, n].

    wru [nIn + n, 2n] and wc [nIn + n, n] take x and h side by side. Raises InvalidArgument for shapes that do not fit.
    """
    batch, width = check_rank("the input of gruCell", x, 2).shape
    n = check_rank("the state of gruCell", h, 2).shape[1]
    check_shape("the state of gruCell", h, (batch, n))
    check_shape("Wru of gruCell", wru, (width + n, 2 * n))
    check_shape("Wc of gruCell", wc, (width + n, n))
    check_shape("the bias of r and u of gruCell", bru, (2 * n,))
    check_shape("the bias of c of gruCell", bc, (n,))
    reset, update = columns(SIGMOID(xp, xp.matmul(xp.concatenate([x, h], axis=1), wru) + bru), n, 2)
    candidate = xp.tanh(xp.matmul(xp.concatenate([x, reset * h], axis=1), wc) + bc)
    return reset, update, candidate, update * h + (1 - update) * candidate
