"""Small op graphs written in lines, and a handful of tiny kernels to run them on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphserver.backend.native.compile import Compiled, compile_graph
from graphserver.kernels.catalog import load_all
from graphserver.kernels.hashing import op_hash
from graphserver.kernels.registry import KernelRegistry, kernel
from graphserver.kernels.rows import elementwise
from graphserver.spec.artifact import Artifact
from graphserver.spec.dtype import FP32, Array, DType, of
from graphserver.spec.errors import Unavailable
from graphserver.spec.graph import OpArgs, OpGraph, OpKind, OpName, OpNode, Variable, VariableKind
from graphserver.spec.tensor import Shape, Signature, TensorSpec

Placeholders = Mapping[str, Shape | tuple[DType, Shape | None] | None]


def graph(
    *lines: str,
    feed: Placeholders | None = None,
    hold: Mapping[str, Any] | None = None,
    args: Mapping[str, OpArgs] | None = None,
    **more: Any,
) -> OpGraph:
    """A graph of nodes such as "y z = op a b", each named by its first output.

    feed: placeholders with their shape (FLOAT), or (dtype, shape). hold: constants. args: by node name.
    more: further fields of OpGraph.
    """
    nodes = [_node(line, args or {}) for line in lines]
    variables = [_placeholder(name, given) for name, given in (feed or {}).items()]
    variables += [_constant(name, np.asarray(value)) for name, value in (hold or {}).items()]
    variables += [Variable(name, VariableKind.ARRAY, FP32) for node in nodes for name in node.outputs]
    return OpGraph({found.name: found for found in variables}, tuple(nodes), **more)


def compiled(*lines: str, kernels: KernelRegistry | None = None, **more: Any) -> Compiled:
    """That graph, compiled for the tiny kernels below (or for those given)."""
    return compile_graph(graph(*lines, **more), kernels or TINY)


def real(*lines: str, **more: Any) -> Compiled:
    """That graph, compiled for the kernels that are served."""
    return compiled(*lines, kernels=load_all(), **more)


def artifact(content: OpGraph) -> Artifact:
    """The graph as a reader would hand it over."""
    placeholders = [found for found in content.variables.values() if found.kind is VariableKind.PLACEHOLDER]
    inputs = tuple(TensorSpec(found.name, found.dtype, found.shape) for found in placeholders)
    return Artifact("test", "native", Signature(inputs), content)


def ints(*values: int) -> OpArgs:
    """Integer arguments."""
    return OpArgs(ints=values)


def _node(line: str, args: Mapping[str, OpArgs]) -> OpNode:
    outputs, _, call = line.partition(" = ")
    op, *inputs = call.split()
    names = tuple(outputs.split())
    return OpNode(names[0], OpName(OpKind.CUSTOM, op_hash(op), op), tuple(inputs), names, args.get(names[0], OpArgs()))


def _placeholder(name: str, given: Any) -> Variable:
    dtype, shape = given if given and isinstance(given[0], DType) else (FP32, given)
    return Variable(name, VariableKind.PLACEHOLDER, dtype, shape)


def _constant(name: str, value: Array) -> Variable:
    return Variable(name, VariableKind.CONSTANT, of(value), value.shape, value)


TINY = KernelRegistry()


@kernel("add", rows=elementwise, registry=TINY)
def add(_xp: Any, x: Any, y: Any) -> Any:
    return x + y


@kernel("scale", ints=("by",), rows=elementwise, registry=TINY)
def scale(_xp: Any, x: Any, by: int = 2) -> Any:
    return x * by


@kernel("product", registry=TINY)
def product(_xp: Any, x: Any, w: Any) -> Any:
    return x @ w


@kernel("both", rows=elementwise, registry=TINY)
def both(_xp: Any, x: Any) -> tuple[Any, ...]:
    return x + 1, x - 1


@kernel("noise", rows=elementwise, pure=False, registry=TINY)
def noise(_xp: Any, x: Any) -> Any:
    return x + np.random.default_rng().normal(size=x.shape)


@kernel("fails", ints=("how",), registry=TINY)
def fails(_xp: Any, _x: Any, how: int = 0) -> Any:
    raise FAILURES[how]("no\n good")


FAILURES: Sequence[type[Exception]] = (ValueError, IndexError, TypeError, ZeroDivisionError, MemoryError, Unavailable)
