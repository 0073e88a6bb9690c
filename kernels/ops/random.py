"""Random numbers by seed.

The same node gives the same numbers on every request, in every iteration of a loop and on every device: they are drawn
on the host by NumPy's generator, from a seed that the node writes or that is made of its name. DL4J, which seeds one
generator for a whole process, is not imitated in its numbers.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...spec.dtype import Array, by_code
from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs, OpKind
from ..arguments import axis_list
from ..bounds import check_size
from ..registry import Function, Options, ReadArgs, kernel

Draw = Callable[..., Any]
"""`(generator, size, *parameters) -> float64 array`."""

JAVA_TYPES = {
    **{"FLOAT": "float32", "DOUBLE": "float64", "HALF": "float16", "FLOAT16": "float16", "BOOL": "bool"},
    **{"INT": "int32", "INT32": "int32", "LONG": "int64", "INT64": "int64", "SHORT": "int16", "BYTE": "int8"},
    **{"UBYTE": "uint8", "UINT8": "uint8", "UINT16": "uint16", "UINT32": "uint32", "UINT64": "uint64"},
}
"""Types as properties spell them."""


def distribution(
    name: str, defaults: tuple[float, ...], *numbers: int, aliases: tuple[str, ...] = ()
) -> Callable[[Draw], Draw]:
    """Declare the draw below as op `name` and at its numbers in table RANDOM.

    T are its parameters, `defaults` what a node does not write. The shape is input 0, or the property `shape`.
    """
    places = tuple((OpKind.RANDOM, number) for number in numbers)

    def declare(draw: Draw) -> Draw:
        kernel(name, read=_read(defaults), pure=False, host=(0,), aliases=aliases, legacy=places)(_drawing(draw))
        return draw

    return declare


def written_type(args: OpArgs, default: str = "float32") -> Any:
    """The type of the answer: D[0], or a property. What a file declares for the variable is wrong for some of these."""
    if args.dtypes:
        return args.dtypes[0].numpy
    named = (*args.properties.get("dataType", ()), *args.properties.get("dtype", ()))
    return np.dtype(JAVA_TYPES.get(str(named[0]), default) if named else default)


def generator(seed: int) -> np.random.Generator:
    """Where all numbers of one node on one request come from."""
    return np.random.default_rng(seed % 2**64)


def size_of(given: Any, shape: tuple[int, ...] | None) -> tuple[int, ...]:
    """The shape to draw: that of input 0 where there is one. Raises InvalidArgument over the bounds of kernels."""
    if given is None and shape is None:
        raise InvalidArgument("no shape is written and none is given")
    return check_size(shape or () if given is None else axis_list(given))


def _read(defaults: tuple[float, ...]) -> ReadArgs:
    def read(args: OpArgs) -> Options:
        shape = args.properties.get("shape")
        parameters = (*args.floats, *defaults[len(args.floats) :])[: len(defaults)]
        return {"parameters": parameters, "shape": shape, "dtype": written_type(args)}

    return read


def _drawing(draw: Draw) -> Function:
    def run(
        xp: Any,
        given: Any = None,
        *,
        parameters: tuple[float, ...],
        shape: tuple[int, ...] | None = None,
        dtype: Any = "float32",
        seed: int = 0,
    ) -> Any:
        return xp.asarray(np.asarray(draw(generator(seed), size_of(given, shape), *parameters)).astype(dtype))

    return run


@distribution("random_normal", (0.0, 1.0), 6, aliases=("randomnormal",))
def gaussian(random: np.random.Generator, size: tuple[int, ...], mean: float, deviation: float) -> Array:
    """Normal with this mean and standard deviation."""
    return random.normal(mean, deviation, size)


@distribution("legacy:distribution_uniform", (0.0, 1.0), 0)
def uniform(random: np.random.Generator, size: tuple[int, ...], low: float, high: float) -> Array:
    """Uniform in [low, high)."""
    return random.uniform(low, high, size)


@distribution("random_bernoulli", (0.5,), 7)
def bernoulli(random: np.random.Generator, size: tuple[int, ...], p: float) -> Array:
    """1 with probability p, else 0."""
    return random.binomial(1, p, size)


@distribution("legacy:distribution_binomial", (1.0, 0.5), 8, 9)
def binomial(random: np.random.Generator, size: tuple[int, ...], trials: float, p: float) -> Array:
    """Successes in so many trials, each with probability p."""
    return random.binomial(int(trials), p, size)


@distribution("legacy:distribution_lognormal", (0.0, 1.0), 10)
def lognormal(random: np.random.Generator, size: tuple[int, ...], mean: float, deviation: float) -> Array:
    """e to the power of a normal number."""
    return random.lognormal(mean, deviation, size)


@distribution("legacy:distribution_truncated", (0.0, 1.0), 11)
def truncated(random: np.random.Generator, size: tuple[int, ...], mean: float, deviation: float) -> Array:
    """Normal, drawn again where it is more than two standard deviations off."""
    z = random.standard_normal(size).reshape(-1)
    while (far := np.flatnonzero(np.abs(z) > 2)).size:
        z[far] = random.standard_normal(far.size)
    return mean + deviation * z.reshape(size)


@distribution("random_exponential", (1.0,), 13, 14)
def exponential(random: np.random.Generator, size: tuple[int, ...], rate: float) -> Array:
    """Exponential with mean 1 / rate. Raises InvalidArgument for a rate that is not positive."""
    if not rate > 0:
        raise InvalidArgument(f"an exponential distribution got rate {rate:g}; expected more than 0")
    return random.exponential(1 / rate, size)


@distribution("legacy:distribution_poisson", (1.0,), 15)
def poisson(random: np.random.Generator, size: tuple[int, ...], mean: float) -> Array:
    """Poisson with this mean."""
    return random.poisson(mean, size)


@distribution("legacy:distribution_gamma", (1.0, 1.0), 16)
def gamma(random: np.random.Generator, size: tuple[int, ...], shape: float, rate: float) -> Array:
    """Gamma with mean shape / rate. Raises InvalidArgument for a rate that is not positive."""
    if not rate > 0:
        raise InvalidArgument(f"a gamma distribution got rate {rate:g}; expected more than 0")
    return random.gamma(shape, 1 / rate, size)


def _read_uniform(args: OpArgs) -> Options:
    dtype = by_code(args.ints[0]).numpy if args.ints and not args.dtypes else written_type(args)
    return {"limits": args.floats[:2] or (0.0, 1.0), "dtype": dtype}


@kernel("randomuniform", read=_read_uniform, pure=False, host=(0, 1, 2))
def random_uniform(
    xp: Any, shape: Any, low: Any = None, high: Any = None, *, limits: tuple[float, ...], dtype: Any, seed: int = 0
) -> Any:
    """Uniform in [low, high), given as inputs or as T; whole numbers where the type (I[0] or D[0]) is one."""
    size, random = size_of(shape, None), generator(seed)
    first: Any = limits[0] if low is None else low
    last: Any = limits[-1] if high is None else high
    drawn: Array = random.integers(first, last, size) if dtype.kind in "iu" else random.uniform(first, last, size)
    return xp.asarray(drawn.astype(dtype))


def _read_seed(args: OpArgs) -> Options:
    return {"seed": args.ints[0]} if args.ints else {}


@kernel("random_gamma", read=_read_seed, pure=False, host=(0, 1, 2))
def random_gamma(xp: Any, shape: Any, alpha: Any, beta: Any = None, *, seed: int = 0) -> Any:
    """For each alpha (and beta, its rate) an array of `shape`: [*shape, *alpha]. I[0] is a seed."""
    rate = np.ones((), alpha.dtype) if beta is None else beta
    size = check_size((*axis_list(shape), *np.broadcast_shapes(alpha.shape, rate.shape)))
    return xp.asarray((generator(seed).gamma(alpha, 1.0, size) / rate).astype(alpha.dtype))


@kernel("random_poisson", read=_read_seed, pure=False, host=(0, 1))
def random_poisson(xp: Any, shape: Any, mean: Any, *, seed: int = 0) -> Any:
    """For each mean an array of `shape`: [*shape, *mean]. I[0] is a seed."""
    size = check_size((*axis_list(shape), *mean.shape))
    return xp.asarray(generator(seed).poisson(mean, size).astype(mean.dtype))
