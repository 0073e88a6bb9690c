"""Traced control flow as calls: branches become guards, loops become calls that hold their own steps."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ...spec.errors import Unsupported
from ..arrays import ArrayModule
from .call import Call, Guard
from .failures import title
from .frames import entangled
from .frames_control import CHOOSE
from .frames_order import Cycle, ordered
from .frames_place import Branch, Frame, Place, path, region
from .frames_trace import Trace
from .loop import Carried, Parts, loop_call

Regions = dict[Frame | None, list[Call]]


def structured(trace: Trace, arrays: ArrayModule) -> tuple[Call, ...]:
    """The calls of the graph itself, in dependency order. Raises Unsupported naming what fits into no loop."""
    regions: Regions = defaultdict(list)
    for item in trace.items:
        frame, guards = region(item.place)
        regions[frame].append(replace(item.call, guards=guards) if guards else item.call)
    for frame in sorted(trace.frames.values(), key=lambda frame: -frame.depth):
        if frame.leaves is not None:
            outer, guards = region(frame.outer)
            regions[outer].append(replace(_loop(frame, regions[frame], trace, arrays), guards=guards))
    return _sorted(regions[None]) if trace.frames else tuple(regions[None])


def _loop(frame: Frame, calls: Sequence[Call], trace: Trace, arrays: ArrayModule) -> Call:
    assert frame.leaves is not None, "a loop that nothing leaves is never built"
    nexts = {name: _next(frame, again, trace) for name, (_, again) in frame.variables.items()}
    live = _live(calls, nexts, [frame.leaves.predicate, *frame.exits.values()])
    variables = {name: first for name, (first, _) in frame.variables.items() if name in live}
    used = [call for call in calls if not live.isdisjoint(call.node.outputs)]
    parts = _parts(frame, used)
    carried = [Carried(name, first, nexts[name]) for name, first in variables.items()]
    return loop_call(frame.name, frame.leaves, carried, frame.exits, parts, arrays)


def _next(frame: Frame, again: str, trace: Trace) -> str:
    """What a variable is in the next iteration: something of the loop's body, or of further outside."""
    place = trace.places.get(again)
    if not (place is None or place in path(frame) or _is_body(place, frame)):
        raise Unsupported(f"loop '{frame.name}': '{again}' does not come from its body")
    return trace.name(again)


def _is_body(place: Place, frame: Frame) -> bool:
    return isinstance(place, Branch) and place.outer is frame and frame.leaves == _other(place.guard)


def _other(guard: Guard) -> Guard:
    return Guard(guard.predicate, not guard.side)


def _live(calls: Sequence[Call], nexts: Mapping[str, str], wanted: Sequence[str]) -> frozenset[str]:
    """What the exits and the predicate need, now or in a later iteration."""
    makers = {name: call for call in calls for name in call.node.outputs}
    found, rest = set[str](), list(wanted)
    while rest:
        name = rest.pop()
        if name in found:
            continue
        found.add(name)
        if name in nexts:
            rest.append(nexts[name])
        elif name in makers:
            rest.extend(makers[name].reads)
    return frozenset(found)


def _parts(frame: Frame, calls: Iterable[Call]) -> Parts:
    """Before the predicate, the body, and what only runs when the loop ends."""
    leaves = frame.leaves
    assert leaves is not None
    test, body, end = list[Call](), list[Call](), list[Call]()
    for call in calls:
        first, *rest = call.guards or (None,)
        if first == leaves or first == _other(leaves):
            (end if first == leaves else body).append(replace(call, guards=tuple(rest)))
        elif call.kernel is CHOOSE and call.node.inputs[0] == leaves.predicate:
            raise Unsupported(f"{title(call.node)}: it joins loop '{frame.name}' with what follows it")
        else:
            test.append(call)
    return Parts(_sorted(test), _sorted(body), _sorted(end))


def _sorted(calls: Sequence[Call]) -> tuple[Call, ...]:
    makers = {name: i for i, call in enumerate(calls) for name in call.node.outputs}

    def before(i: int) -> Iterator[int]:
        return (makers[name] for name in calls[i].reads if name in makers)

    try:
        return tuple(calls[i] for i in ordered(len(calls), before))
    except Cycle as cycle:
        raise entangled([calls[i].node for i in cycle.members]) from None
