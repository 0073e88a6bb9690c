"""Plain recurrent layers with a tanh cell, in one direction or both, time-major (static) or as written (dynamic)."""

from collections.abc import Sequence
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..precision import in_float32
from ..recurrence import State, scan, through_time
from ..registry import Options, kernel
from ..rows import RowCall, RowRule
from ..rows import State as RowState
from ..rules import aligned
from ..shapes import check_rank, check_shape


def _read_dynamic(args: OpArgs) -> Options:
    return {"time_major": bool((*args.ints, 0)[0])}


def _rows(ways: int, sequences: int) -> RowRule:
    """Behind x lie three weights for each way; initial states and lengths behind them have the batch in axis 0."""

    def rule(call: RowCall) -> Sequence[RowState]:
        axis = 1 if call.options.get("time_major", True) else 0
        batch = {0: axis, **dict.fromkeys(range(3 * ways + 1, len(call.inputs)), 0)}
        return aligned(call, batch, (axis,) * sequences + (0,) * ways)

    return rule


def _way(xp: Any, x: Any, weights: Sequence[Any], h: Any, lengths: Any, *, backward: bool = False) -> tuple[Any, Any]:
    """All outputs [T, B, n] and the last one [B, n] of x [T, B, nIn]: h' = tanh(x Wx + bias + h Wh + bias of h)."""
    wx, wh, bias = weights
    _, batch, width = x.shape
    n = check_rank("Wh of an RNN", wh, 2).shape[0]
    check_shape("Wh of an RNN", wh, (n, n))
    check_shape("Wx of an RNN", wx, (width, n))
    check_shape("the bias of an RNN", bias, (2 * n,))
    sums = xp.matmul(x, wx) + (bias[:n] + bias[n:])
    h = xp.zeros((batch, n), sums.dtype) if h is None else check_shape("the state of an RNN", h, (batch, n))
    if lengths is not None:
        check_shape("the lengths of an RNN", lengths, (batch,))

    def step(entry: Any, before: State) -> State:
        return (xp.tanh(entry + xp.matmul(before[0], wh)),)

    shown, last = scan(xp, step, sums, (h,), lengths, backward=backward)
    return through_time(xp, shown), last[0]


def _sorted(more: tuple[Any, ...], states: int) -> tuple[list[Any], Any]:
    """Initial states and lengths among the optional inputs, told apart by their rank."""
    given = [array for array in more if array.ndim == 2]
    lengths = [array for array in more if array.ndim == 1]
    if len(given) not in (0, states) or len(lengths) > 1 or len(given) + len(lengths) != len(more):
        shapes = [list(array.shape) for array in more]
        raise InvalidArgument(
            f"an RNN got further inputs of shapes {shapes}; expected {states} states [B, n], lengths [B]"
        )
    return given or [None] * states, lengths[0] if lengths else None


@kernel("static_rnn", rows=_rows(1, 1))
@in_float32
def static_rnn(xp: Any, x: Any, wx: Any, wh: Any, bias: Any, *more: Any) -> tuple[Any, Any]:
    """All outputs [T, B, n] and the last one [B, n] of x [T, B, nIn].

    wx [nIn, n], wh [n, n], bias [2n] (of x, then of h), then, as they are given, the initial state [B, n] and the
    lengths [B], beyond which outputs are zero. Raises InvalidArgument for shapes that do not fit.
    """
    (h,), lengths = _sorted(more, 1)
    return _way(xp, check_rank("the input of an RNN", x, 3), (wx, wh, bias), h, lengths)


@kernel("dynamic_rnn", read=_read_dynamic, rows=_rows(1, 1))
def dynamic_rnn(xp: Any, x: Any, *more: Any, time_major: bool = False) -> tuple[Any, Any]:
    """static_rnn of x [B, T, nIn], or [T, B, nIn] if `time_major`; outputs lie likewise."""
    if time_major:
        return static_rnn(xp, x, *more)
    out, last = static_rnn(xp, check_rank("the input of an RNN", x, 3).swapaxes(0, 1), *more)
    return out.swapaxes(0, 1), last


def _both_ways(xp: Any, x: Any, *given: Any) -> tuple[Any, Any, Any, Any]:
    """Outputs ahead and back [T, B, n], last outputs ahead and back [B, n]."""
    states, lengths = _sorted(given[6:], 2)
    ahead, last = _way(xp, check_rank("the input of an RNN", x, 3), given[:3], states[0], lengths)
    back, first = _way(xp, x, given[3:6], states[1], lengths, backward=True)
    return ahead, back, last, first


@kernel("static_bidirectional_rnn", rows=_rows(2, 1))
@in_float32
def static_both_ways(
    xp: Any, x: Any, wx: Any, wh: Any, bias: Any, wx_back: Any, wh_back: Any, bias_back: Any, *more: Any
) -> tuple[Any, Any, Any]:
    """Outputs of two RNNs side by side [T, B, n + m], one of which walks back, and the last output of each.

    Inputs as of static_rnn, weights and states of the one ahead first.
    """
    ahead, back, *ends = _both_ways(xp, x, wx, wh, bias, wx_back, wh_back, bias_back, *more)
    return xp.concatenate([ahead, back], axis=-1), ends[0], ends[1]


@kernel("dynamic_bidirectional_rnn", read=_read_dynamic, rows=_rows(2, 2))
@in_float32
def dynamic_both_ways(
    xp: Any,
    x: Any,
    wx: Any,
    wh: Any,
    bias: Any,
    wx_back: Any,
    wh_back: Any,
    bias_back: Any,
    *more: Any,
    time_major: bool = False,
) -> tuple[Any, Any, Any, Any]:
    """Outputs ahead and back and the last output of each; x and the outputs are [B, T, n], or `time_major`."""
    entries = x if time_major else check_rank("the input of an RNN", x, 3).swapaxes(0, 1)
    ahead, back, *ends = _both_ways(xp, entries, wx, wh, bias, wx_back, wh_back, bias_back, *more)
    return (ahead, back, *ends) if time_major else (ahead.swapaxes(0, 1), back.swapaxes(0, 1), *ends)
