"""Where a value stands in the control flow: in which branches, inside which loops."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...spec.errors import Unsupported
from .call import Guard

DEPTH = 32
"""Branches and loops that may stand inside each other."""


@dataclass(eq=False, slots=True)
class Branch:
    """One side of a switch. outer: where the switch stands; None is the graph itself."""

    outer: "Place"
    guard: Guard
    depth: int = field(init=False)

    def __post_init__(self) -> None:
        self.depth = _depth(self.outer)


@dataclass(eq=False, slots=True)
class Frame:
    """A loop, as its nodes tell.

    variables: by name of the merge, its first value and the name of the next iteration's. exits: by name, what leaves.
    leaves: the side of the loop's own predicate that ends it. order: how many loops begin before it.
    """

    outer: "Place"
    name: str
    order: int
    variables: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    exits: dict[str, str] = field(default_factory=dict[str, str])
    leaves: Guard | None = None
    depth: int = field(init=False)

    def __post_init__(self) -> None:
        self.depth = _depth(self.outer)


Place = Branch | Frame | None


class Captures(Exception):
    """Loop `frame` uses `name`, so it stands where that does, and not where its own nodes say."""

    def __init__(self, frame: Frame, name: str) -> None:
        super().__init__(frame.name, name)
        self.frame, self.name = frame.name, name


def _depth(outer: Place) -> int:
    """How many stand inside each other with this one."""
    depth = 1 if outer is None else outer.depth + 1
    if depth > DEPTH:
        raise Unsupported(f"more than {DEPTH} branches and loops stand inside each other")
    return depth


def path(place: Place) -> Sequence[Branch | Frame]:
    """All around a place, from the outside, itself included."""
    found = list[Branch | Frame]()
    while place is not None:
        found.append(place)
        place = place.outer
    return found[::-1]


def inner(one: tuple[Place, str], two: tuple[Place, str]) -> tuple[Place, str]:
    """The deeper of two places, given with a value that stands there, of which one is around the other.

    Raises Captures when that were so if a loop stood in the other's place, and Unsupported when it cannot be.
    """
    if one[0] is two[0] or two[0] is None:
        return one
    if one[0] is None:
        return two
    ones, twos = path(one[0]), path(two[0])
    for a, b in zip(ones, twos, strict=False):
        if a is not b:
            raise _parted(a, b, one[1], two[1])
    return one if len(ones) >= len(twos) else two


def _parted(a: Branch | Frame, b: Branch | Frame, of_a: str, of_b: str) -> Exception:
    """Of two loops side by side the later one in the file is the inner: SameDiff writes the outer one first."""
    if isinstance(b, Frame) and not (isinstance(a, Frame) and a.order > b.order):
        return Captures(b, of_a)
    if isinstance(a, Frame):
        return Captures(a, of_b)
    return Unsupported(f"it reads '{of_a}' and '{of_b}', of branches that never run together")


def region(place: Place) -> tuple[Frame | None, tuple[Guard, ...]]:
    """The loop that a place stands in, and the branches between."""
    guards = list[Guard]()
    while isinstance(place, Branch):
        guards.append(place.guard)
        place = place.outer
    return place, tuple(reversed(guards))
