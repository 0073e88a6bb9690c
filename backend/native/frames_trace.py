"""One walk over a graph's nodes that gives every value its place in the control flow.

Switch, enter, exit and next_iteration move no data: what they answer is another name for what they read, in another
place. What remains are ops, choices (a merge of two branches), and loops (a merge that a next_iteration closes).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ...spec.errors import Unsupported
from ...spec.graph import OpNode
from .call import Call, Guard
from .failures import title
from .frames_control import CHOOSE, Control, Truth, check_count, choose, control, frame_name
from .frames_place import Branch, Frame, Place, inner, path
from .kinds import Kinds

_SIDES = (False, True)


@dataclass(frozen=True, slots=True)
class Item:
    """A call with its place. Its inputs have the names under which they were made."""

    call: Call
    place: Place


class Trace:
    """The walk, and what it found. `places` has no entry for what stands in the graph itself.

    captured: by loop, values that it uses and which are known when it is entered: it stands where the deepest does.
    Raises Unsupported naming the node that fits into no branch or loop, and Captures (frames_place.py).
    """

    def __init__(
        self,
        nodes: Sequence[OpNode],
        calls: Mapping[str, Call],
        captured: Mapping[str, Sequence[str]],
        kinds: Kinds,
        truth: Truth,
    ) -> None:
        self.items: list[Item] = []
        self.frames: dict[str, Frame] = {}
        self.places: dict[str, Place] = {}
        self._names: dict[str, str] = {}
        self._calls = calls
        self._captured = captured
        self.kinds = kinds
        self._truth = truth
        self._entered: set[str] = set()
        self._branches: dict[tuple[Place, Guard], Branch] = {}
        self._repeats = {name for node in nodes if control(node) is Control.NEXT_ITERATION for name in node.outputs}
        for node in nodes:
            self._pass(node)

    def name(self, variable: str) -> str:
        """The name under which a value was made."""
        return self._names.get(variable, variable)

    def _pass(self, node: OpNode) -> None:
        try:
            match control(node):
                case None:
                    self._op(node)
                case Control.SWITCH:
                    self._switch(node)
                case Control.MERGE:
                    self._merge(node)
                case Control.ENTER:
                    self._enter(node)
                case Control.EXIT:
                    self._exit(node)
                case Control.NEXT_ITERATION | Control.LOOP_COND:
                    self._same(node)
        except Unsupported as error:
            raise Unsupported(f"{title(node)}: {error}") from None

    def _op(self, node: OpNode) -> None:
        call = self._calls.get(node.name)
        if call is None:
            return
        place = self._place(node.inputs)
        inputs = tuple(map(self.name, node.inputs)) if self._names else node.inputs
        if inputs != node.inputs:
            call = replace(call, node=replace(node, inputs=inputs))
        self._add(call, place)

    def _add(self, call: Call, place: Place) -> None:
        self.items.append(Item(self.kinds.through(call), place))
        if place is not None:
            self.places.update(dict.fromkeys(call.node.outputs, place))

    def _place(self, names: Sequence[str]) -> Place:
        """The deepest place of these values."""
        place, witness = None, ""
        if self.places:
            for name in names:
                place, witness = inner((place, witness), (self.places.get(name), name))
        return place

    def _same(self, node: OpNode) -> None:
        """What the node answers is what it reads."""
        check_count(node, 1)
        self._rename(node, self.places.get(node.inputs[0]))

    def _rename(self, node: OpNode, place: Place) -> None:
        self._names[node.outputs[0]] = self.name(node.inputs[0])
        self.places[node.outputs[0]] = place

    def _switch(self, node: OpNode) -> None:
        check_count(node, 2, outputs=2)
        place, predicate = self._place(node.inputs), self.name(node.inputs[1])
        for side, output in zip(_SIDES, node.outputs, strict=False):
            guard = Guard(predicate, side)
            self._names[output] = self.name(node.inputs[0])
            if (place, guard) not in self._branches:
                self._branches[place, guard] = Branch(place, guard)
            self.places[output] = self._branches[place, guard]

    def _enter(self, node: OpNode) -> None:
        check_count(node, 1)
        name = frame_name(node)
        frame = self.frames.get(name)
        if frame is None:
            frame = self.frames[name] = Frame(self._place(self._captured[name]), name, len(self.frames))
        self._rename(node, frame)
        self._entered.update(node.outputs)

    def _exit(self, node: OpNode) -> None:
        check_count(node, 1)
        place = self.places.get(node.inputs[0])
        frame = place.outer if isinstance(place, Branch) else None
        if not isinstance(place, Branch) or not isinstance(frame, Frame):
            raise Unsupported("it leaves no loop: it does not read what a switch of one answers")
        if frame.leaves not in (None, place.guard):
            raise Unsupported(f"loop '{frame.name}' would end by more than one condition")
        frame.leaves = place.guard
        frame.exits[node.outputs[0]] = self.name(node.inputs[0])
        self.kinds.same(node.outputs[0], self.name(node.inputs[0]))
        self.places[node.outputs[0]] = frame.outer

    def _merge(self, node: OpNode) -> None:
        check_count(node, 2)
        if node.outputs[0] in node.inputs:
            return  # the counter of 1.0.0-M2.1 that nobody reads: it has no value
        repeats = [name for name in node.inputs if name in self._repeats]
        if repeats:
            self._variable(node, repeats[0])
        else:
            self._choice(node)

    def _variable(self, node: OpNode, repeat: str) -> None:
        first = node.inputs[1] if node.inputs[0] == repeat else node.inputs[0]
        place = self.places.get(first)
        if first not in self._entered or not isinstance(place, Frame):
            raise Unsupported(f"it begins a loop with '{first}', which does not enter one")
        place.variables[node.outputs[0]] = (self.name(first), repeat)
        self.kinds.same(node.outputs[0], self.name(first))
        self.places[node.outputs[0]] = place

    def _choice(self, node: OpNode) -> None:
        """A value that is there on both sides belongs to the side that the other one does not come from."""
        one, two = (self.places.get(name) for name in node.inputs)
        if isinstance(one, Branch) and (_sides(one, two) or two in (None, *path(one.outer))):
            guard, place, side = one.guard, one.outer, one.guard.side
        elif isinstance(two, Branch) and one in (None, *path(two.outer)):
            guard, place, side = two.guard, two.outer, not two.guard.side
        else:
            raise Unsupported("it does not join the two sides of one switch")
        first, second = map(self.name, node.inputs)
        values = (first, second) if side else (second, first)
        made = replace(node, inputs=(guard.predicate, *values))
        self._add(Call(made, CHOOSE, {}, partial(choose, self._truth, guard.predicate)), place)


def _sides(one: Branch, two: Place) -> bool:
    """Whether these are the two sides of a switch."""
    return (
        isinstance(two, Branch)
        and two.outer is one.outer
        and two.guard == Guard(one.guard.predicate, not one.guard.side)
    )
