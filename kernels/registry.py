"""Kernels by op: one decorator to declare, one look-up to find.

A kernel is a plain function `(xp, *arrays, **options) -> array | tuple of arrays`, with `xp` the array module
(NumPy or CuPy). What a file writes as DL4J arguments becomes keyword options once, when a graph is compiled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..spec.graph import OpArgs, OpKind, OpName
from .hashing import op_hash
from .rows import RowRule, mixes

Function = Callable[..., Any]
Options = dict[str, Any]
ReadArgs = Callable[[OpArgs], Options]
ListUse = Literal["", "makes", "reads"]
HostRule = Callable[[int, Options], tuple[int, ...]]
"""`(how many inputs, options) -> positions` of those needed on the host."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """One op.

    name: DL4J's name. aliases: other names of the same op (and hash). legacy: its places in DL4J's numbered tables.
    read: a node's arguments as options of `function`. rows: what it does to the batch axis (rows.py).
    host: positions of inputs that are needed as host values (shapes, axes, sizes), or a rule that tells them.
    pure: same inputs, same outputs; False for what draws random numbers: never folded, never shared by callers.
    lists: "makes" or "reads" lists of arrays (ops/lists.py): what is made is a handle, never answered.
    """

    name: str
    function: Function
    read: ReadArgs
    rows: RowRule
    aliases: tuple[str, ...] = ()
    legacy: tuple[tuple[OpKind, int], ...] = ()
    host: tuple[int, ...] | HostRule = ()
    pure: bool = True
    lists: ListUse = ""

    def host_inputs(self, count: int, options: Options) -> frozenset[int]:
        """Which of `count` inputs are needed on the host."""
        return frozenset(self.host(count, options) if callable(self.host) else self.host)


@dataclass(slots=True)
class KernelRegistry:
    """Look-up by hash, then by number in a legacy table, then by name or alias (case-insensitive)."""

    by_hash: dict[int, Kernel] = field(default_factory=dict[int, Kernel])
    by_number: dict[tuple[OpKind, int], Kernel] = field(default_factory=dict[tuple[OpKind, int], Kernel])
    by_name: dict[str, Kernel] = field(default_factory=dict[str, Kernel])

    def add(self, kernel: Kernel) -> None:
        """Register; a name or number that is taken is a programming error (ValueError).

        Of two names that differ in case alone (ScatterUpdate, scatterupdate) the one in lower case goes by name.
        """
        names = () if kernel.name.startswith("legacy:") else (kernel.name, *kernel.aliases)
        self._fill(self.by_hash, [op_hash(name) for name in names], kernel)
        self._fill(self.by_number, kernel.legacy, kernel)
        for name in names:
            if name.islower() or name.lower() not in self.by_name:
                self.by_name[name.lower()] = kernel

    def find(self, op: OpName) -> Kernel | None:
        """The kernel that runs `op`, or None."""
        if op.kind is OpKind.CUSTOM:
            return self.by_hash.get(op.number) or self.by_name.get(op.name.lower())
        return self.by_number.get((op.kind, op.number))

    @staticmethod
    def _fill(table: dict[Any, Kernel], keys: Sequence[Any], kernel: Kernel) -> None:
        for key in keys:
            if table.setdefault(key, kernel) is not kernel:
                raise ValueError(f"kernel '{kernel.name}': {key} is taken by '{table[key].name}'")


REGISTRY = KernelRegistry()


def kernel(
    name: str,
    *,
    ints: tuple[str, ...] = (),
    floats: tuple[str, ...] = (),
    bools: tuple[str, ...] = (),
    read: ReadArgs | None = None,
    rows: RowRule = mixes,
    aliases: tuple[str, ...] = (),
    legacy: tuple[tuple[OpKind, int], ...] = (),
    host: tuple[int, ...] | HostRule = (),
    pure: bool = True,
    lists: ListUse = "",
    registry: KernelRegistry = REGISTRY,
) -> Callable[[Function], Function]:
    """Declare the function below as the kernel of op `name`.

    ints, floats, bools: names of the options that the node's iArgs, tArgs, bArgs fill in this order; what a node
    does not write keeps the function's default. Anything less regular is a `read` function of its own.
    A name `legacy:…` is reachable through `legacy` alone.
    """

    def declare(function: Function) -> Function:
        reads = read or _in_order(ints, floats, bools)
        registry.add(Kernel(name, function, reads, rows, aliases, legacy, host, pure, lists))
        return function

    return declare


def _in_order(ints: tuple[str, ...], floats: tuple[str, ...], bools: tuple[str, ...]) -> ReadArgs:
    def read(args: OpArgs) -> Options:
        pairs = (*zip(ints, args.ints), *zip(floats, args.floats), *zip(bools, args.bools))  # noqa: B905 - args may be fewer or more
        return dict(pairs)

    return read
