"""The walk over steps, and what bounds it: the one loop that every request, branch and iteration goes through."""

from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from typing import Any, NamedTuple

import numpy as np

from ...spec.dtype import Array
from ...spec.errors import ExecutionFailed, InvalidArgument
from ...spec.graph import OpNode
from .call import results_of
from .failures import in_node

Check = Callable[[], None]
Values = list[Any]
Take = Callable[[Values], Sequence[Any]]

ITERATIONS = 100_000
"""Iterations that all loops of one request may take together, unless the backend is told otherwise."""

ALLOWANCE = 0
"""The slot in which a program with branches or loops finds its run's Allowance."""


def _quiet() -> Context:
    np.seterr(all="ignore")
    return copy_context()


QUIET = Context().run(_quiet)
"""A context in which NumPy keeps floating-point trouble to itself; entering a copy costs a tenth of `np.errstate`."""


class Step(NamedTuple):
    """One op: call `function` with what `take` picks from the slots.

    out: the slot of the result, or `outs` of each result when there are several. dead: slots that nobody reads any
    more. node: whom errors name; None for a branch or a loop, whose own steps are named.
    """

    function: Callable[..., Any]
    take: Take
    out: int
    outs: tuple[int, ...]
    dead: tuple[int, ...]
    node: OpNode | None


Steps = tuple[tuple[Any, ...], ...]
"""Steps as bare tuples, which are unpacked faster."""


class Allowance:
    """What one run may still spend: it ends when `check` says so, or when its loops have turned too often."""

    __slots__ = ("_left", "_limit", "check")

    def __init__(self, check: Check | None = None, iterations: int = ITERATIONS) -> None:
        self.check = check
        self._limit = self._left = iterations

    def iterate(self, loop: str) -> None:
        """Count one iteration. Raises what `check` raises, and ExecutionFailed over the limit."""
        if self.check is not None:
            self.check()
        self._left -= 1
        if self._left < 0:
            raise ExecutionFailed(f"loop '{loop}' did not end: a request may take {self._limit} iterations in all")


def execute(steps: Steps, values: Values, check: Check | None) -> None:
    """Run the steps over the slots; `check` runs before each and may raise to stop.

    What stands in this loop is paid once per op of every request. Raises GraphServerError naming the node.
    """
    for function, take, out, outs, dead, node in steps:
        if check is not None:
            check()
        try:
            result = function(*take(values))
            if outs:
                result = _spread(values, outs, result)
            else:
                values[out] = result[0] if result.__class__ is tuple else result
        except Exception as error:
            if node is None:
                raise
            raise in_node(error, node, take(values)) from error
        for slot in dead:
            values[slot] = None


def truth(value: Array, name: str) -> bool:
    """A predicate as a truth value. Raises InvalidArgument unless it is a single one."""
    if value.size != 1 or value.dtype.hasobject:
        raise InvalidArgument(f"predicate '{name}' is {value.dtype}{list(value.shape)}; expected one truth value")
    return bool(value.reshape(()))


def _spread(values: Values, outs: tuple[int, ...], result: Any) -> None:
    """Store the results of an op with several outputs; returns nothing, so that the loop keeps none of them."""
    for slot, value in zip(outs, results_of(result, len(outs)), strict=True):
        values[slot] = value
