"""lstmLayer: an LSTM over whole sequences, in all layouts and directions. Gates lie in the order i, f, c, o."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..gates import Cell, read_activations
from ..precision import in_float32
from ..recurrence import State, scan, through_time
from ..registry import Options, kernel
from ..rows import RowCall
from ..rows import State as RowState
from ..rules import aligned
from ..shapes import check_rank, check_shape

_TO_TIME = ((0, 1, 2), (1, 0, 2), (2, 0, 1), (0, 1, 2))
_FROM_TIME = ((0, 1, 2), (1, 0, 2), (1, 2, 0), (0, 1, 2))
_BATCH = (1, 0, 0, 1)
"""By layout: TBN, BTN, BNT, and TBN that answers [T, 2, B, n]."""

FORWARD, BACKWARD, SUMMED, JOINED, STACKED = range(5)
_BOTH_LAYOUT = 3


@dataclass(frozen=True, slots=True)
class Layer:
    """What a node says. given: the optional inputs it has, in order. answers: all outputs, last output, last cell."""

    layout: int
    direction: int
    cell: Cell
    given: tuple[str, ...]
    answers: tuple[bool, bool, bool]

    @property
    def both(self) -> bool:
        """Whether it walks in both directions, with weights and states for each."""
        return self.direction > BACKWARD


_OPTIONAL = ("bias", "lengths", "h", "c", "peephole")


def _read(args: OpArgs) -> Options:
    """I = layout, direction, activations of gates, cell and output. T = clip, parameters. B = inputs, answers."""
    layout, direction = (*args.ints, 0, 0)[:2]
    if layout not in range(4) or direction not in range(5) or (direction == STACKED and layout != _BOTH_LAYOUT):
        raise InvalidArgument(
            f"lstmLayer got layout {layout}, direction {direction}; expected 0 to 3, and 0 to 4 (4 with layout 3 alone)"
        )
    flags = (*args.bools, *[False] * 8)[:8]
    given = tuple([name for name, there in zip(_OPTIONAL, flags, strict=False) if there])
    answers = flags[5], flags[6], flags[7]
    if not any(answers):
        raise InvalidArgument("lstmLayer answers nothing: none of its outputs is asked for")
    return {"layer": Layer(layout, direction, _read_activations(args, 2), given, answers)}


def _read_activations(args: OpArgs, first: int) -> Cell:
    """The cell whose activations stand in the integers from place `first` on."""
    numbers = args.ints[first : first + 3]
    if len(numbers) < 3:
        raise InvalidArgument(f"an LSTM got integers {list(args.ints)}; expected {first + 3}")
    clip, *parameters = args.floats or (0.0,)
    gate, inner, outer = read_activations(numbers, parameters)
    return Cell(gate, inner, outer, clip)


def _rows(call: RowCall) -> Sequence[RowState]:
    layer: Layer = call.options["layer"]
    places = {"lengths": 0, "h": int(layer.both), "c": int(layer.both)}
    batch = {i: places[name] for i, name in enumerate(layer.given, 3) if name in places}
    whole = 2 if layer.direction == STACKED else _BATCH[layer.layout]
    axes = (whole, int(layer.both), int(layer.both))
    answered = [axis for axis, asked in zip(axes, layer.answers, strict=True) if asked]
    return aligned(call, {0: _BATCH[layer.layout], **batch}, answered)


@kernel("lstmLayer", read=_read, rows=_rows)
@in_float32
def lstm_layer(xp: Any, x: Any, wx: Any, wr: Any, *more: Any, layer: Layer) -> Any:
    """All outputs, the last output and the last cell state of an LSTM, as far as asked for.

    x: in the layer's layout. wx [nIn, 4n], wr [n, 4n], bias [4n], initial h and c [B, n], peephole [3n]; with a leading
    2 where the layer walks in both directions. lengths [B]: steps of each sequence; what lies beyond shows zeros.
    Raises InvalidArgument for shapes that do not fit.
    """
    if len(more) != len(layer.given):
        raise InvalidArgument(f"lstmLayer got {3 + len(more)} inputs; expected x, Wx, Wr, {', '.join(layer.given)}")
    named = dict(zip(layer.given, more, strict=True))
    entries = check_rank("the input of lstmLayer", x, 3).transpose(_TO_TIME[layer.layout])
    if not layer.both:
        out, h, c = _walk(xp, entries, {"wx": wx, "wr": wr, **named}, layer.cell, backward=layer.direction == BACKWARD)
    else:
        per_way = {"wx": wx, "wr": wr, **named}
        ways = [_walk(xp, entries, _of_way(per_way, i), layer.cell, backward=bool(i)) for i in (0, 1)]
        out = _merged(xp, ways[0][0], ways[1][0], layer.direction)
        h, c = xp.stack([ways[0][1], ways[1][1]]), xp.stack([ways[0][2], ways[1][2]])
    if layer.direction != STACKED:
        out = out.transpose(_FROM_TIME[layer.layout])
    return tuple([answer for answer, asked in zip((out, h, c), layer.answers, strict=True) if asked])


def _of_way(named: dict[str, Any], i: int) -> dict[str, Any]:
    """The part of each input that belongs to direction i."""
    for name, array in named.items():
        if name != "lengths" and array.shape[:1] != (2,):
            raise InvalidArgument(
                f"'{name}' of lstmLayer has shape {list(array.shape)}; expected one for each direction"
            )
    return {name: array if name == "lengths" else array[i] for name, array in named.items()}


def _merged(xp: Any, ahead: Any, back: Any, direction: int) -> Any:
    if direction == SUMMED:
        return ahead + back
    return xp.concatenate([ahead, back], axis=-1) if direction == JOINED else xp.stack([ahead, back], axis=1)


def _walk(xp: Any, entries: Any, named: dict[str, Any], cell: Cell, *, backward: bool) -> tuple[Any, Any, Any]:
    """All outputs [T, B, n], last output and last cell state [B, n] of one direction."""
    wr = check_rank("Wr of lstmLayer", named["wr"], 2)
    n, batch = wr.shape[0], entries.shape[1]
    shapes = {
        "wx": (entries.shape[2], 4 * n),
        "wr": (n, 4 * n),
        "bias": (4 * n,),
        "lengths": (batch,),
        "h": (batch, n),
        "c": (batch, n),
        "peephole": (3 * n,),
    }
    for name, array in named.items():
        check_shape(f"'{name}' of lstmLayer", array, shapes[name])
    sums = xp.matmul(entries, named["wx"])
    sums = sums + named["bias"] if "bias" in named else sums
    empty = xp.zeros((batch, n), sums.dtype)
    state = named.get("h", empty), named.get("c", empty)
    peephole, lengths = named.get("peephole"), named.get("lengths")

    def step(entry: Any, before: State) -> State:
        return cell.step(xp, entry + xp.matmul(before[0], wr), before[1], peephole)

    shown, last = scan(xp, step, sums, state, lengths, backward=backward)
    return through_time(xp, shown), *_ended(xp, last, lengths)


def _ended(xp: Any, last: State, lengths: Any) -> State:
    """The last states; those of a sequence without any step are zero, as DL4J has them."""
    if lengths is None:
        return last
    return tuple([xp.where((lengths > 0)[:, None], part, xp.zeros_like(part)) for part in last])


def _read_cell(args: OpArgs) -> Options:
    """I = activations of gates, cell and output. T = clip, parameters. B = has bias, has peephole."""
    bias, peephole = (*args.bools, False, False)[:2]
    return {"cell": _read_activations(args, 0), "bias": bias, "peephole": peephole}


def _cell_rows(call: RowCall) -> Sequence[RowState]:
    h = 4 if call.options["bias"] else 3
    return aligned(call, {0: 0, h: 0, h + 1: 0}, (0, 0))


@kernel("lstmLayerCell", read=_read_cell, rows=_cell_rows)
@in_float32
def lstm_layer_cell(
    xp: Any, x: Any, wx: Any, wr: Any, *more: Any, cell: Cell, bias: bool = False, peephole: bool = False
) -> State:
    """One step of lstmLayer: output and cell state [B, n] from x [B, nIn], [the bias,] h, c [and the peephole].

    Raises InvalidArgument for another number of inputs or shapes that do not fit.
    """
    names = (*["bias"] * bias, "h", "c", *["peephole"] * peephole)
    if len(more) != len(names):
        raise InvalidArgument(f"lstmLayerCell got {3 + len(more)} inputs; expected x, Wx, Wr, {', '.join(names)}")
    named = {"wx": wx, "wr": wr, **dict(zip(names, more, strict=True))}
    _, h, c = _walk(xp, check_rank("the input of lstmLayerCell", x, 2)[None], named, cell, backward=False)
    return h, c
