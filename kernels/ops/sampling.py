"""Random choices among given entries: picking, shuffling, cropping, mixing; see random.py for their seeds."""

from typing import Any

import numpy as np

from ...spec.dtype import Array, by_code
from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs, OpKind
from ..arguments import axis_list
from ..bounds import check_size
from ..registry import Options, kernel
from .random import generator, size_of


def _read_merge(args: OpArgs) -> Options:
    return {"p": args.floats[0]} if args.floats else {}


@kernel("legacy:probabilistic_merge", read=_read_merge, pure=False, legacy=((OpKind.RANDOM, 3),))
def probabilistic_merge(xp: Any, x: Any, y: Any, *, p: float = 0.5, seed: int = 0) -> Any:
    """Entries of y with probability p, else those of x."""
    return xp.where(xp.asarray(generator(seed).random(check_size(x.shape)) < p), y, x)


def _read_shape(args: OpArgs) -> Options:
    return {"shape": args.properties.get("shape")}


def _read_line(args: OpArgs) -> Options:
    return {"limits": args.floats, **_read_shape(args)}


@kernel("legacy:random_linspace", read=_read_line, host=(0,), legacy=((OpKind.RANDOM, 4),))
def line(xp: Any, given: Any = None, *, limits: tuple[float, ...], shape: tuple[int, ...] | None = None) -> Any:
    """Evenly from T[0] to T[1] over all entries, in row-major order. Not random, whatever its table says."""
    if len(limits) < 2:
        raise InvalidArgument(f"a line got {len(limits)} limits; expected 2")
    size = size_of(given, shape)
    return xp.linspace(limits[0], limits[1], int(np.prod(size)), dtype="float32").reshape(size)


@kernel("legacy:random_choice", read=_read_shape, pure=False, host=(1, 2), legacy=((OpKind.RANDOM, 5),))
def choice(
    xp: Any, source: Any, weights: Any, given: Any = None, *, shape: tuple[int, ...] | None = None, seed: int = 0
) -> Any:
    """Entries of the vector `source`, each drawn with its probability; as many as it has when no shape is written."""
    if weights.size != source.size:
        raise InvalidArgument(f"{weights.size} probabilities were given for {source.size} entries")
    size = source.shape if given is None and shape is None else size_of(given, shape)
    return source.reshape(-1)[xp.asarray(_drawn(generator(seed).random(size), weights.reshape(-1)))]


def _drawn(uniform: Array, weights: Array) -> Array:
    """Positions in `weights` by the sum of these up to each."""
    sums = np.cumsum(weights, dtype=np.float64)
    if not sums.size or not sums[-1] > 0 or weights.min() < 0:
        raise InvalidArgument("probabilities must not be negative, and not all 0")
    scaled: Array = uniform * sums[-1]
    return np.minimum(np.searchsorted(sums, scaled, "right"), sums.size - 1)


def _read_multinomial(args: OpArgs) -> Options:
    axis = {"axis": args.ints[0]} if args.ints else {}
    return axis | ({"dtype": by_code(args.ints[1]).numpy} if len(args.ints) > 1 else {})


@kernel("random_multinomial", read=_read_multinomial, pure=False, host=(0, 1))
def random_multinomial(
    xp: Any, logits: Any, samples: Any, *, axis: int = 1, dtype: Any = "int64", seed: int = 0
) -> Any:
    """Classes drawn by the logits along I[0] of a matrix: that axis becomes the samples. I[1] is the type.

    Raises InvalidArgument for what is no matrix with classes, or no number of samples.
    """
    count = axis_list(samples)
    if logits.ndim != 2 or not logits.size or len(count) != 1 or not -2 <= axis < 2:
        raise InvalidArgument(
            f"classes are drawn from a matrix; got logits {list(logits.shape)}, samples {list(count)}"
        )
    rows = np.moveaxis(logits.astype(np.float64), axis, 1)
    weights = np.exp(rows - rows.max(1, keepdims=True))
    uniform = generator(seed).random(check_size((len(rows), *count)))
    drawn = [_drawn(one, weight) for one, weight in zip(uniform, weights, strict=True)]
    return xp.asarray(np.moveaxis(np.array(drawn, dtype), 1, axis))


@kernel("random_shuffle", read=lambda _args: {}, pure=False)
def random_shuffle(xp: Any, x: Any, *, seed: int = 0) -> Any:
    """The entries of axis 0 in another order; of a number, itself."""
    return x if x.ndim == 0 else x[xp.asarray(generator(seed).permutation(x.shape[0]))]


@kernel("random_crop", ints=("seed",), pure=False, host=(1,))
def random_crop(_xp: Any, x: Any, shape: Any, *, seed: int = 0) -> Any:
    """A part of x of this shape, from anywhere. I[0] is a seed. Raises InvalidArgument when it does not fit."""
    sizes = axis_list(shape)
    if len(sizes) != x.ndim or any(not 0 <= size <= whole for size, whole in zip(sizes, x.shape, strict=True)):
        raise InvalidArgument(f"an array of shape {list(x.shape)} cannot be cropped to {list(sizes)}")
    starts = generator(seed).integers(0, [whole - size + 1 for size, whole in zip(sizes, x.shape, strict=True)])
    return x[tuple(slice(start, start + size) for start, size in zip(starts.tolist(), sizes, strict=True))]


@kernel("get_seed", read=lambda _args: {}, pure=False)
def get_seed(xp: Any, *_inputs: Any, seed: int = 0) -> Any:
    """The seed of this node: int64."""
    return xp.full((), seed, "int64")


@kernel("set_seed", ints=("seed",), pure=False, host=(0,))
def set_seed(xp: Any, given: Any = None, *, seed: int = 0) -> Any:
    """The seed that is given, int64; it changes nothing, for every node has its own."""
    return xp.full((), seed if given is None else axis_list(given)[0], "int64")
