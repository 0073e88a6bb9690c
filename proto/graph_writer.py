"""An OpGraph as a FlatGraph, the way SameDiff 1.0.0-M2.1 saves one (but little-endian)."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..spec.graph import OpArgs, OpGraph, OpNode, Variable, VariableKind
from .arrays import write_array
from .flatgraph import FlatConfiguration, FlatGraph, FlatNode, FlatProperties, FlatVariable, IntPair
from .writing import Writer

Keys = Mapping[str, tuple[int, int]]

_ANY_DEVICE = -1
_NO_CONFIGURATION_ID = -1


def write_graph(graph: OpGraph, graph_id: int = 0) -> memoryview:
    """The FlatGraph. Variables keep their keys when these are distinct, else they are numbered as SameDiff does.

    Raises InvalidArgument or Unsupported for arrays that DL4J cannot hold.
    """
    writer = Writer(4096 + 1024 * len(graph.nodes) + sum(map(_size, graph.variables.values())))
    keys = _keys(graph)
    variables = [_variable(writer, variable, keys) for variable in graph.variables.values()]
    positions = {name: index for index, name in enumerate(graph.variables)}
    spare = 1 + max((key[0] for key in keys.values()), default=0)
    nodes = [_node(writer, node, graph, keys, positions, spare + at) for at, node in enumerate(graph.nodes)]
    placeholders = [v.name for v in graph.variables.values() if v.kind is VariableKind.PLACEHOLDER]
    losses = [name for name in graph.variables if name in graph.losses]
    mode = {"id": _NO_CONFIGURATION_ID, "output_mode": graph.mode.value}
    return writer.finish(
        writer.table(
            FlatGraph,
            id=graph_id,
            variables=writer.references(variables),
            nodes=writer.references(nodes),
            outputs=writer.references([_pair(writer, keys[name]) for name in graph.outputs]),
            configuration=writer.table(FlatConfiguration, **mode),
            placeholders=writer.texts(placeholders),
            loss_variables=writer.texts(losses),
        )
    )


def _size(variable: Variable) -> int:
    return 512 + (0 if variable.value is None else variable.value.nbytes)


def _keys(graph: OpGraph) -> Keys:
    """One id for all outputs of a node, one for every other variable, from 1 on."""
    own = {name: variable.key for name, variable in graph.variables.items()}
    if len(set(own.values())) == len(own):
        return own
    computed = {name for node in graph.nodes for name in node.outputs}
    groups = [node.outputs for node in graph.nodes] + [(name,) for name in own if name not in computed]
    return {name: (id, index) for id, group in enumerate(groups, 1) for index, name in enumerate(group)}


def _variable(writer: Writer, variable: Variable, keys: Keys) -> int:
    shape = 0
    if variable.kind is VariableKind.PLACEHOLDER and variable.shape is not None:
        shape = writer.numbers((-1 if dim is None else dim for dim in variable.shape), "<i8")
    return writer.table(
        FlatVariable,
        id=_pair(writer, keys[variable.name]),
        name=writer.text(variable.name),
        dtype=variable.dtype.code,
        shape=shape,
        ndarray=0 if variable.value is None else write_array(writer, variable.value),
        device=_ANY_DEVICE,
        variabletype=variable.kind.value,
    )


def _node(writer: Writer, node: OpNode, graph: OpGraph, keys: Keys, positions: Mapping[str, int], spare: int) -> int:
    types = [graph.variables[name].dtype.code for name in node.outputs]
    return writer.table(
        FlatNode,
        id=keys[node.outputs[0]][0] if node.outputs else spare,
        name=writer.text(node.name),
        op_type=node.op.kind.value,
        op_num=node.op.number,
        op_name=writer.text(node.op.name),
        input=writer.numbers((), "<i4"),
        input_paired=writer.references([_pair(writer, keys[name]) for name in node.inputs]),
        output=writer.numbers((positions[name] for name in node.outputs), "<i4"),
        output_names=writer.texts(node.outputs),
        output_types=writer.numbers(types, "i1"),
        device=_ANY_DEVICE,
        control_deps=writer.texts(node.after),
        **_args(writer, node.args),
    )


def _args(writer: Writer, args: OpArgs) -> dict[str, int]:
    return {
        "extra_integer": writer.numbers(args.ints, "<i8"),
        "extra_params": writer.numbers(args.floats, "<f8"),
        "extra_bools": writer.numbers(args.bools, "?"),
        "extra_types": writer.numbers((dtype.code for dtype in args.dtypes), "i1"),
        "extra_strings": writer.texts(args.strings),
        "dimensions": writer.numbers(args.dims, "<i4"),
        "scalar": 0 if args.scalar is None else write_array(writer, args.scalar),
        "properties": writer.references([_property(writer, *entry) for entry in args.properties.items()]),
    }


def _property(writer: Writer, name: str, values: tuple[Any, ...]) -> int:
    """Each value in the vector of its type; a property holds values of one."""
    return writer.table(
        FlatProperties,
        name=writer.text(name),
        l=writer.numbers(_only(int, values), "<i8"),
        d=writer.numbers(_only(float, values), "<f8"),
        b=writer.numbers(_only(bool, values), "?"),
        s=writer.texts(_only(str, values)),
        a=writer.references([write_array(writer, array) for array in _only(np.ndarray, values)]),
    )


def _only(kind: Any, values: Iterable[Any]) -> list[Any]:
    return [value for value in values if type(value) is kind]


def _pair(writer: Writer, key: tuple[int, int]) -> int:
    return writer.table(IntPair, first=key[0], second=key[1])
