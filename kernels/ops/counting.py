"""Entries counted or dealt out by number: histograms, confusion matrices, partitions."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list, dtype_option, result_type
from ..bounds import check_axes, check_index, check_size, check_steps
from ..conditions import holds
from ..precision import FLOAT32, is_float
from ..registry import Options, kernel
from ..segments import group_sizes, reduce_groups
from .arrange import stack, unstack


def _read_bins(args: OpArgs) -> Options:
    bounds = dict(zip(("least", "most"), args.ints, strict=False))
    return {**bounds, "dtype": dtype_option(args).get("dtype", result_type(args, 0, ""))}


@kernel("bincount", read=_read_bins, host=(0, 2, 3))
def bincount(
    xp: Any, x: Any, weights: Any = None, *limits: Any, least: int = 0, most: int = -1, dtype: Any = ""
) -> Any:
    """How often each number 0 … max(x) stands in x, or the sum of its weights; at least `least`, at most `most` bins.

    Limits come as I = [least, most] or as inputs after the weights; numbers beyond `most` are not counted.
    Raises InvalidArgument for negative numbers.
    """
    least, most = (*(axis_list(limit)[0] for limit in limits), *(least, most)[len(limits) :])
    numbers = x.reshape(-1)
    top = int(numbers.max()) + 1 if numbers.size else 0
    check_index(numbers, max(top, 1), "bincount")
    bins = max(least, top if most < 0 else min(top, most))
    check_size((bins,))
    counted = _counted(xp, xp.asarray(numbers), bins, weights)
    return counted.astype(dtype or ("int32" if weights is None else weights.dtype))


@kernel("histogram_fixed_width", read=lambda args: {"bins": (args.ints or (100,))[0], **dtype_option(args)}, host=(2,))
def histogram_fixed_width(
    xp: Any, x: Any, limits: Any, count: Any = None, *, bins: int = 100, dtype: Any = "int64"
) -> Any:
    """Entries by equal bins over [low, high] = `limits`; what lies outside counts in the first or the last bin."""
    bins = bins if count is None else axis_list(count)[0]
    _check_bins(bins)
    low, high = limits.reshape(-1)[0], limits.reshape(-1)[1]
    places = xp.floor((x.reshape(-1) - low) / (high - low) * bins)
    return _counted(xp, xp.clip(places, 0, bins - 1).astype("int64"), bins).astype(dtype)


@kernel("histogram", ints=("bins",))
def histogram(xp: Any, x: Any, *, bins: int) -> Any:
    """Entries by equal bins from the smallest to the largest."""
    _check_bins(bins)
    values = x.reshape(-1) if is_float(x) else x.reshape(-1).astype(FLOAT32)
    low, width = values.min(), (values.max() - values.min()) / bins
    places = xp.floor((values - low) / xp.where(width == 0, 1, width))
    return _counted(xp, xp.clip(places, 0, bins - 1).astype("int64"), bins)


def _counted(xp: Any, numbers: Any, bins: int, weights: Any = None) -> Any:
    """How often each number stands there, or the sum of its weights; a bincount would wait for the device."""
    if weights is None:
        return group_sizes(xp, numbers, bins)
    return reduce_groups(xp, weights.reshape(-1), numbers, bins, xp.add, 0)


def _check_bins(bins: int) -> None:
    if bins < 1:
        raise InvalidArgument(f"a histogram got {bins} bins; expected at least one")
    check_size((bins,))


def _read_classes(args: OpArgs) -> Options:
    kind = dtype_option(args).get("dtype", result_type(args, 0, "int64"))
    return {"classes": args.ints[0] if args.ints else 0, "dtype": kind}


@kernel("confusion_matrix", read=_read_classes, host=(0, 1))
def confusion_matrix(
    xp: Any, labels: Any, predictions: Any, weights: Any = None, *, classes: int = 0, dtype: Any = "int64"
) -> Any:
    """[classes, classes]: how often (or by what weight) label i met prediction j.

    Without `classes` as many as the numbers need. Raises InvalidArgument for vectors that do not match.
    """
    if labels.shape != predictions.shape or labels.ndim != 1:
        raise InvalidArgument(
            f"confusion_matrix got shapes {labels.shape} and {predictions.shape}; expected equal vectors"
        )
    classes = classes or 1 + max(*axis_list(labels), *axis_list(predictions), -1)
    check_size((classes, classes))
    for numbers in (labels, predictions):
        check_index(numbers, max(classes, 1), "confusion_matrix")
    cells = xp.asarray(labels.astype("int64") * classes + predictions)
    return _counted(xp, cells, classes**2, weights).reshape(classes, classes).astype(dtype)


@kernel("dynamic_partition", ints=("count",), host=(1,))
def dynamic_partition(xp: Any, x: Any, parts: Any, *, count: int) -> tuple[Any, ...]:
    """x dealt out into `count` arrays: its entry at position i goes to array `parts[i]`.

    parts: the leading axes of x. Raises InvalidArgument for other shapes or numbers.
    """
    if parts.shape != x.shape[: parts.ndim]:
        raise InvalidArgument(f"dynamic_partition got parts of shape {parts.shape} for an input of {x.shape}")
    check_steps(count, parts.size, parts.size)
    check_index(parts, count, "dynamic_partition")
    flat = x.reshape(-1, *x.shape[parts.ndim :])
    numbers = parts.reshape(-1)
    return tuple(xp.take(flat, xp.asarray((numbers == number).nonzero()[0]), 0) for number in range(count))


def _numbers(count: int, _options: Options) -> tuple[int, ...]:
    """The first half of the inputs."""
    return tuple(range(count // 2))


@kernel("dynamic_stitch", host=_numbers)
def dynamic_stitch(xp: Any, *inputs: Any) -> Any:
    """One array out of several: of n numbers and n data arrays, entry j of data i goes to place `numbers[i][j]`.

    Raises InvalidArgument for other shapes or negative places. Of equal places the last one stays.
    """
    numbers, data = inputs[: len(inputs) // 2], inputs[len(inputs) // 2 :]
    inner = data[0].shape[numbers[0].ndim :]
    if any(place.shape + inner != part.shape for place, part in zip(numbers, data, strict=True)):
        raise InvalidArgument(f"dynamic_stitch got data of shapes {[part.shape for part in data]}")
    places = [number for place in numbers for number in axis_list(place)]
    values = xp.concatenate([part.reshape(-1, *inner) for part in data])
    if min(places, default=0) < 0:
        raise InvalidArgument(f"dynamic_stitch got place {min(places)}; expected places from 0")
    shape = (max(places, default=-1) + 1, *inner)
    out = xp.zeros(check_size(shape, values.itemsize, values.nbytes), values.dtype)
    out[xp.asarray(places, "int64")] = values
    return out


@kernel("parallel_stack")
def parallel_stack(xp: Any, *arrays: Any) -> Any:
    """The inputs side by side along a new first axis."""
    return stack(xp, *arrays)


@kernel("tear", read=lambda args: {"axes": args.ints})
def tear(xp: Any, x: Any, *, axes: tuple[int, ...]) -> tuple[Any, ...]:
    """The parts of x that cover `axes`, one output for each place on the others."""
    covered = sorted(check_axes(axes, x.ndim))
    order = [*(axis for axis in range(x.ndim) if axis not in covered), *covered]
    parts = x.transpose(order).reshape(-1, *(x.shape[axis] for axis in covered))
    return unstack(xp, parts)


@kernel("invert_permutation", aliases=("InvertPermutation",))
def invert_permutation(xp: Any, x: Any) -> Any:
    """Where each number 0 … n - 1 stands in x. Raises InvalidArgument for numbers outside of these."""
    check_index(x, x.size, "invert_permutation")
    return xp.argsort(x, kind="stable").astype(x.dtype)


@kernel("choose", read=lambda args: {"mode": args.ints[0], **({"compare": args.floats[0]} if args.floats else {})})
def choose(xp: Any, x: Any, other: Any = None, *, mode: int, compare: float = 0.0) -> tuple[Any, Any]:
    """The entries of x for which condition `mode` holds against T[0] or a second input, and how many they are."""
    flat = x.reshape(-1)
    against = compare if other is None else xp.broadcast_to(other, x.shape).reshape(-1)
    found = flat[holds(xp, flat, against, 1e-5, mode)]
    return found, xp.asarray(found.size, "int64")
