"""The other recurrent ops: older LSTMs, GRU, SRU, plain RNNs."""

from typing import Any

import numpy as np

from graphserver.spec.errors import InvalidArgument

from .row import args, floats, row
from .steps import block_step, gru_step, lstm_step, rnn_step, sru_step, walked

T, B, I, N, P = 5, 3, 4, 2, 6
X = floats(T, B, I)
H, C, NONE = floats(B, N, seed=5), floats(B, N, seed=6), np.zeros((B, N), "float32")
WX, WH, BIAS = floats(I, 4 * N, seed=1), floats(N, 4 * N, seed=2), floats(4 * N, seed=3)
LENGTHS = np.array([5, 2, 3], "int32")


def turned(x: Any, *axes: int) -> Any:
    return tuple(part.transpose(axes) for part in x)


WC, WP, H_P, WH_P = floats(3 * N, seed=4), floats(N, P, seed=7), floats(B, P, seed=8), floats(P, 4 * N, seed=9)
FORGET = np.repeat(np.array([0, 0.7, 0, 0], "float32"), N)
_BOUNDED = lstm_step(WX, WH, BIAS + FORGET, WC, clip=0.4)
_INNER = lstm_step(WX, WH_P, BIAS)


def _projected(x: Any, state: Any) -> Any:
    h, c = _INNER(x, state)
    return np.clip(h @ WP, -0.5, 0.5), c


_PLAIN = (H, C, WX, WH, WC, floats(N, N), BIAS)
_WIDE = (H_P, C, WX, WH_P, WC, WP, BIAS)

LSTM = [
    row("lstm", (X, *_PLAIN), walked(lstm_step(WX, WH, BIAS), X, (H, C))[0], args(0, 0, t=(0.0, 0.0, 0.0))),
    row("lstm", (X, *_PLAIN), walked(_BOUNDED, X, (H, C))[0], args(1, 0, t=(0.4, 0.0, 0.7))),
    row("lstm", (X, *_WIDE), walked(_projected, X, (H_P, C))[0], args(0, 1, t=(0.0, 0.5, 0.0))),
    row("lstm", (X, *_WIDE), InvalidArgument, args(0, 0, t=(0.0, 0.5, 0.0))),
    row("lstmCell", (X[0], *_PLAIN), walked(_BOUNDED, X[:1], (H, C))[1], args(1, 0, t=(0.4, 0.0, 0.7))),
    row("lstmCell", (X[0], *_WIDE), walked(_projected, X[:1], (H_P, C))[1], args(0, 1, t=(0.0, 0.5, 0.0))),
    row("lstmCell", (X, *_PLAIN), InvalidArgument, args(0, 0, t=(0.0, 0.0, 0.0))),
]

W, WI, WF, WO = floats(I + N, 4 * N, seed=1), floats(N, seed=2), floats(N, seed=3), floats(N, seed=4)
_GIVEN = (C, H, W, WI, WF, WO, BIAS)
_STATE = (C, C, C, C, C, C, H)
_SEEN = walked(block_step(W, WI, WF, WO, BIAS, 1.0, 0.6), X, _STATE)[0]
_BLIND = walked(block_step(W, 0 * WI, 0 * WF, 0 * WO, BIAS, 0.5, np.inf), X[:1], _STATE)[1]
_SHORT = tuple(np.concatenate([part[:3], 0 * part[3:]]) for part in _SEEN)

BLOCK = [
    row("lstmBlockCell", (X[0], *_GIVEN), tuple(part[0] for part in _SEEN), args(1, t=(1.0, 0.6))),
    row("lstmBlockCell", (X[0], *_GIVEN), _BLIND, args(0, t=(0.5, 0.0))),
    row("lstmBlockCell", (X[0], C, H, W[:-1], WI, WF, WO, BIAS), InvalidArgument, args(0, t=(0.5, 0.0))),
    *(
        row("lstmBlock", (np.int64(steps), X.transpose(into), *_GIVEN), turned(want, *into), args(1, n, t=(1.0, 0.6)))
        for n, into in enumerate(((0, 1, 2), (1, 2, 0), (1, 0, 2)))
        for steps, want in ((T, _SEEN), (3, _SHORT))
    ),
    row("lstmBlock", (np.int64(T), X, *_GIVEN), InvalidArgument, args(1, 3, t=(1.0, 0.6))),
    row("lstmBlock", (np.int64(0), X, *_GIVEN), InvalidArgument, args(1, 0, t=(1.0, 0.6))),
]

GX, GH, GB = floats(I, 3 * N, seed=1), floats(N, 3 * N, seed=2), floats(3 * N, seed=3)
_BESIDE = np.concatenate([GX, GH])
_CELL = (X[0], H, _BESIDE[:, : 2 * N], _BESIDE[:, 2 * N :], GB[: 2 * N], GB[2 * N :])

GRU = [
    row("gru", (X, H, GX, GH, GB), walked(gru_step(GX, GH, GB), X, (H,))[0]),
    row("gru", (X, H, GX, GH, GB[:-1]), InvalidArgument),
    row("gru", (X, H[:1], GX, GH, GB), InvalidArgument),
    # r = u = ½ and c = 0 without weights.
    row("gruCell", (X[0], H, *(0 * w for w in _CELL[2:])), (NONE + 0.5, NONE + 0.5, NONE, H / 2)),
    row("gruCell", (*_CELL[:2], _CELL[2][:-1], *_CELL[3:]), InvalidArgument),
]

SX, SW, SB, SC, MASK = (
    floats(T, B, N),
    floats(N, 3 * N, seed=1),
    floats(2 * N, seed=2),
    floats(B, N),
    floats(B, N, seed=4),
)
_BN = (1, 2, 0)
_WIDE_W = floats(2 * N, 2 * N, 3, seed=5)
_WIDE_X, _WIDE_C, _WIDE_B = floats(T, B, 2 * N), floats(B, 2 * N, seed=1), floats(2, 2 * N, seed=2)


def _sru_bi(mask: Any) -> tuple[Any, Any]:
    """Each unit by itself, for its gates see the input alone."""
    h, c = np.zeros_like(_WIDE_X), np.zeros_like(_WIDE_X)
    for b in range(B):
        x = _WIDE_X[:, b] * mask[b]
        for unit in range(2 * N):
            z, f, r = (x @ _WIDE_W[:, unit]).T
            state = _WIDE_C[b, unit]
            for t in reversed(range(T)) if unit >= N else range(T):
                keep, take = 1 / (1 + np.exp(-np.array([f[t], r[t]]) - _WIDE_B[:, unit]))
                state = keep * state + (1 - keep) * z[t]
                c[t, b, unit] = state
                h[t, b, unit] = take * np.tanh(state) * mask[b, unit] + (1 - take) * x[t, unit]
    return h, c


_BI = (_WIDE_X, _WIDE_W.reshape(2 * N, -1), _WIDE_B.reshape(-1), _WIDE_C)
_WIDE_MASK = floats(B, 2 * N, seed=3)

SRU = [
    row("sruCell", (SX[0], SC, SW, SB), walked(sru_step(SW, SB), SX[:1], (SC, SC))[1]),
    row("sruCell", (SX[0, :1], SC[:1], SW, SB), walked(sru_step(SW, SB), SX[:1, :1], (SC, SC))[1]),
    row("sruCell", (SX[0], SC, SW.T, SB), InvalidArgument),
    row("sru", (SX.transpose(_BN), SW.T, SB, SC), turned(walked(sru_step(SW, SB), SX, (SC, SC))[0], *_BN)),
    row(
        "sru",
        (SX.transpose(_BN), SW.T, SB, SC, MASK),
        turned(walked(sru_step(SW, SB), SX * MASK, (SC, SC))[0], *_BN),
    ),
    row("sru", (SX, SW.T, SB, SC), InvalidArgument),
    row("sru_bi", _BI, _sru_bi(np.ones((B, 2 * N)))),
    row("sru_bi", (*_BI, _WIDE_MASK), _sru_bi(_WIDE_MASK)),
    row("sru_bi", (_WIDE_X[..., :3], *_BI[1:]), InvalidArgument),
]

RX, RH, RB = floats(I, N, seed=1), floats(N, N, seed=2), floats(2 * N, seed=3)
BX, BH, BB, BACK = floats(I, P, seed=4), floats(P, P, seed=5), floats(2 * P, seed=6), floats(B, P, seed=7)
_BOTH = (RX, RH, RB, BX, BH, BB)


def plain(*said: Any, **more: Any) -> Any:
    (h,), (last,) = walked(rnn_step(RX, RH, RB), X, *said, **more)
    return h, last


def both(lengths: Any = None, ahead: Any = H, back: Any = BACK) -> Any:
    (h,), (last,) = walked(rnn_step(RX, RH, RB), X, (ahead,), lengths)
    (g,), (first,) = walked(rnn_step(BX, BH, BB), X, (back,), lengths, backward=True)
    return h, g, last, first


def joined(h: Any, g: Any, *ends: Any) -> Any:
    return np.concatenate([h, g], -1), *ends


_BTN = X.swapaxes(0, 1)
_SWAPPED = tuple(part.swapaxes(0, 1) if part.ndim == 3 else part for part in both(LENGTHS))

RNN = [
    row("static_rnn", (X, RX, RH, RB), plain((NONE,))),
    row("static_rnn", (X, RX, RH, RB, H, LENGTHS), plain((H,), LENGTHS)),
    row("static_rnn", (X, RX, RH, RB, LENGTHS), plain((NONE,), LENGTHS)),
    row("static_rnn", (X, RX, RH, RB, LENGTHS, LENGTHS), InvalidArgument),
    row("dynamic_rnn", (_BTN, RX, RH, RB, H), (plain((H,))[0].swapaxes(0, 1), plain((H,))[1])),
    row("dynamic_rnn", (X, RX, RH, RB, H, LENGTHS), plain((H,), LENGTHS), args(1)),
    row("dynamic_rnn", (X[0], RX, RH, RB), InvalidArgument),
    row("static_bidirectional_rnn", (X, *_BOTH, H, BACK), joined(*both())),
    row("static_bidirectional_rnn", (X, *_BOTH, H, BACK, LENGTHS), joined(*both(LENGTHS))),
    row("static_bidirectional_rnn", (X, *_BOTH), joined(*both(None, NONE, 0 * BACK))),
    row("static_bidirectional_rnn", (X, *_BOTH, H), InvalidArgument),
    row("dynamic_bidirectional_rnn", (_BTN, *_BOTH, H, BACK, LENGTHS), _SWAPPED),
    row("dynamic_bidirectional_rnn", (X, *_BOTH, H, BACK, LENGTHS), both(LENGTHS), args(1)),
    row("dynamic_bidirectional_rnn", (X, *_BOTH[:-1], RB), InvalidArgument, args(1)),
]

ROWS = [*LSTM, *BLOCK, *GRU, *SRU, *RNN]
