"""Normalisation: batch, layer, local response."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axes_of, axis_list
from ..bounds import check_steps
from ..forms import laid_shape
from ..precision import floated, in_float32
from ..reductions import Axes, mean_of, variance_of
from ..registry import Options, kernel
from ..rows import WHOLE, Mixes, RowCall, Rows, State
from ..rules import along, axes, fixed_axis, only

_NORMALISES = "it normalises over the batch axis"


def _read_batchnorm(args: OpArgs) -> Options:
    scale, offset = (*args.ints, 0, 0)[:2]
    epsilon = {"epsilon": args.floats[0]} if args.floats else {}
    return {"scale": bool(scale), "offset": bool(offset), "axes": args.ints[2:] or (-1,), **epsilon}


def _batchnorm_rows(call: RowCall) -> list[State]:
    state = only(call)
    if state.axis in axes(call, "axes", (-1,)):
        raise Mixes("it has fixed statistics for each row")
    return call.all(state)


@kernel("batchnorm", read=_read_batchnorm, rows=_batchnorm_rows)
@in_float32
def batchnorm(
    xp: Any,
    x: Any,
    mean: Any,
    variance: Any,
    *affine: Any,
    scale: bool = False,
    offset: bool = False,
    axes: tuple[int, ...] = (-1,),
    epsilon: float = 1e-5,
) -> Any:
    """(x - mean) / √(variance + ε) · gamma + beta, with parameters along `axes`.

    Raises InvalidArgument when gamma or beta is announced but not given.
    """
    if len(affine) < scale + offset:
        raise InvalidArgument(f"batchnorm got {len(affine)} of gamma and beta; expected {scale + offset}")
    factor = 1 / xp.sqrt(variance + epsilon)
    if scale:
        factor = factor * affine[0]
    shift = affine[scale] - mean * factor if offset else -mean * factor
    shape = laid_shape(x.shape, axes)
    out = x * factor.reshape(shape)
    out += shift.reshape(shape)
    return out


def _read_layer(args: OpArgs) -> Options:
    return {"axes": args.ints, **({"channels_first": args.bools[0]} if args.bools else {})}


def _layer_rows(call: RowCall) -> list[State]:
    state = along("axes", _NORMALISES)(call)[0]
    rank = len(call.inputs[0])
    applied = 1 if call.options.get("channels_first", True) and rank > 1 else rank - 1
    if not isinstance(state, Rows) or (state.axis == applied and call.inputs[1][0] != 1):
        raise Mixes("it has a fixed gain for each row")
    return call.all(state)


@kernel("layer_norm", read=_read_layer, rows=_layer_rows)
@in_float32
def layer_norm(xp: Any, x: Any, gain: Any, *bias: Any, axes: Any = (-1,), channels_first: bool = True) -> Any:
    """standardize(x) · gain + bias; gain and bias lie along axis 1 (`channels_first`) or the last."""
    out = _standardized(xp, x, axes)
    shape = (-1,) + (1,) * (x.ndim - 2) if channels_first and x.ndim > 2 else (-1,)
    out *= gain.reshape(shape)
    if bias:
        out += bias[0].reshape(shape)
    return out


def _standardized(xp: Any, x: Any, axes: Axes) -> Any:
    """(x - mean) / deviation, a new array; rows without deviation become 0, for DL4J adds no epsilon."""
    out = x - mean_of(x, axes, keep=True)
    deviation = xp.sqrt(mean_of(xp.square(out), axes, keep=True))
    out /= xp.where(deviation == 0, 1, deviation)
    return out


@kernel(
    "standardize", read=lambda args: {"axes": axes_of(args.ints)}, rows=along("axes", _NORMALISES, host=1), host=(1,)
)
@in_float32
def standardize(xp: Any, x: Any, dims: Any = None, *, axes: Axes = None) -> Any:
    """(x - mean) / population deviation over `axes`, without epsilon; rows without deviation become 0."""
    return _standardized(xp, floated(x), axes if dims is None else axes_of(axis_list(dims)))


def _read_lrn(args: OpArgs) -> Options:
    named = dict(zip(("bias", "alpha", "beta"), args.floats, strict=False))
    return {**named, **({"radius": args.ints[0]} if args.ints else {})}


@kernel("lrn", read=_read_lrn, rows=fixed_axis(-1, _NORMALISES), aliases=("local_response_normalization",))
@in_float32
def local_response(
    xp: Any, x: Any, *, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5, radius: int = 5
) -> Any:
    """x / (bias + alpha · Σ x² over the neighbours within `radius`)^beta along the last axis, whatever the layout."""
    reach = min(radius, x.shape[-1])
    check_steps(2 * reach + 1, x.size, x.size)
    squares = xp.pad(xp.square(x), [(0, 0)] * (x.ndim - 1) + [(reach, reach)])
    neighbours = xp.lib.stride_tricks.sliding_window_view(squares, 2 * reach + 1, -1)
    return x / (bias + alpha * neighbours.sum(-1)) ** beta


def _fused_rows(call: RowCall) -> list[State]:
    if call.options.get("training"):
        raise Mixes("it takes its statistics from the batch")
    state = only(call)
    if state.axis == (1 if call.options.get("channels_first") else len(call.inputs[0]) - 1):
        raise Mixes("it has fixed statistics for each row")
    return [state, *[WHOLE] * (len(call.outputs) - 1)]


def _read_fused(args: OpArgs) -> Options:
    layout, training = (*args.ints, 0, 0)[:2]
    epsilon = max(args.floats[0], _LEAST_EPSILON) if args.floats else 0.001
    return {"channels_first": bool(layout), "training": bool(training), "epsilon": epsilon}


_LEAST_EPSILON = 1.001e-5


@kernel("fused_batch_norm", read=_read_fused, rows=_fused_rows)
@in_float32
def fused_batch_norm(
    xp: Any,
    x: Any,
    gain: Any,
    shift: Any,
    *given: Any,
    channels_first: bool = False,
    training: bool = False,
    epsilon: float = 0.001,
) -> tuple[Any, Any, Any]:
    """Batch normalisation and the batch's mean and variance (n - 1), which are 0 unless `training`.

    Raises InvalidArgument when mean and variance are neither given nor to be taken from the batch.
    """
    channel = 1 if channels_first else x.ndim - 1
    shape = laid_shape(x.shape, (channel,))
    if training:
        rest = tuple(axis for axis in range(x.ndim) if axis != channel)
        mean, variance = mean_of(x, rest, keep=False), variance_of(x, rest, keep=False)
        count = x.size // x.shape[channel]
        seen = mean, variance * (count / max(count - 1, 1))
    elif len(given) < 2:
        raise InvalidArgument(f"fused_batch_norm got {len(given)} of mean and variance; expected both")
    else:
        mean, variance = given[:2]
        seen = xp.zeros_like(gain), xp.zeros_like(gain)
    factor = gain / xp.sqrt(variance + epsilon)
    return x * factor.reshape(shape) + (shift - mean * factor).reshape(shape), *seen
