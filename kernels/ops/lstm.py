"""The older LSTM ops: lstmCell and lstm with a projection, lstmBlockCell and lstmBlock with all their gates."""

from collections.abc import Sequence
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..gates import SIGMOID, Cell
from ..precision import in_float32
from ..recurrence import State, columns, scan, through_time
from ..registry import Options, kernel
from ..rows import RowCall
from ..rows import State as RowState
from ..rules import aligned
from ..shapes import check_rank, check_shape


def _read(args: OpArgs) -> Options:
    """I = peephole, projection. T = clip of the cell, clip of the projection, bias of the forget gate."""
    peephole, projects = (*args.ints, 0, 0)[:2]
    clip, clip_output, forget = (*args.floats, 0.0, 0.0, 0.0)[:3]
    return {
        "peephole": bool(peephole),
        "projects": bool(projects),
        "clip": clip,
        "clip_output": clip_output,
        "forget": forget,
    }


def _clipped(xp: Any, x: Any, bound: float) -> Any:
    return xp.clip(x, -bound, bound) if bound > 0 else x


@kernel("lstm", read=_read, rows=lambda call: aligned(call, {0: 1, 1: 0, 2: 0}, (1, 1)))
@in_float32
def lstm(
    xp: Any,
    x: Any,
    h: Any,
    c: Any,
    wx: Any,
    wh: Any,
    wc: Any,
    wp: Any,
    bias: Any,
    *,
    peephole: bool = False,
    projects: bool = False,
    clip: float = 0.0,
    clip_output: float = 0.0,
    forget: float = 0.0,
) -> tuple[Any, Any]:
    """Outputs [T, B, p] and cell states [T, B, n] of x [T, B, nIn] from h [B, p] and c [B, n].

    wx [nIn, 4n], wh [p, 4n], peephole wc [3n], projection wp [n, p], bias [4n]; p is n unless it `projects`. Gates lie
    in the order i, f, c, o; `forget` is added to f. clip, clip_output: bounds of cell and projection, 0 for none.
    Raises InvalidArgument for shapes that do not fit.
    """
    batch, n = check_rank("the cell state of an LSTM", c, 2).shape
    width = wp.shape[-1] if projects else n
    check_shape("Wx of an LSTM", wx, (check_rank("the input of an LSTM", x, 3).shape[2], 4 * n))
    check_shape("the state of an LSTM", h, (batch, width))
    check_shape("the bias of an LSTM", bias, (4 * n,))
    sums = xp.matmul(x, wx) + bias
    sums[..., n : 2 * n] += forget
    cell, looks = Cell(clip=clip), wc if peephole else None

    def step(entry: Any, before: State) -> State:
        h, c = cell.step(xp, entry + xp.matmul(before[0], wh), before[1], looks)
        return (_clipped(xp, xp.matmul(h, wp), clip_output) if projects else h), c

    shown, _ = scan(xp, step, sums, (h, c))
    return through_time(xp, shown, 0), through_time(xp, shown, 1)


@kernel("lstmCell", read=_read, rows=lambda call: aligned(call, {0: 0, 1: 0, 2: 0}, (0, 0)))
def lstm_cell(xp: Any, x: Any, *weights: Any, **options: Any) -> State:
    """One step of lstm: output [B, p] and cell state [B, n] from x [B, nIn]."""
    h, c = lstm(xp, check_rank("the input of lstmCell", x, 2)[None], *weights, **options)
    return h[0], c[0]


def _read_block(args: OpArgs) -> Options:
    """I = peephole, layout of a sequence. T = bias of the forget gate, clip of the cell."""
    peephole, layout = (*args.ints, 0, 0)[:2]
    forget, clip = (*args.floats, 0.0, 0.0)[:2]
    if layout not in range(3):
        raise InvalidArgument(f"lstmBlock got layout {layout}; expected 0 (TBN), 1 (BNT) or 2 (BTN)")
    return {"peephole": bool(peephole), "layout": layout, "forget": forget, "clip": clip}


def _block(
    xp: Any, x: Any, c: Any, y: Any, weights: Sequence[Any], *, peephole: bool, forget: float, clip: float
) -> State:
    """One step: the gates i, c, f, o, z, then h = tanh(c) and y = o h; columns of w lie in the order i, z, f, o."""
    w, wi, wf, wo, bias = weights
    zi, zc, zf, zo = columns(xp.matmul(xp.concatenate([x, y], axis=-1), w) + bias, c.shape[-1], 4)
    i = SIGMOID(xp, zi + wi * c if peephole else zi)
    f = SIGMOID(xp, (zf + wf * c if peephole else zf) + forget)
    z = xp.tanh(zc)
    c = _clipped(xp, f * c + i * z, clip)
    o = SIGMOID(xp, zo + wo * c if peephole else zo)
    h = xp.tanh(c)
    return i, c, f, o, z, h, o * h


_PARTS = 7


def _check_block(x: Any, c: Any, y: Any, weights: Sequence[Any]) -> None:
    batch, n = check_rank("the cell state of lstmBlock", c, 2).shape
    check_shape("the output before of lstmBlock", y, (batch, n))
    check_shape("W of lstmBlock", weights[0], (x.shape[-1] + n, 4 * n))
    for vector in weights[1:4]:
        check_shape("a peephole of lstmBlock", vector, (n,))
    check_shape("the bias of lstmBlock", weights[4], (4 * n,))


@kernel("lstmBlockCell", read=_read_block, rows=lambda call: aligned(call, {0: 0, 1: 0, 2: 0}, (0,) * _PARTS))
@in_float32
def lstm_block_cell(xp: Any, x: Any, c: Any, y: Any, *weights: Any, layout: int = 0, **how: Any) -> State:  # noqa: ARG001 - sequences alone have one
    """Gates i, c, f, o, z, then tanh(c) and the output, each [B, n], from x [B, nIn] and the states before.

    weights: W [nIn + n, 4n], peepholes Wci, Wcf, Wco [n], bias [4n]. Raises InvalidArgument for shapes that do not fit.
    """
    _check_block(check_rank("the input of lstmBlockCell", x, 2), c, y, weights)
    return _block(xp, x, c, y, weights, **how)


_TO_TIME = ((0, 1, 2), (2, 0, 1), (1, 0, 2))
_FROM_TIME = ((0, 1, 2), (1, 2, 0), (1, 0, 2))


def _block_rows(call: RowCall) -> Sequence[RowState]:
    place = int(call.options["layout"] == 0)
    return aligned(call, {1: place, 2: 0, 3: 0}, (place,) * _PARTS)


@kernel("lstmBlock", read=_read_block, rows=_block_rows, host=(0,))
def lstm_block(
    xp: Any, steps: Any, x: Any, c: Any, y: Any, *weights: Any, layout: int = 0, **how: Any
) -> tuple[Any, ...]:
    """What lstmBlockCell answers for each of the first `steps` of a sequence, zeros beyond; in the layout of x."""
    run = in_float32(_block_sequence)
    entries = check_rank("the input of lstmBlock", x, 3).transpose(_TO_TIME[layout])
    limit = max(0, min(int(steps.reshape(-1)[0]), len(entries)))
    return tuple([part.transpose(_FROM_TIME[layout]) for part in run(xp, entries, c, y, *weights, steps=limit, **how)])


def _block_sequence(xp: Any, x: Any, c: Any, y: Any, *weights: Any, steps: int, **how: Any) -> tuple[Any, ...]:
    _check_block(x, c, y, weights)
    shown, _ = scan(
        xp, lambda entry, was: _block(xp, entry, was[1], was[6], weights, **how), x[:steps], (c,) * 6 + (y,)
    )
    beyond = [(0, len(x) - steps), (0, 0), (0, 0)]
    return tuple([xp.pad(through_time(xp, shown, part), beyond) for part in range(_PARTS)])
