"""The messages of DL4J's GraphInferenceServer, both ways: server, client and tests use the same.

Readers raise InvalidArgument for whatever is wrong with the bytes, Unsupported for data types without a NumPy twin.
Writers answer views on a buffer of their own.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..spec.dtype import Array
from ..spec.dtype import of as dtype_of
from ..spec.errors import InvalidArgument
from .arrays import read_array, write_array
from .flatbuffer import Buffer, Table, root
from .flatgraph import (
    FlatDropRequest,
    FlatGraph,
    FlatInferenceRequest,
    FlatResponse,
    FlatResult,
    FlatVariable,
    IntPair,
)
from .writing import Writer


class NamedArray(NamedTuple):
    """An array of a request or a result. name: may be empty in a request, then `key` (node, output of it) counts."""

    name: str
    key: tuple[int, int]
    array: Array

    def __str__(self) -> str:
        return _label(self.name, self.key)


class InferenceRequest(NamedTuple):
    """Run graph `id` on `inputs`. The configuration of the message is ignored, as DL4J's server does."""

    id: int
    inputs: tuple[NamedArray, ...]


class InferenceResult(NamedTuple):
    """What graph `id` answered; DL4J's server always says 0."""

    id: int
    outputs: tuple[NamedArray, ...]


def read_inference_request(data: Buffer) -> InferenceRequest:
    """A FlatInferenceRequest."""
    request = root(FlatInferenceRequest, data)
    return InferenceRequest(request.id, tuple(_read(variable, "input") for variable in request.variables))


def write_inference_request(graph_id: int, inputs: Iterable[NamedArray]) -> memoryview:
    """A FlatInferenceRequest."""
    return _write(FlatInferenceRequest, graph_id, list(inputs))


def read_result(data: Buffer) -> InferenceResult:
    """A FlatResult."""
    result = root(FlatResult, data)
    return InferenceResult(result.id, tuple(_read(variable, "output") for variable in result.variables))


def write_result(graph_id: int, outputs: Iterable[NamedArray]) -> memoryview:
    """A FlatResult; id, name and array of every output are there, for Java looks at them unasked."""
    return _write(FlatResult, graph_id, list(outputs))


def read_graph_id(data: Buffer) -> int:
    """The id by which a FlatGraph asks to be registered; formats/samediff.py reads the rest."""
    return root(FlatGraph, data).id


def read_drop_request(data: Buffer) -> int:
    """The graph id of a FlatDropRequest."""
    return root(FlatDropRequest, data).id


def write_drop_request(graph_id: int) -> memoryview:
    """A FlatDropRequest."""
    writer = Writer(64)
    return writer.finish(writer.table(FlatDropRequest, id=graph_id))


def read_response(data: Buffer) -> int:
    """The status of a FlatResponse; 0 is success."""
    return root(FlatResponse, data).status


def write_response(status: int = 0) -> memoryview:
    """A FlatResponse."""
    writer = Writer(64)
    return writer.finish(writer.table(FlatResponse, status=status))


def _read(variable: FlatVariable, role: str) -> NamedArray:
    name, pair, flat = variable.name, variable.id, variable.ndarray
    key = (pair.first, pair.second) if pair else (0, 0)
    what = f"{role} {_label(name, key)}"
    if flat is None:
        raise InvalidArgument(f"{what} has no array")
    return NamedArray(name, key, read_array(flat, what))


def _label(name: str, key: tuple[int, int]) -> str:
    return f"'{name}'" if name else f"{key[0]}:{key[1]}"


def _write(view: type[Table], graph_id: int, entries: list[NamedArray]) -> memoryview:
    writer = Writer(256 + sum(entry.array.nbytes + 2 * len(entry.name) + 512 for entry in entries))
    variables = writer.references([_variable(writer, entry) for entry in entries])
    return writer.finish(writer.table(view, id=graph_id, variables=variables))


def _variable(writer: Writer, entry: NamedArray) -> int:
    name = writer.text(entry.name) if entry.name else 0
    key = writer.table(IntPair, first=entry.key[0], second=entry.key[1])
    array = write_array(writer, entry.array)
    return writer.table(FlatVariable, id=key, name=name, dtype=dtype_of(entry.array).code, ndarray=array)
