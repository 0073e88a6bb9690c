"""Steps through time: what all recurrent layers share.

Inside, a sequence is time-major: [T, B, …], with T steps of B sequences side by side.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..spec.errors import InvalidArgument
from .bounds import check_steps

State = tuple[Any, ...]
"""What a layer carries from one step to the next, and what it shows of each step: arrays [B, n]."""

Step = Callable[[Any, State], State]
"""`(entry of one time, state before) -> state after`."""


def scan(
    xp: Any, step: Step, entries: Any, state: State, lengths: Any = None, *, backward: bool = False
) -> tuple[Sequence[State], State]:
    """Walk through entries [T, B, …]: the state after each step, by its place in time, and the last one.

    lengths [B]: steps of each sequence that count. Beyond them a sequence keeps its state and shows zeros, so walking
    `backward` begins at its own end. Raises InvalidArgument for a sequence without steps.
    """
    times = range(len(entries))
    check_steps(len(times))
    if not times:
        raise InvalidArgument("a recurrent layer got a sequence of 0 steps; expected at least 1")
    shown = list[State]([()] * len(times))
    for t in reversed(times) if backward else times:
        after = step(entries[t], state)
        if lengths is None:
            state = shown[t] = after
            continue
        runs = (t < lengths)[:, None]
        state = tuple([xp.where(runs, new, old) for new, old in zip(after, state, strict=True)])
        shown[t] = tuple([xp.where(runs, new, xp.zeros_like(new)) for new in after])
    return shown, state


def through_time(xp: Any, shown: Sequence[State], part: int = 0) -> Any:
    """One part of the states of all steps: [T, B, n]."""
    return xp.stack([state[part] for state in shown])


def columns(x: Any, n: int, count: int) -> list[Any]:
    """The `count` gates of width n that lie side by side in the last axis."""
    return [x[..., i * n : (i + 1) * n] for i in range(count)]
