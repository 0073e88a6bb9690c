"""Changes to an op graph that a broken writer, or an enemy, might make."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from graphserver.spec.dtype import of
from graphserver.spec.graph import OpArgs, OpGraph, OpKind, OpName, OpNode, OutputMode, Variable, VariableKind

from .bases import ROWS
from .choices import Choices

Mutation = Callable[[OpGraph, Choices], OpGraph]


def mutated(graph: OpGraph, choices: Choices) -> OpGraph:
    """The graph with one to four changes."""
    for _ in range(1 + choices.below(4)):
        graph = choices.pick(MUTATIONS)(graph, choices)
    return graph


def _edited(things: tuple[Any, ...], choices: Choices, make: Callable[[Choices], Any]) -> tuple[Any, ...]:
    """One thing replaced, added, left out or written twice."""
    at = choices.below(len(things)) if things else 0
    here = things[at : at + 1]
    middle = choices.pick((lambda: (make(choices),), lambda: (make(choices), *here), tuple, lambda: here * 2))()
    return (*things[:at], *middle, *things[at + 1 :])


def _changed(graph: OpGraph, choices: Choices, change: Callable[[OpNode], OpNode]) -> OpGraph:
    """The graph with one node changed."""
    if not graph.nodes:
        return graph
    at = choices.below(len(graph.nodes))
    return replace(graph, nodes=(*graph.nodes[:at], change(graph.nodes[at]), *graph.nodes[at + 1 :]))


def _args(graph: OpGraph, choices: Choices, change: Callable[[OpArgs], OpArgs]) -> OpGraph:
    return _changed(graph, choices, lambda node: replace(node, args=change(node.args)))


def ints(graph: OpGraph, choices: Choices) -> OpGraph:
    return _args(graph, choices, lambda args: replace(args, ints=_edited(args.ints, choices, Choices.whole)))


def floats(graph: OpGraph, choices: Choices) -> OpGraph:
    return _args(graph, choices, lambda args: replace(args, floats=_edited(args.floats, choices, Choices.real)))


def flags(graph: OpGraph, choices: Choices) -> OpGraph:
    return _args(graph, choices, lambda args: replace(args, bools=_edited(args.bools, choices, Choices.flag)))


def dims(graph: OpGraph, choices: Choices) -> OpGraph:
    return _args(graph, choices, lambda args: replace(args, dims=_edited(args.dims, choices, Choices.dimension)))


def dtypes(graph: OpGraph, choices: Choices) -> OpGraph:
    return _args(graph, choices, lambda args: replace(args, dtypes=_edited(args.dtypes, choices, Choices.dtype)))


def strings(graph: OpGraph, choices: Choices) -> OpGraph:
    return _args(graph, choices, lambda args: replace(args, strings=_edited(args.strings, choices, Choices.word)))


def scalar(graph: OpGraph, choices: Choices) -> OpGraph:
    value = choices.array(shape=()) if choices.often() else None
    return _args(graph, choices, lambda args: replace(args, scalar=value))


def properties(graph: OpGraph, choices: Choices) -> OpGraph:
    """A field that some op reads, or that the node has, with other content."""
    make = choices.pick((Choices.whole, Choices.real, Choices.flag, Choices.word))
    values = tuple(make(choices) for _ in range(choices.below(4)))

    def change(args: OpArgs) -> OpArgs:
        name = choices.pick(("keepDims", "biasCorrected", "axis", "axes", "dimensions", *args.properties))
        return replace(args, properties={**args.properties, name: values})

    return _args(graph, choices, change)


def op(graph: OpGraph, choices: Choices) -> OpGraph:
    """Another op, with the same inputs; its own arguments, or those that were there."""
    row, keep = choices.pick(ROWS), choices.flag()
    name = OpName(OpKind.CUSTOM, 0, row.op) if isinstance(row.op, str) else OpName(*row.op, "")
    return _changed(graph, choices, lambda node: replace(node, op=name, args=node.args if keep else row.args))


def _name_in(graph: OpGraph) -> Callable[[Choices], str]:
    return lambda choices: choices.pick(tuple(graph.variables))


def wiring(graph: OpGraph, choices: Choices) -> OpGraph:
    """An input read from elsewhere, left out or added."""
    return _changed(graph, choices, lambda node: replace(node, inputs=_edited(node.inputs, choices, _name_in(graph))))


def results(graph: OpGraph, choices: Choices) -> OpGraph:
    """Another number of outputs, or those of another node."""
    return _changed(graph, choices, lambda node: replace(node, outputs=_edited(node.outputs, choices, _name_in(graph))))


def order(graph: OpGraph, choices: Choices) -> OpGraph:
    """A node left out, repeated or moved."""
    if not graph.nodes:
        return graph
    return replace(graph, nodes=_edited(graph.nodes, choices, lambda _: choices.pick(graph.nodes)))


def _given(graph: OpGraph, choices: Choices, change: Callable[[Variable], Variable]) -> OpGraph:
    """The graph with one variable changed that no node computes."""
    computed = {name for node in graph.nodes for name in node.outputs}
    names = [name for name in graph.variables if name not in computed]
    if not names:
        return graph
    name = choices.pick(names)
    return replace(graph, variables={**graph.variables, name: change(graph.variables[name])})


def value(graph: OpGraph, choices: Choices) -> OpGraph:
    """A constant of another type, shape or content."""

    def change(found: Variable) -> Variable:
        keep = found.value is not None and choices.often()
        array = choices.array(*((found.dtype, found.value.shape) if keep and found.value is not None else ()))
        kind = found.kind if found.value is not None else VariableKind.CONSTANT
        return replace(found, kind=kind, dtype=of(array), shape=array.shape, value=array)

    return _given(graph, choices, change)


def placeholder(graph: OpGraph, choices: Choices) -> OpGraph:
    """Something that is fed, of any shape and type."""

    def change(found: Variable) -> Variable:
        sizes = [None, *(max(-1, choices.whole()) for _ in range(choices.below(5)))]
        shape = None if not choices.often() else tuple(size if size is None or size >= 0 else None for size in sizes)
        dtype = choices.dtype() if choices.flag() else found.dtype
        return replace(found, kind=VariableKind.PLACEHOLDER, dtype=dtype, shape=shape, value=None)

    return _given(graph, choices, change)


def answered(graph: OpGraph, choices: Choices) -> OpGraph:
    """Other outputs, another mode, other losses."""
    name = _name_in(graph)
    losses = graph.losses ^ {name(choices)} if choices.flag() else graph.losses
    outputs = _edited(graph.outputs, choices, name)
    return replace(graph, outputs=outputs, mode=choices.pick(tuple(OutputMode)), losses=losses)


ARGUMENTS: tuple[Mutation, ...] = (ints, ints, ints, floats, flags, dims, dtypes, scalar, strings, properties)
SHAPE: tuple[Mutation, ...] = (op, op, wiring, results, order, value, value, placeholder, answered)
MUTATIONS = (*ARGUMENTS, *SHAPE)
"""What happens more often is there more often."""
