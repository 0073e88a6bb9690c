"""Quantisation as a model trained for it sees it: numbers rounded to a few levels, but kept as floats."""

from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..precision import in_float32
from ..registry import Options, kernel
from ..rows import elementwise


def _read(args: OpArgs) -> Options:
    """T = range, where no inputs say it. I = bits, narrow. B = narrow."""
    bits, narrow = (*args.ints[:2], *(8, 0)[len(args.ints) :])
    if not 2 <= bits <= 16:
        raise InvalidArgument(f"fake_quant got {bits} bits; expected 2 to 16")
    written = {"written": args.floats[:2]} if len(args.floats) > 1 else {}
    return {"bits": bits, "narrow": bool(args.bools[0] if args.bools else narrow), **written}


@kernel("fake_quant_with_min_max_vars", read=_read, rows=elementwise, aliases=("fake_quant_with_min_max_args",))
@in_float32
def fake_quantise(
    xp: Any, x: Any, *bounds: Any, bits: int = 8, narrow: bool = False, written: tuple[float, float] | None = None
) -> Any:
    """x held to a range and rounded to the nearest of 2^bits levels in it (one less if `narrow`), one of which is 0.

    The range is inputs 1 and 2, or written. Source: TensorFlow's nudged range. Raises InvalidArgument without a range.
    """
    if len(bounds) != 2 and written is None:
        raise InvalidArgument(f"fake_quant got {len(bounds)} of minimum and maximum; expected both")
    low, high = bounds if len(bounds) == 2 else [xp.asarray(bound, x.dtype) for bound in written or ()]
    first, last = int(narrow), 2**bits - 1
    scale = (high - low) / (last - first)
    safe = xp.where(scale == 0, 1, scale)
    zero = xp.floor(xp.clip(first - low / safe, first, last) + 0.5)
    low, high = (first - zero) * scale, (last - zero) * scale
    return xp.floor((xp.minimum(xp.maximum(x, low), high) - low) / safe + 0.5) * scale + low


kernel(
    "fake_quant_with_min_max_vars_per_channel",
    read=_read,
    rows=elementwise,
    aliases=("fake_quant_with_min_max_args_per_channel",),
)(fake_quantise)
