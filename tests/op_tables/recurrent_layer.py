"""lstmLayer in every layout, direction, activation and choice of outputs; gates in the order i, f, c, o."""

from typing import Any

import numpy as np

from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument

from .row import Row, args, floats, row
from .steps import lstm_step, sigmoid, walked

T, B, I, N = 5, 3, 4, 2
X = floats(T, B, I)
WX, WR, BIAS, PEEPHOLE = (
    floats(I, 4 * N, seed=1),
    floats(N, 4 * N, seed=2),
    floats(4 * N, seed=3),
    floats(3 * N, seed=4),
)
H, C = floats(B, N, seed=5), floats(B, N, seed=6)
NONE = np.zeros((B, N), "float32")
BOTH = [np.stack([part, part[..., ::-1]]) for part in (WX, WR, BIAS, H, C, PEEPHOLE)]
LENGTHS = np.array([5, 2, 3], "int32")

INTO = ((0, 1, 2), (1, 0, 2), (1, 2, 0), (0, 1, 2))
"""[T, B, n] into each layout."""

ALL = (True, True, True)
PLAIN = (False,) * 5


def said(layout: int, direction: int, given: Any = PLAIN, asked: Any = ALL, clip: float = 0.0) -> Any:
    return args(layout, direction, 2, 0, 0, b=(*given, *asked), t=(clip,))


def one_way(layout: int, *, backward: bool) -> Row:
    (h, _), (last, cell) = walked(lstm_step(WX, WR), X, (NONE, NONE), backward=backward)
    into = INTO[layout]
    return row("lstmLayer", (X.transpose(into), WX, WR), (h.transpose(into), last, cell), said(layout, int(backward)))


def merged(ahead: Array, back: Array, direction: int) -> Array:
    if direction == 2:
        return ahead + back
    return np.concatenate([ahead, back], -1) if direction == 3 else np.stack([ahead, back], 1)


def two_ways(layout: int, direction: int) -> Row:
    """With everything that may be given: bias, lengths, both states, peephole, and a clip."""
    ways = [
        walked(lstm_step(wx, wr, b, p, clip=0.5), X, (h, c), LENGTHS, backward=bool(i))
        for i, (wx, wr, b, h, c, p) in enumerate(zip(*BOTH, strict=True))
    ]
    out = merged(ways[0][0][0], ways[1][0][0], direction)
    ends = [np.stack([way[1][part] for way in ways]) for part in (0, 1)]
    wx, wr, *more = BOTH
    inputs = (X.transpose(INTO[layout]), wx, wr, more[0], LENGTHS, *more[1:])
    out = out if direction == 4 else out.transpose(INTO[layout])
    return row("lstmLayer", inputs, (out, *ends), said(layout, direction, (True,) * 5, clip=0.5))


ACTIVATIONS: Any = {
    0: (np.tanh, ()),
    1: (lambda x: np.maximum(x, 0), ()),
    2: (sigmoid, ()),
    3: (lambda x: 0.3 * x + 0.2, (0.3, 0.2)),
    4: (lambda x: np.where(x < 0, 0.1 * x, x), (0.1,)),
    5: (lambda x: np.where(x > 0.2, x, 0), (0.2,)),
    6: (lambda x: 0.5 * np.tanh(0.7 * x), (0.5, 0.7)),
    7: (lambda x: np.clip(0.2 * x + 0.5, 0, 1), ()),
    8: (lambda x: np.where(x > 0, x, 0.4 * np.expm1(x)), (0.4,)),
    9: (lambda x: x / (1 + np.abs(x)), ()),
    10: (lambda x: np.log1p(np.exp(x)), ()),
}


def activated(gate: int, inner: int, outer: int) -> Row:
    """Parameters follow the clip in the order gate, cell, output, for those that have any."""
    (g, gs), (c, cs), (o, os) = ACTIVATIONS[gate], ACTIVATIONS[inner], ACTIVATIONS[outer]
    (h, _), _ = walked(lstm_step(WX, WR, BIAS, gate=g, inner=c, outer=o), X, (NONE, NONE))
    flags = (True, False, False, False, False, True, False, False)
    return row("lstmLayer", (X, WX, WR, BIAS), h, args(0, 0, gate, inner, outer, t=(0.0, *gs, *cs, *os), b=flags))


_ALONE = walked(lstm_step(WX, WR, BIAS), X[:1], (H, C))[1]
_LOOKING = walked(lstm_step(WX, WR, BIAS, PEEPHOLE, clip=0.3), X[:1], (H, C))[1]
_SHORT = np.array([0, 2, 9], "int32")
_SHORTENED = walked(lstm_step(WX, WR), X, (H, C), [0, 2, 5])
_ENDS = tuple(np.where(_SHORT[:, None] > 0, part, 0) for part in _SHORTENED[1])

ROWS = [
    *(one_way(layout, backward=backward) for layout in range(4) for backward in (False, True)),
    *(two_ways(layout, direction) for layout in range(3) for direction in (2, 3)),
    two_ways(3, 4),
    *(activated(n, (n + 3) % 11, (n + 6) % 11) for n in ACTIVATIONS),
    row(
        "lstmLayer",
        (X, WX, WR),
        walked(lstm_step(WX, WR), X, (NONE, NONE))[1][1],
        said(0, 0, asked=(False, False, True)),
    ),
    # A sequence of no steps ends in zeros, one that is said to be longer than it is ends where it ends.
    row(
        "lstmLayer",
        (X, WX, WR, _SHORT, H, C),
        (_SHORTENED[0][0], *_ENDS),
        said(0, 0, (False, True, True, True, False)),
    ),
    row("lstmLayer", (X, WX, WR), InvalidArgument, said(0, 0, asked=(False,) * 3)),
    row("lstmLayer", (X, WX, WR), InvalidArgument, said(4, 0)),
    row("lstmLayer", (X, WX, WR), InvalidArgument, said(0, 4)),
    row("lstmLayer", (X, WX, WR), InvalidArgument, said(0, 2)),
    row("lstmLayer", (X, WX, WR), InvalidArgument, said(1, 0, (True, False, False, False, False))),
    row("lstmLayer", (X, WX, WR, BIAS[:-1]), InvalidArgument, said(0, 0, (True, False, False, False, False))),
    row("lstmLayer", (X[:0], WX, WR), InvalidArgument, said(0, 0)),
    row("lstmLayer", (X, WX, WR), InvalidArgument, args(0, 0, 2, 0, 11, b=(*PLAIN, *ALL))),
    row("lstmLayer", (X, WX, WR), InvalidArgument, args(0, 0, 2, b=(*PLAIN, *ALL))),
    row("lstmLayerCell", (X[0], WX, WR, BIAS, H, C), _ALONE, args(2, 0, 0, b=(True, False), t=(0.0,))),
    row("lstmLayerCell", (X[0], WX, WR, BIAS, H, C, PEEPHOLE), _LOOKING, args(2, 0, 0, b=(True, True), t=(0.3,))),
    row("lstmLayerCell", (X[0], WX, WR, H, C), InvalidArgument, args(2, 0, 0, b=(True, False), t=(0.0,))),
]
