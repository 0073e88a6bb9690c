"""Simple recurrent units: gates that do not look at the output before, so that only the cell state is carried."""

from typing import Any

from ...spec.errors import InvalidArgument
from ..gates import SIGMOID
from ..precision import in_float32
from ..recurrence import State, columns, scan, through_time
from ..registry import kernel
from ..rules import aligned
from ..shapes import check_rank, check_shape


def _step(xp: Any, sums: Any, c: Any, bias: Any, scale: Any = 1) -> State:
    """Output and cell state: c' = f c + (1 - f) x̃, h = r tanh(c') + (1 - r) x, from x, x̃, f, r side by side [B, 4n]."""
    x, candidate, forget, reset = columns(sums, c.shape[-1], 4)
    bias_forget, bias_reset = columns(bias, c.shape[-1], 2)
    keep, take = SIGMOID(xp, forget + bias_forget), SIGMOID(xp, reset + bias_reset)
    c_new = keep * c + (1 - keep) * candidate
    return take * xp.tanh(c_new) * scale + (1 - take) * x, c_new


def _walk(xp: Any, sums: Any, c: Any, bias: Any, scale: Any = 1, *, backward: bool = False) -> tuple[Any, Any]:
    """Outputs and cell states [T, B, n]."""
    shown, _ = scan(xp, lambda at, was: _step(xp, at, was[1], bias, scale), sums, (c, c), backward=backward)
    return through_time(xp, shown, 0), through_time(xp, shown, 1)


@kernel("sruCell", rows=lambda call: aligned(call, {0: 0, 1: 0}, (0, 0)))
@in_float32
def sru_cell(xp: Any, x: Any, c: Any, w: Any, bias: Any) -> State:
    """Output and cell state [B, n] of one step from x and c [B, n], w [n, 3n], bias [2n].

    Raises InvalidArgument for shapes that do not fit.
    """
    n = check_rank("the input of sruCell", x, 2).shape[1]
    check_shape("the state of sruCell", c, x.shape)
    check_shape("W of sruCell", w, (n, 3 * n))
    check_shape("the bias of sruCell", bias, (2 * n,))
    return _step(xp, xp.concatenate([x, xp.matmul(x, w)], axis=1), c, bias)


@kernel("sru", rows=lambda call: aligned(call, {i: 0 for i in range(len(call.inputs)) if i not in (1, 2)}, (0, 0)))
@in_float32
def sru(xp: Any, x: Any, w: Any, bias: Any, c: Any, *mask: Any) -> tuple[Any, Any]:
    """Outputs and cell states [B, n, T] of x [B, n, T] from c [B, n], w [3n, n], bias [2n]; a mask [B, n] scales x.

    Raises InvalidArgument for shapes that do not fit.
    """
    batch, n, _ = check_rank("the input of sru", x, 3).shape
    check_shape("W of sru", w, (3 * n, n))
    check_shape("the state of sru", c, (batch, n))
    check_shape("the bias of sru", bias, (2 * n,))
    x = _masked(x.transpose(2, 0, 1), mask)
    h, c = _walk(xp, xp.concatenate([x, xp.matmul(x, w.T)], axis=-1), c, bias)
    return h.transpose(1, 2, 0), c.transpose(1, 2, 0)


@kernel("sru_bi", rows=lambda call: aligned(call, {0: 1, **dict.fromkeys(range(3, len(call.inputs)), 0)}, (1, 1)))
@in_float32
def sru_both_ways(xp: Any, x: Any, w: Any, bias: Any, c: Any, *mask: Any) -> tuple[Any, Any]:
    """Outputs and cell states [T, B, 2n] of x [T, B, 2n]: the first n units walk ahead, the others back.

    w [2n, 6n]: the three gates of each unit side by side. bias [4n]: forget of all units, then reset. c [B, 2n].
    A mask [B, 2n] scales x, and tanh(c) as well. Source: libnd4j's own loop, which differs from sru in these two.
    Raises InvalidArgument for shapes that do not fit.
    """
    _, batch, width = check_rank("the input of sru_bi", x, 3).shape
    if width % 2:
        raise InvalidArgument(f"sru_bi got {width} units; expected an even number")
    check_shape("W of sru_bi", w, (width, 3 * width))
    check_shape("the state of sru_bi", c, (batch, width))
    check_shape("the bias of sru_bi", bias, (2 * width,))
    x = _masked(x, mask)
    sums = xp.concatenate([x[..., None], xp.matmul(x, w).reshape(*x.shape, 3)], axis=-1)
    scale, bias = mask[0] if mask else xp.ones_like(c), bias.reshape(2, width)
    ways = list[tuple[Any, Any]]()
    for units, backward in ((slice(width // 2), False), (slice(width // 2, None), True)):
        side_by_side = sums[:, :, units].swapaxes(2, 3).reshape(len(x), batch, 2 * width)
        own = side_by_side, c[:, units], bias[:, units].reshape(-1), scale[:, units]
        ways.append(_walk(xp, *own, backward=backward))
    return xp.concatenate([h for h, _ in ways], axis=-1), xp.concatenate([c for _, c in ways], axis=-1)


def _masked(x: Any, mask: tuple[Any, ...]) -> Any:
    """x [T, B, n], scaled by a mask [B, n] where there is one."""
    return x * check_shape("the mask of an SRU", mask[0], x.shape[1:]) if mask else x
