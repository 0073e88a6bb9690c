"""One row of the kernels' tables: what a node says, what it is fed, what it must answer."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graphserver.kernels.catalog import load_all
from graphserver.kernels.hashing import op_hash
from graphserver.kernels.registry import Kernel
from graphserver.spec.dtype import Array
from graphserver.spec.graph import OpArgs, OpKind, OpName

Place = tuple[OpKind, int]


@dataclass(frozen=True)
class Row:
    """op: a custom op's name, or a place in a legacy table. expected: arrays, or the error that must come."""

    op: str | Place
    inputs: tuple[Array, ...]
    expected: tuple[Array, ...] | type[Exception]
    args: OpArgs = field(default_factory=OpArgs)
    rtol: float = 1e-5
    atol: float = 1e-6

    def __str__(self) -> str:
        shapes = " ".join(f"{x.dtype.name}{list(x.shape)}" for x in self.inputs)
        return f"{self.kernel.name} {shapes}".replace(" ", "_")

    @property
    def kernel(self) -> Kernel:
        """The kernel that the op's name or number leads to."""
        custom = isinstance(self.op, str)
        name = OpName(OpKind.CUSTOM, op_hash(self.op), self.op) if custom else OpName(*self.op, "")
        found = load_all().find(name)
        assert found, f"no kernel for {name}"
        return found

    @property
    def host_inputs(self) -> frozenset[int]:
        """Positions of the inputs that the kernel needs on the host."""
        return self.kernel.host_inputs(len(self.inputs), self.kernel.read(self.args))

    def run(self, xp: Any, *inputs: Any) -> tuple[Any, ...]:
        """The kernel's answers to these inputs, as a tuple."""
        with np.errstate(all="ignore"):
            out = self.kernel.function(xp, *inputs, **self.kernel.read(self.args))
        return out if isinstance(out, tuple) else (out,)


def args(
    *ints: int,
    t: tuple[float, ...] = (),
    b: tuple[bool, ...] = (),
    dims: tuple[int, ...] = (),
    scalar: Any = None,
    **more: Any,
) -> OpArgs:
    """A node's arguments in short: integers, T, B, dimensions, scalar operand."""
    value = None if scalar is None else np.asarray(scalar)
    return OpArgs(ints=ints, floats=t, bools=b, dims=dims, scalar=value, **more)


def row(op: str | Place, inputs: Any, expected: Any, said: OpArgs | None = None, **more: Any) -> Row:
    """A row from one array or a tuple of them; lists become float32, or int32 when they hold whole numbers only."""
    outputs = expected if isinstance(expected, type) else tuple(map(array, _tuple(expected)))
    return Row(op, tuple(map(array, _tuple(inputs))), outputs, said or OpArgs(), **more)


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def array(value: Any) -> Array:
    """An array as it is; numbers as float32, whole numbers as int32, truth values as bool."""
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value)
    made = np.array(value)
    return made.astype({"f": "float32", "i": "int32"}.get(made.dtype.kind, made.dtype))


def floats(*shape: int, seed: int = 0, low: float = -2.0, high: float = 2.0) -> Array:
    """Random float32 numbers, the same in every run."""
    return np.random.default_rng(seed).uniform(low, high, shape).astype("float32")
