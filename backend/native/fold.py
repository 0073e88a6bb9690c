"""What follows from weights and constants alone is computed once, at load."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import weight
from .call import Call
from .failures import title

LOG = logging.getLogger(__name__)

FOLD_LIMIT = 64 * 2**20
"""Bytes that one folded node may add; what is larger is computed per request instead of held for ever."""


def fold(calls: Sequence[Call], constants: Mapping[str, Any]) -> tuple[tuple[Call, ...], dict[str, Any]]:
    """The calls that must run per request, and the values of the others' outputs."""
    known, kept = dict(constants), list[Call]()
    for call in calls:
        if call.kernel.pure and known.keys() >= set(call.node.inputs) and (values := _compute(call, known)):
            known.update(zip(call.node.outputs, values, strict=True))
        else:
            kept.append(call)
    return tuple(kept), {name: value for name, value in known.items() if name not in constants}


def _compute(call: Call, known: Mapping[str, Any]) -> list[Any]:
    """The outputs of a node whose inputs are known; none when it is better run per request.

    One that fails is such a node too: only who asks for it should get its error.
    """
    try:
        with np.errstate(all="ignore"):
            values = call.results([known[name] for name in call.node.inputs])
    except Exception as error:
        LOG.debug("%s is not folded: %s", title(call.node), error)
        return []
    if sum(getattr(value, "nbytes", 0) for value in values) > FOLD_LIMIT:
        return []
    return [_kept(value) for value in values]


def _kept(value: Any) -> Any:
    """A folded value, kept as a weight is; what is not NumPy's stays as the kernel made it."""
    return weight(np.asarray(value)) if hasattr(value, "__array_interface__") else value
