"""What follows from weights and constants alone is computed once, at load.

A file says what is computed here, so it is held to a budget of bytes and seconds: what is beyond is left to requests.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...spec.errors import Overloaded
from ..arrays import weight
from .call import Call
from .execute import Allowance
from .failures import title
from .foresight import foreseen

LOG = logging.getLogger(__name__)

FOLD_LIMIT = 64 * 2**20
"""Bytes that one folded node may add; what is larger is computed per request instead of held for ever."""

FOLDED_LIMIT = 512 * 2**20
"""Bytes that all folded nodes of a graph may add."""

TIME_LIMIT = 10.0
"""Seconds for all folding of one graph; looked at between ops and between iterations."""


def fold(
    calls: Sequence[Call], constants: Mapping[str, Any], clock: Callable[[], float] = time.monotonic
) -> tuple[tuple[Call, ...], dict[str, Any]]:
    """The calls that must run per request, and the values of the others' outputs."""
    folding = _Folding(constants, clock)
    kept = tuple([call for call in calls if not folding.folds(call)])
    return kept, {name: value for name, value in folding.known.items() if name not in constants}


class _Folding:
    """What is known so far, and what may still be spent."""

    def __init__(self, constants: Mapping[str, Any], clock: Callable[[], float]) -> None:
        self.known = dict(constants)
        self._left = FOLDED_LIMIT
        self._clock = clock
        self._end = clock() + TIME_LIMIT

    def folds(self, call: Call) -> bool:
        """Compute a call, if its inputs are known and it may be; False when it is better run per request.

        One that fails is such a call too: only who asks for it should get its error.
        """
        if not call.kernel.pure or not self.known.keys() >= set(call.node.inputs):
            return False
        try:
            values = self._results(call)
        except Exception as error:
            LOG.debug("%s is not folded: %s", title(call.node), error)
            return False
        size = sum(getattr(value, "nbytes", 0) for value in values)
        if size > min(FOLD_LIMIT, self._left):
            return False
        self._left -= size
        self.known.update(zip(call.node.outputs, map(_kept, values), strict=True))
        return True

    def _results(self, call: Call) -> Sequence[Any]:
        inputs = [self.known[name] for name in call.node.inputs]
        self._check()
        if foreseen(call, inputs) > FOLD_LIMIT:
            raise Overloaded(f"it would make more than {FOLD_LIMIT >> 20} MB")
        with np.errstate(all="ignore"):
            return call.results(inputs, Allowance(self._check))

    def _check(self) -> None:
        if self._clock() > self._end:
            raise Overloaded(f"folding took longer than {TIME_LIMIT:g} s")


def _kept(value: Any) -> Any:
    """A folded value, kept as a weight is; what is not NumPy's stays as the kernel made it."""
    return weight(np.asarray(value)) if hasattr(value, "__array_interface__") else value
