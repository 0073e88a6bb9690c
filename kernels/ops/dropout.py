"""Dropout, which only training does: a server answers with the input as it is.

DL4J drops on plain output() as well, wherever a graph still says so; two askings of one input would differ, and what
dropout is for, a model that does not rest on single entries, is done when it is trained.
"""

from collections.abc import Sequence
from typing import Any

from ...spec.graph import OpKind
from ..registry import kernel
from ..rows import RowCall, State

_DROPOUT, _INVERTED, _ALPHA = ((OpKind.RANDOM, number) for number in (1, 2, 12))


def _rows(call: RowCall) -> Sequence[State]:
    """Those of x; a second input only tells which entries would be dropped together."""
    return call.all(call.states[0])


@kernel("dropout", rows=_rows, legacy=(_DROPOUT, _INVERTED, _ALPHA))
def dropout(_xp: Any, x: Any, *_together: Any) -> Any:
    """x, whatever the share that training would drop."""
    return x
