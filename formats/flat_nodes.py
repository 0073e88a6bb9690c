"""The nodes of a FlatGraph, with ids replaced by names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..proto.arrays import read_array
from ..proto.flatgraph import FlatGraph, FlatNode, FlatProperties
from ..spec.dtype import Array, DType, by_code
from ..spec.errors import GraphServerError, InvalidArgument, Unsupported
from ..spec.graph import OpArgs, OpKind, OpName, OpNode, Variable, VariableKind

MAX_ARGUMENTS = 1 << 20
"""Numbers in one list of arguments; larger data belongs into a constant."""

_OLD_CUSTOM = 11
"""OpType.CUSTOM before 1.0.0-beta4; today's 11 counts its ops from 0, so that a hash betrays the old numbering."""

_COMPUTED = (VariableKind.ARRAY, VariableKind.SEQUENCE)

Keys = Mapping[tuple[int, int], str]
"""Names of variables by node id and output."""


def read_nodes(graph: FlatGraph, variables: Mapping[str, Variable]) -> list[OpNode]:
    """The nodes in the file's order, every name in them known. Raises InvalidArgument, Unsupported."""
    keys = {variable.key: variable.name for variable in variables.values()}
    nodes = [_node(flat, keys, variables) for flat in graph.nodes]
    names = _unique(nodes)
    producers = _producers(nodes, variables)
    for node in nodes:
        for name in node.inputs:
            if variables[name].kind in _COMPUTED and name not in producers:
                raise InvalidArgument(f"node '{node.name}' reads '{name}', which no node computes")
    return [_after(node, names, producers, variables) for node in nodes]


def refuse_old_numbering(graph: FlatGraph) -> None:
    """Raise Unsupported for files from before 1.0.0-beta4, which number op types, and so everything, differently."""
    if any(node.op_type == _OLD_CUSTOM and abs(node.op_num) >> 32 for node in graph.nodes):
        raise Unsupported(
            "the graph was saved by DL4J before 1.0.0-beta4, whose op numbers differ; "
            "load and save it with a release from 1.0.0-beta4 to 1.0.0-M2.1"
        )


def _node(flat: FlatNode, keys: Keys, variables: Mapping[str, Variable]) -> OpNode:
    name = flat.name or f"node {flat.id}"
    try:
        outputs = _outputs(flat, keys)
        results = tuple(variables[output].dtype for output in outputs if output in variables)
        return OpNode(name, _op(flat), _inputs(flat, keys), outputs, _args(flat, results), _waits(flat))
    except GraphServerError as error:
        raise type(error)(f"node '{name}': {error}") from None


def _op(flat: FlatNode) -> OpName:
    try:
        return OpName(OpKind(flat.op_type), flat.op_num, flat.op_name)
    except ValueError:
        raise Unsupported(f"unknown op type {flat.op_type} of op '{flat.op_name}'") from None


def _inputs(flat: FlatNode, keys: Keys) -> tuple[str, ...]:
    pairs = [(pair.first, pair.second) for pair in flat.input_paired]
    return tuple(_named(pair, keys) for pair in pairs or [(id, 0) for id in _list(flat.input)])


def _named(pair: tuple[int, int], keys: Keys) -> str:
    if pair not in keys:
        raise InvalidArgument(f"input {pair[0]}:{pair[1]} is no variable of the graph")
    return keys[pair]


def _outputs(flat: FlatNode, keys: Keys) -> tuple[str, ...]:
    """The names that the file gives, else the variables with this node's id."""
    return tuple(flat.output_names) or tuple(_consecutive(flat.id, keys))


def _consecutive(id: int, keys: Keys) -> Iterator[str]:
    index = 0
    while (id, index) in keys:
        yield keys[id, index]
        index += 1


def _waits(flat: FlatNode) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*flat.control_deps, *flat.var_control_deps)))


def _args(flat: FlatNode, results: tuple[DType, ...]) -> OpArgs:
    scalar = flat.scalar
    return OpArgs(
        ints=_list(flat.extra_integer),
        floats=_list(flat.extra_params),
        bools=tuple(map(bool, _list(flat.extra_bools))),
        dtypes=tuple(map(by_code, _list(flat.extra_types))),
        strings=tuple(flat.extra_strings),
        dims=_list(flat.dimensions),
        scalar=None if scalar is None else read_array(scalar, "scalar"),
        properties={entry.name: _property(entry) for entry in flat.properties},
        results=results,
    )


def _property(flat: FlatProperties) -> tuple[Any, ...]:
    arrays = (read_array(array, f"property '{flat.name}'") for array in flat.a)
    bools = map(bool, _list(flat.b))
    return (*_list(flat.i), *_list(flat.l), *_list(flat.d), *bools, *flat.s, *arrays)


def _list(numbers: Array) -> tuple[Any, ...]:
    if numbers.size > MAX_ARGUMENTS:
        raise InvalidArgument(f"a list of {numbers.size} arguments, expected at most {MAX_ARGUMENTS}")
    return tuple(numbers.tolist())


def _unique(nodes: Iterable[OpNode]) -> set[str]:
    names = set[str]()
    for node in nodes:
        if node.name in names:
            raise InvalidArgument(f"two nodes are called '{node.name}'")
        names.add(node.name)
    return names


def _producers(nodes: Iterable[OpNode], variables: Mapping[str, Variable]) -> dict[str, str]:
    """Which node computes a variable."""
    found = dict[str, str]()
    for node in nodes:
        for name in node.outputs:
            if name not in variables:
                raise InvalidArgument(f"node '{node.name}' computes '{name}', which is no variable of the graph")
            if variables[name].kind not in _COMPUTED:
                raise InvalidArgument(f"node '{node.name}' computes '{name}', a {variables[name].kind.name.lower()}")
            if name in found:
                raise InvalidArgument(f"nodes '{found[name]}' and '{node.name}' both compute '{name}'")
            found[name] = node.name
    return found


def _after(node: OpNode, names: set[str], producers: Mapping[str, str], variables: Mapping[str, Variable]) -> OpNode:
    """`node` with what it waits for as nodes: files name nodes or variables, and some of those nobody computes."""
    if not node.after:
        return node
    for name in node.after:
        if name not in names and name not in variables:
            raise InvalidArgument(f"node '{node.name}' waits for '{name}', which is neither a node nor a variable")
    waits = [name if name in names else producers.get(name) for name in node.after]
    after = tuple(dict.fromkeys(name for name in waits if name is not None))
    return OpNode(node.name, node.op, node.inputs, node.outputs, node.args, after)
