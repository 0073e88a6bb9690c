"""What mutations begin with: the graphs that DL4J wrote, and every row of the op tables as a graph of one node."""

from functools import cache

import cases
from op_tables.all_rows import ROWS
from op_tables.row import Row

from graphserver.formats.registry import read
from graphserver.kernels.hashing import op_hash
from graphserver.spec.dtype import FP32, of
from graphserver.spec.graph import OpGraph, OpKind, OpName, OpNode, Variable, VariableKind

FIXTURES = tuple(cases.names())


@cache
def fixture(name: str) -> OpGraph:
    """The graph of a recorded case."""
    content = read(cases.case(name).graph, name).content
    assert isinstance(content, OpGraph)
    return content


def single(row: Row, *, fed: int) -> OpGraph:
    """A row of the op tables as a graph: its first `fed` inputs are placeholders, the others and host inputs constants.

    The size along the first axis is the caller's choice.
    """
    name = OpName(OpKind.CUSTOM, op_hash(row.op), row.op) if isinstance(row.op, str) else OpName(*row.op, "")
    inputs = [_input(row, i, i < fed and i not in row.host_inputs) for i in range(len(row.inputs))]
    count = 1 if isinstance(row.expected, type) else len(row.expected)
    outputs = [Variable(f"y{i}", VariableKind.ARRAY, FP32, key=(99, i)) for i in range(count)]
    node = OpNode("n", name, _names(inputs), _names(outputs), row.args)
    return OpGraph({each.name: each for each in (*inputs, *outputs)}, (node,))


def _input(row: Row, i: int, fed: bool) -> Variable:
    x = row.inputs[i]
    if fed:
        return Variable(
            f"x{i}", VariableKind.PLACEHOLDER, of(x), (None, *x.shape[1:]) if x.ndim else (), key=(i + 1, 0)
        )
    return Variable(f"x{i}", VariableKind.CONSTANT, of(x), x.shape, x, (i + 1, 0))


def _names(variables: list[Variable]) -> tuple[str, ...]:
    return tuple(each.name for each in variables)


__all__ = ["FIXTURES", "ROWS", "fixture", "single"]
