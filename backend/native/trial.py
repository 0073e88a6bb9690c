"""A trial run: the same nodes side by side on a few batches that are made of each other's rows."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

import ml_dtypes
import numpy as np

from ...kernels.bounds import check_size
from ...kernels.rows import Dims, Rows
from ...spec.dtype import Array
from ...spec.errors import InvalidArgument
from ...spec.graph import OpGraph, Variable
from ..arrays import ArrayModule
from .call import Call
from .execute import Allowance, Check
from .foresight import foreseen

KEPT_LIMIT = 256 * 2**20
"""Bytes that the values of a trial may take at one time."""


class Sizes(NamedTuple):
    """Rows of the four batches: one row, `a` rows, `b` rows, and both of these one after the other.

    The single row is the first of `a`: what a request alone gets is what it gets in company.
    """

    a: int
    b: int

    @property
    def all(self) -> tuple[int, int, int, int]:
        """In the order in which a trial keeps its values."""
        return 1, self.a, self.b, self.a + self.b


SMALLEST = Sizes(1, 2)

_DRAWN = 16
"""Bytes of an entry while it is drawn: as a 64-bit number, and as what it will be."""


def sizes_of(graph: OpGraph) -> Sizes:
    """Two different sizes between 2 and 7, the same for the same graph."""
    a, b = _random(graph).choice(np.arange(2, 8), 2, replace=False)
    return Sizes(int(a), int(b))


def sample(graph: OpGraph, variable: Variable, rows: int, fill: int) -> Array:
    """Random values for a placeholder of known shape: `rows` rows where the first dimension is open, `fill` elsewhere.

    Integers are 0 or 1, for they may be indices. Raises InvalidArgument where the file asks for too much.
    """
    given = variable.shape or ()
    shape = check_size([(fill if i else rows) if dim is None else dim for i, dim in enumerate(given)], _DRAWN)
    random, dtype = _random(graph, variable.name), variable.dtype.numpy
    if dtype.kind in "biu":
        return np.asarray(random.integers(0, 2, shape)).astype(dtype)
    if dtype.hasobject:
        return np.asarray(np.array([b"a", b"b"], object)[random.integers(0, 2, shape)], object)
    return np.asarray(random.normal(size=shape)).astype(dtype)


def samples(graph: OpGraph, variables: Sequence[Variable], rows: int, fill: int) -> dict[str, Array]:
    """A sample for each of these placeholders. Raises InvalidArgument when they take more than KEPT_LIMIT."""
    made, taken = dict[str, Array](), 0
    for variable in variables:
        made[variable.name] = sample(graph, variable, rows, fill)
        taken += made[variable.name].nbytes
        if taken > KEPT_LIMIT:
            raise InvalidArgument(f"random inputs take more than {KEPT_LIMIT >> 20} MB")
    return made


class Trial:
    """Values of the four batches by variable name. Each is dropped when told that nobody needs it."""

    def __init__(self, sizes: Sizes, constants: Mapping[str, Any], arrays: ArrayModule) -> None:
        self.sizes = sizes
        self._constants = constants
        self._put, self._fetch = arrays.put, arrays.fetch
        self._values: dict[str, tuple[Any, ...]] = {}
        self._kept = 0

    def feed(self, name: str, rows: Array) -> None:
        """Give a placeholder its a + b rows. Raises MemoryError over the limit."""
        a = self.sizes.a
        self._keep(name, tuple(map(self._put, (rows[:1], rows[:a], rows[a:], rows))))
        self._check()

    def run(self, call: Call, check: Check) -> None:
        """Run a node on all four batches. Raises what the kernel raises, or `check`, and MemoryError over the limit."""
        inputs = [[self._value(name, i) for name in call.node.inputs] for i in range(4)]
        if foreseen(call, inputs[-1]) > KEPT_LIMIT:
            raise _too_much()
        with np.errstate(all="ignore"):
            results = [call.results(each, Allowance(check)) for each in inputs]
        for name, values in zip(call.node.outputs, zip(*results, strict=True), strict=True):
            self._keep(name, values)
        self._check()

    def forget(self, name: str) -> None:
        """Nobody reads this value any more."""
        self._kept -= _bytes(self._values.pop(name, ()))

    def shape(self, name: str, i: int) -> Dims:
        """Shape of a value in batch `i`."""
        return np.shape(self._value(name, i))

    def constant(self, name: str) -> Any:
        """The value of a constant, else None."""
        return self._constants.get(name)

    def keeps_size(self, name: str, state: Rows) -> bool:
        """Whether the shapes in all four batches are what `state` says: nothing but its axis follows the rows."""
        shapes = [self.shape(name, i) for i in range(4)]
        return all(
            0 <= state.axis < len(shape)
            and shape[state.axis] == state.per_row * n
            and _other(shape, state.axis) == others
            for others in [_other(shapes[0], state.axis)]
            for shape, n in zip(shapes, self.sizes.all, strict=True)
        )

    def keeps_apart(self, name: str, state: Rows) -> bool:
        """The probe: f(a⊕b) is f(a)⊕f(b), and f of the first row is the first of f(a)."""
        one, a, b, both = map(self._fetch, self._values[name])
        first = a.take(np.arange(state.per_row), axis=state.axis)
        return same(one, first) and same(both, np.concatenate([a, b], axis=state.axis))

    def is_fixed(self, name: str) -> bool:
        """Whether the value is the same in all four batches."""
        first, *others = map(self._fetch, self._values[name])
        return all(same(other, first) for other in others)

    def _value(self, name: str, i: int) -> Any:
        values = self._values.get(name)
        return self._constants[name] if values is None else values[i]

    def _check(self) -> None:
        if self._kept > KEPT_LIMIT:
            raise _too_much()

    def _keep(self, name: str, values: tuple[Any, ...]) -> None:
        self._values[name] = values
        self._kept += _bytes(values)


def _too_much() -> MemoryError:
    return MemoryError(f"a trial run needs more than {KEPT_LIMIT >> 20} MB")


def same(got: Array, expected: Array) -> bool:
    """Equal up to half the digits of a floating type (sums may be ordered anew), NaN included; else exactly."""
    if got.dtype != expected.dtype or got.shape != expected.shape:
        return False
    if got.dtype.kind in "biuO":
        return np.array_equal(got, expected)
    tolerance = float(cast("Any", ml_dtypes).finfo(got.dtype).eps) ** 0.5
    x, y = got.astype(np.float64), expected.astype(np.float64)
    scale = float(np.max(np.abs(y), where=np.isfinite(y), initial=0.0))
    return np.allclose(x, y, rtol=tolerance, atol=tolerance * scale, equal_nan=True)


def _other(shape: Dims, axis: int) -> Sequence[int]:
    return [*shape[:axis], *shape[axis + 1 :]]


def _bytes(values: Sequence[Any]) -> int:
    return sum(getattr(value, "nbytes", 0) for value in values)


def _random(graph: OpGraph, salt: str = "") -> np.random.Generator:
    return np.random.default_rng(zlib.crc32("\n".join([salt, *graph.variables]).encode()))
