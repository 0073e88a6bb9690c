"""Rows that DL4J 1.0.0-M2.1 printed itself: tests/data/golden_ops_M2.1.txt."""

import re
from pathlib import Path

import numpy as np

from graphserver.kernels.catalog import load_all
from graphserver.spec.dtype import Array
from graphserver.spec.graph import OpArgs, OpKind

from .row import Place, Row

FILE = Path(__file__).parents[1] / "data" / "golden_ops_M2.1.txt"

_DTYPES = {
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "INT": "int32",
    "LONG": "int64",
    "BOOL": "bool",
    "BYTE": "int8",
    "UBYTE": "uint8",
}
_ARRAY = re.compile(rf"({'|'.join(_DTYPES)})\[([\d, ]*)\]\[([^\]]*)\]")
_ARGS = re.compile(r" ([ITB])\[([^\]]*)\]")

JAVA = {
    "gelu": (OpKind.TRANSFORM_STRICT, 53),
    "precise_gelu": (OpKind.TRANSFORM_STRICT, 55),
    "hard_sigmoid": (OpKind.TRANSFORM_STRICT, 36),
    "round": (OpKind.TRANSFORM_SAME, 4),
    "sign": (OpKind.TRANSFORM_SAME, 1),
    "selu": (OpKind.TRANSFORM_STRICT, 42),
    "swish": (OpKind.TRANSFORM_STRICT, 43),
    "softsign": (OpKind.TRANSFORM_STRICT, 34),
    "logsigmoid": (OpKind.TRANSFORM_STRICT, 49),
    "int mean": (OpKind.REDUCE_FLOAT, 0),
    "int sum": (OpKind.REDUCE_SAME, 0),
    "entropy": (OpKind.REDUCE_FLOAT, 8),
    "shannon": (OpKind.REDUCE_FLOAT, 10),
    "logentropy": (OpKind.REDUCE_FLOAT, 9),
}
"""Lines of the Java interface, without arguments, and the op they ran."""

UNLIKE = {
    "strided_slice inFLOAT[3, 4][0,1,2,3,4,5,6,7,8,9,10,11] I[0, 0, 0, 0, 0, 2, 3, 0, 0, -1, -1]": "cannot step back",
    "gather inFLOAT[3, 2][0,1,2,3,4,5] inINT[2][-1,0]": "reads foreign memory",
    "max_pool_with_argmax": "leaves its output in the shape of x, and counts instead of telling places",
}
"""Lines in which M2.1 is wrong, and why we answer otherwise."""


def rows() -> list[Row]:
    """A row for each line whose op has a kernel."""
    lines = FILE.read_text().splitlines()
    wanted = [line for line in lines if " -> " in line and not any(line.startswith(bad) for bad in UNLIKE)]
    return [found for line in wanted for found in [_row(*line.split(" -> "))] if found]


def _row(asked: str, answered: str) -> Row | None:
    op = _op(asked)
    if op is None:
        return None
    numbers = {letter: [_number(text) for text in text.split(",") if text] for letter, text in _ARGS.findall(asked)}
    said = OpArgs(
        ints=tuple(map(int, numbers.get("I", ()))),
        floats=tuple(numbers.get("T", ())),
        bools=tuple(map(bool, numbers.get("B", ()))),
    )
    return Row(op, _arrays(asked), _arrays(answered), said, rtol=2e-6, atol=2e-6)


def _op(asked: str) -> str | Place | None:
    if " in" not in asked and not re.match(r"\w+ [ITB]\[", asked):
        return JAVA.get(re.split(r" [A-Z]+\[", asked)[0])
    name = asked.split(" ")[0]
    return name if name.lower() in load_all().by_name else None


def _arrays(text: str) -> tuple[Array, ...]:
    return tuple(
        np.array([_number(number) for number in values.split(",") if number], _DTYPES[dtype]).reshape(
            [int(size) for size in shape.split(",") if size]
        )
        for dtype, shape, values in _ARRAY.findall(text)
    )


def _number(text: str) -> float:
    text = text.strip()
    return {"true": 1.0, "false": 0.0}.get(text) if text in ("true", "false") else float(text.replace("∞", "inf"))  # type: ignore[return-value]
