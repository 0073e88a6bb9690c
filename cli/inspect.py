"""`graphserver inspect`: what a model file takes and gives, and how it would be served, without serving it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..backend.native.report import Report, report_on
from ..formats.registry import read
from ..spec.tensor import TensorSpec
from ..spec.text import printable
from .usage import Parser

_UNITS = ("B", "KiB", "MiB", "GiB")


def main(argv: Sequence[str]) -> int:
    """Print the report; 1 when the file cannot be served. Raises UsageError, GraphServerError or OSError."""
    parser = Parser("graphserver inspect", "Say what a model file takes and gives, and whether requests may batch.")
    parser.add_argument("file", type=Path, metavar="FILE", help="a model file")
    parser.add_argument("--json", action="store_true", help="print it for programs")
    given = parser.read(argv)
    report = report_on(read(given.file, given.file.name))
    if given.json:
        print(json.dumps(as_json(report), indent=2))
    else:
        print("\n".join(map(printable, lines(report))))
    return 1 if report.problem else 0


def lines(report: Report) -> Iterator[str]:
    """The report for people."""
    yield f"format       {report.format}, {report.nodes} nodes"
    yield f"served       {f'no: {report.problem}' if report.problem else 'yes'}"
    yield from _listed("inputs", [str(spec) for spec in report.signature.inputs])
    yield from _listed("outputs", [str(spec) for spec in report.signature.outputs])
    if not report.problem:
        yield f"by default   {', '.join(each.name for each in report.outputs)}"
        yield f"batching     {'yes' if report.batchable else f'no: {report.reason}'}"
        yield from _alone(report)
    yield f"ops          {', '.join(f'{name} {count}' for name, count in report.ops.items()) or 'none'}"
    yield from _listed("unsupported", report.unsupported)
    yield f"memory       weights {_size(report.weight_bytes)}, computed from them at load {_size(report.folded_bytes)}"


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs: null for an open dimension or rank, sizes in bytes."""
    return {
        "format": report.format,
        "problem": report.problem or None,
        "inputs": [_spec(spec) for spec in report.signature.inputs],
        "outputs": [_spec(spec) for spec in report.signature.outputs],
        "batchable": report.batchable,
        "reason": report.reason or None,
        "default_outputs": [
            {"name": each.name, "batchable": each.batchable, "reason": each.reason or None} for each in report.outputs
        ],
        "nodes": report.nodes,
        "ops": dict(report.ops),
        "unsupported": list(report.unsupported),
        "weight_bytes": report.weight_bytes,
        "folded_bytes": report.folded_bytes,
    }


def _alone(report: Report) -> Iterator[str]:
    """Where the default set cannot batch: what asking for one output alone would change."""
    if report.batchable:
        return
    for each in report.outputs:
        yield f"             {each.name} alone: {'yes' if each.batchable else f'no: {each.reason}'}"


def _listed(title: str, rows: Sequence[str]) -> Iterator[str]:
    """The first row beside the title, the others below it."""
    for i, row in enumerate(rows or ["none"]):
        yield f"{'' if i else title:<13}{row}"


def _spec(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "dtype": spec.dtype.name, "shape": None if spec.shape is None else list(spec.shape)}


def _size(count: float) -> str:
    """`1.5 MiB`."""
    unit = 0
    while count >= 1024 and unit < len(_UNITS) - 1:
        count, unit = count / 1024, unit + 1
    return f"{count:.4g} {_UNITS[unit]}"
