"""Lists of arrays: each row is a few ops on one list, judged by what is read from it in the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphserver.kernels.catalog import load_all
from graphserver.spec.dtype import Array
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

from .row import Row, args, array

Script = Callable[..., Any]
"""`(op, *inputs) -> arrays`, with `op(name, *inputs, **options)` running a kernel."""


@dataclass(frozen=True)
class ListRow(Row):
    """op: the op that the row is counted for. script: what is done with the inputs."""

    script: Script = lambda *_: None

    @property
    def host_inputs(self) -> frozenset[int]:
        """The script itself says what lies on the host."""
        return frozenset()

    def run(self, xp: Any, *inputs: Any) -> tuple[Any, ...]:
        """What the script reads."""

        def op(name: str, *given: Any, said: OpArgs = self.args) -> Any:
            kernel = load_all().by_name[name]
            return kernel.function(xp, *given, **kernel.read(said))

        out = self.script(op, *inputs)
        return out if isinstance(out, tuple) else (out,)


def ran(op: str, script: Script, inputs: Any, expected: Any, said: OpArgs | None = None) -> Row:
    """A row from lists of numbers."""
    given = tuple(map(array, inputs if isinstance(inputs, tuple) else (inputs,)))
    outputs = expected if isinstance(expected, type) else tuple(map(array, expected))
    return ListRow(op, given, outputs, said or OpArgs(), script=script)


def at(*indices: int) -> Array:
    """Indices, on the host."""
    return np.array(indices, np.int32)


def filled(op: Any, x: Any) -> Any:
    """A list of the rows of x."""
    return op("scatter_list", op("create_list")[0], at(-1), x)


ALL = at(-1)
X = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]

ROWS = [
    ran("create_list", lambda op: op("size_list", op("create_list")[0]), (), [0]),
    ran("create_list", lambda op: op("size_list", op("create_list", at(7))[1]), (), [0]),
    ran("create_list", lambda op: op("gather_list", op("create_list")[0], ALL), (), InvalidArgument),
    ran("clone_list", lambda op, x: op("gather_list", op("clone_list", filled(op, x)), ALL), X, [X]),
    ran("clone_list", lambda op, x: op("read_list", op("clone_list", x, filled(op, x)), at(1)), X, [X[1]]),
    ran("clone_list", lambda op, x: op("clone_list", x), X, InvalidArgument),
    # write_list: in order, over an entry, beyond the end; the flow counts, or where it is an array, the handle
    ran(
        "write_list",
        lambda op, x: op("gather_list", op("write_list", filled(op, x), at(3), x[0], x), ALL),
        X,
        [[*X, X[0]]],
    ),
    ran(
        "write_list",
        lambda op, x: op("gather_list", op("write_list", x, at(0), x[2], filled(op, x)), ALL),
        X,
        [[X[2], *X[1:]]],
    ),
    ran("write_list", lambda op, x: op("read_list", op("write_list", op("create_list")[0], at(5), x), at(5)), X, [X]),
    ran(
        "write_list",
        lambda op, x: op("gather_list", op("write_list", op("create_list")[0], at(1), x), ALL),
        X,
        InvalidArgument,
    ),
    ran("write_list", lambda op, x: op("write_list", filled(op, x), at(-1), x), X, InvalidArgument),
    ran("write_list", lambda op, x: op("write_list", filled(op, x), at(2**14), x), X, InvalidArgument),
    ran("write_list", lambda op, x: op("write_list", x, at(0), x), X, InvalidArgument),
    ran(
        "scatter_list",
        lambda op, x: op("gather_list", op("scatter_list", op("create_list")[0], at(2, 0, 1), x), ALL),
        X,
        [[X[1], X[2], X[0]]],
    ),
    ran(
        "scatter_list",
        lambda op, x: op("gather_list", op("scatter_list", filled(op, x), at(1), x[:1], x), ALL),
        X,
        [[X[0], X[0], X[2]]],
    ),
    ran("scatter_list", lambda op, x: op("scatter_list", op("create_list")[0], at(0, 1), x), X, InvalidArgument),
    ran("scatter_list", lambda op, x: op("scatter_list", op("create_list")[0], ALL, x), 1.0, InvalidArgument),
    ran("split_list", lambda op, x: op("stack_list", op("split_list", op("create_list")[0], x, at(2, 1))), X, [X]),
    ran(
        "split_list",
        lambda op, x: op("read_list", op("split_list", op("create_list")[0], x, at(1, 0, 2)), at(2)),
        X,
        [X[1:]],
    ),
    ran("split_list", lambda op, x: op("split_list", op("create_list")[0], x, at(2, 2)), X, InvalidArgument),
    ran("split_list", lambda op, x: op("split_list", op("create_list")[0], x, at(4, -1)), X, InvalidArgument),
    ran("unstack_list", lambda op, x: op("gather_list", op("unstack_list", x), at(2, 2)), X, [[X[2], X[2]]]),
    ran(
        "unstack_list",
        lambda op, x: op("read_list", op("unstack_list", filled(op, x), x), at(1)),
        X,
        [[2.0, 4.0, 6.0]],
        args(1),
    ),
    ran("unstack_list", lambda op, x: op("unstack_list", x), X, InvalidArgument, args(2)),
    ran("unstack_list", lambda op, x: op("unstack_list", filled(op, x)), X, InvalidArgument),
    ran("read_list", lambda op, x: op("read_list", filled(op, x), at(2)), X, [X[2]]),
    ran("read_list", lambda op, x: op("read_list", x, np.int64(0), filled(op, x)), X, [X[0]]),
    ran("read_list", lambda op, x: op("read_list", filled(op, x), at(3)), X, InvalidArgument),
    ran("read_list", lambda op, x: op("read_list", filled(op, x), np.array([0.0])), X, InvalidArgument),
    ran("gather_list", lambda op, x: op("gather_list", filled(op, x), ALL), X, [X]),
    ran("gather_list", lambda op, x: op("gather_list", x, at(1, 1), filled(op, x)), X, [[X[1], X[1]]]),
    ran("gather_list", lambda op, x: op("gather_list", filled(op, x), at(0, 3)), X, InvalidArgument),
    ran(
        "gather_list",
        lambda op, x: op("gather_list", op("write_list", filled(op, x), at(0), x), ALL),
        X,
        InvalidArgument,
    ),
    # stack_list: SameDiff writes it for TensorArray.concat; numbers become a vector
    ran("stack_list", lambda op, x: op("stack_list", filled(op, x)), X, [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]),
    ran("stack_list", lambda op, x: op("stack_list", x, filled(op, x)), [1.0, 2.0], [[1.0, 2.0]]),
    ran("stack_list", lambda op, x: op("stack_list", op("write_list", filled(op, x), at(0), x)), X, InvalidArgument),
    ran("size_list", lambda op, x: op("size_list", filled(op, x)), X, [3]),
    ran("size_list", lambda op, x: op("size_list", op("write_list", filled(op, x), at(9), x)), X, [10]),
    ran("size_list", lambda op, x: op("size_list", x), X, InvalidArgument),
]
