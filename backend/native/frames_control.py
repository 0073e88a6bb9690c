"""The nodes that DL4J writes control flow with, and what a merge of two branches does."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from ...kernels.registry import Kernel
from ...kernels.rows import WHOLE, Mixes, RowCall, State
from ...spec.errors import Unsupported
from ...spec.graph import OpKind, OpNode

Truth = Callable[[Any, str], bool]
"""`(value, its name) -> truth value`, wherever the value lies."""


class Control(IntEnum):
    """DL4J's LOGIC numbers."""

    SWITCH = 30
    MERGE = 60
    LOOP_COND = 70
    NEXT_ITERATION = 80
    EXIT = 90
    ENTER = 100


_KNOWN = {kind.value: kind for kind in Control}


def control(node: OpNode) -> Control | None:
    """Which of these a node is."""
    return _KNOWN.get(node.op.number) if node.op.kind is OpKind.LOGIC else None


def check_count(node: OpNode, inputs: int, *, outputs: int = 1) -> None:
    """Raise Unsupported unless the node has so many inputs, and at most so many outputs."""
    if len(node.inputs) != inputs or not 0 < len(node.outputs) <= outputs:
        raise Unsupported(f"it has {len(node.inputs)} inputs and {len(node.outputs)} outputs")


def frame_name(node: OpNode) -> str:
    """The loop that a node enters: as M2.1 writes it, or the number that older releases write alone."""
    named = (*node.args.strings, *node.args.properties.get("frameName", ()), *node.args.ints)
    return str(named[0]) if named else ""


def is_closed_by(maker: OpNode, node: OpNode) -> bool:
    """Whether a loop is closed where `node` reads what `maker` makes: its next iteration, or a merge itself."""
    return control(node) is Control.MERGE and (maker is node or control(maker) is Control.NEXT_ITERATION)


def choose(truth: Truth, name: str, predicate: Any, when_true: Any, when_false: Any) -> Any:
    """The value of the branch that ran, by predicate `name`."""
    return when_true if truth(predicate, name) else when_false


def _choose_rows(call: RowCall) -> Sequence[State]:
    predicate, when_true, when_false = call.states
    if predicate is not WHOLE:
        raise Mixes("one condition decides for the rows of all callers")
    if when_true != when_false:
        raise Mixes("its branches carry rows along different axes")
    return [when_true]


CHOOSE = Kernel("merge", choose, lambda _args: {}, _choose_rows)
