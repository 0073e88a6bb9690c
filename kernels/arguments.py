"""How DL4J writes the arguments that many ops share: axes, flags, scalar operands, types."""

from typing import Any

from ..spec.graph import OpArgs
from .registry import Options

ALL_DIMENSIONS = 2147483647
"""DL4J's word for "over everything" among the dimensions of a legacy reduction."""


def axes_of(given: tuple[int, ...]) -> tuple[int, ...] | None:
    """Axes as NumPy takes them: None for all."""
    return None if not given or ALL_DIMENSIONS in given else given


def axis_list(value: Any) -> tuple[int, ...]:
    """The axes (or sizes) in a host input of rank 0 or 1."""
    return tuple(int(entry) for entry in value.reshape(-1).tolist())


def property_flag(args: OpArgs, name: str, default: bool) -> bool:
    """A boolean that only the writer's own fields carry."""
    return bool((args.properties.get(name) or (default,))[0])


def keep_dims(args: OpArgs) -> bool:
    """B[0], or T[0] != 0 where a custom reduction has no booleans."""
    if args.bools:
        return args.bools[0]
    return bool(args.floats and args.floats[0] != 0)


def custom_reduction(args: OpArgs) -> Options:
    """reduce_*: axes in the integers, keepDims in the first flag."""
    return {"axes": axes_of(args.ints), "keep": keep_dims(args)}


def legacy_reduction(args: OpArgs) -> Options:
    """REDUCE_*, INDEX_REDUCE: axes in the dimensions, keepDims in the first flag."""
    return {"axes": axes_of(args.dims), "keep": bool(args.bools and args.bools[0])}


def scalar_operand(args: OpArgs, default: float = 0.0) -> Any:
    """The operand of a scalar op as a Python number: the node's scalar, or T[0].

    A Python number takes the type of the array it meets, as DL4J writes it in the type of x.
    """
    if args.scalar is None:
        return args.floats[0] if args.floats else default
    value: Any = args.scalar.item()
    return value if isinstance(value, int | float) else float(value)


def dtype_option(args: OpArgs) -> Options:
    """D[0] as option `dtype`, when written."""
    return {"dtype": args.dtypes[0].numpy} if args.dtypes else {}


def result_type(args: OpArgs, i: int, default: str) -> Any:
    """The type of output `i`: as the file declares it where that is a number, else `default`.

    DL4J allocates the outputs of a custom op in the declared types, so that positions come as INT32 from a SameDiff
    graph and as INT64 from the op alone.
    """
    declared = args.results[i].numpy if i < len(args.results) else None
    return default if declared is None or declared.hasobject else declared
