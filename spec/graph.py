"""A graph of operations as a model file describes it: variables, nodes, and what the file asks for.

The words are SameDiff's where the field has no common one. A graph says what is to be computed;
how it runs is a backend's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .dtype import Array, DType
from .tensor import Shape


class VariableKind(Enum):
    """DL4J's VarType."""

    WEIGHT = 0
    CONSTANT = 1
    ARRAY = 2
    PLACEHOLDER = 3
    SEQUENCE = 4


class OutputMode(Enum):
    """DL4J's OutputMode: which variables answer a request that names none."""

    IMPLICIT = 0
    EXPLICIT = 1
    EXPLICIT_AND_IMPLICIT = 2
    VARIABLE_SPACE = 3
    OPTIMIZED = 4


class OpKind(Enum):
    """DL4J's OpType: the table that an op's number belongs to. CUSTOM numbers are name hashes."""

    TRANSFORM_FLOAT = 0
    TRANSFORM_SAME = 1
    TRANSFORM_BOOL = 2
    TRANSFORM_STRICT = 3
    TRANSFORM_ANY = 4
    REDUCE_FLOAT = 5
    REDUCE_SAME = 6
    REDUCE_LONG = 7
    REDUCE_BOOL = 8
    INDEX_REDUCE = 9
    SCALAR = 10
    SCALAR_BOOL = 11
    BROADCAST = 12
    BROADCAST_BOOL = 13
    PAIRWISE = 14
    PAIRWISE_BOOL = 15
    REDUCE_3 = 16
    SUMMARYSTATS = 17
    SHAPE = 18
    AGGREGATION = 19
    RANDOM = 20
    CUSTOM = 21
    GRAPH = 22
    VARIABLE = 40
    BOOLEAN = 60
    LOGIC = 119


@dataclass(frozen=True, slots=True)
class OpName:
    """How a file names an op: the table, the number in it, and the written name."""

    kind: OpKind
    number: int
    name: str

    def __str__(self) -> str:
        return f"{self.name or '?'} ({self.kind.name} {self.number})"


@dataclass(frozen=True, slots=True)
class OpArgs:
    """A node's arguments.

    ints, floats, bools, dtypes, strings: DL4J's iArgs, tArgs, bArgs, dArgs, sArgs.
    dims: dimensions of a legacy reduction; 2147483647 stands for all. scalar: operand of a scalar op (rank 0).
    properties: the writer's own fields by name; a list of numbers, strings or arrays each.
    results: the types that the file declares for the outputs; DL4J allocates them so, whatever the op prefers. They
        repeat what the variables say, so nodes are compared without them.
    """

    ints: tuple[int, ...] = ()
    floats: tuple[float, ...] = ()
    bools: tuple[bool, ...] = ()
    dtypes: tuple[DType, ...] = ()
    strings: tuple[str, ...] = ()
    dims: tuple[int, ...] = ()
    scalar: Array | None = None
    properties: Mapping[str, tuple[Any, ...]] = field(default_factory=dict[str, tuple[Any, ...]])
    results: tuple[DType, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Variable:
    """A named value. `value` is set for weights and constants. `key` is DL4J's id pair, also used on its wire."""

    name: str
    kind: VariableKind
    dtype: DType
    shape: Shape | None = None
    value: Array | None = None
    key: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class OpNode:
    """One operation: reads the variables `inputs`, writes `outputs`, runs after the nodes `after`."""

    name: str
    op: OpName
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    args: OpArgs = field(default_factory=OpArgs)
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpGraph:
    """A whole graph. `nodes` stand in dependency order, but for the loops of control flow.

    outputs: what the file itself lists as outputs (often nothing); mode: its rule for when it lists none.
    losses: variables that only training needs.
    """

    variables: Mapping[str, Variable]
    nodes: tuple[OpNode, ...]
    outputs: tuple[str, ...] = ()
    mode: OutputMode = OutputMode.VARIABLE_SPACE
    losses: frozenset[str] = frozenset()
