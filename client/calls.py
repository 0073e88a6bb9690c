"""What a client says on the wire: one function per method, pure; the faces (sync.py, aio.py) only carry it.

The service path is the one of DL4J's own C++ GraphServer, so the client also works with the original.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from ..proto import messages
from ..proto.messages import NamedArray
from ..spec.dtype import Array
from ..spec.dtype import of as dtype_of
from ..spec.errors import ExecutionFailed, GraphServerError, InvalidArgument
from ..spec.loading import load
from .graph_id import with_id

T = TypeVar("T")

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # gRPC would send even loopback connections through http_proxy.
    ("grpc.enable_http_proxy", 0),
)

_GRAPHS = "/nd4j.graph.GraphInferenceServer/"
_HEALTH = "/grpc.health.v1.Health/Check"
_OUTPUTS = "graphserver-outputs"


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One unary call. read: turns the answer's bytes into the result."""

    path: str
    body: bytes
    read: Callable[[bytes], T]
    metadata: tuple[tuple[str, str], ...] = ()


def register(graph: bytes | Path | str, id: int | None = None) -> Ask[None]:
    """Load a graph, given as bytes or as the path of a file, under `id` or its own. Raises OSError, InvalidArgument."""
    return Ask(_GRAPHS + "RegisterGraph", _graph(graph, id), _done)


def replace(graph: bytes | Path | str, id: int | None = None) -> Ask[None]:
    """Put another graph in the place of one. Raises OSError, InvalidArgument."""
    return Ask(_GRAPHS + "ReplaceGraph", _graph(graph, id), _done)


def forget(id: int) -> Ask[None]:
    """Unload a graph. Raises InvalidArgument."""
    return Ask(_GRAPHS + "ForgetGraph", bytes(messages.write_drop_request(_int64(id))), _done)


def infer(id: int, inputs: Mapping[str, Any], outputs: Sequence[str] | None = None) -> Ask[dict[str, Array]]:
    """Run a graph on named arrays (or what NumPy makes one of). Raises InvalidArgument, Unsupported."""
    named = [NamedArray(name, (0, 0), _array(name, value)) for name, value in inputs.items()]
    body = bytes(messages.write_inference_request(_int64(id), named))
    return Ask(_GRAPHS + "InferenceRequest", body, _arrays, _wanted(outputs))


def health(service: str = "") -> Ask[bool]:
    """Ask whether the server, or one service of it (a model's name), serves."""
    health_pb2 = load("graphserver.proto.health_pb2")
    body = health_pb2.HealthCheckRequest(service=service).SerializeToString()
    response = health_pb2.HealthCheckResponse
    return Ask(_HEALTH, body, lambda answer: response.FromString(answer).status == response.SERVING)


def _graph(graph: bytes | Path | str, id: int | None) -> bytes:
    content = bytes(graph) if isinstance(graph, bytes | bytearray | memoryview) else Path(graph).read_bytes()
    return content if id is None else with_id(content, _int64(id))


def _array(name: str, value: Any) -> Array:
    """`value` as an array that a wire can carry; texts are elements of an object array."""
    try:
        array: Array = np.asarray(value)
        if array.dtype.kind in "SUO":  # NumPy's own text types drop trailing zeros
            array = np.asarray(value, np.object_)
            _check_texts(array)
        dtype_of(array)
    except (ValueError, TypeError) as error:
        raise InvalidArgument(f"input '{name}' is no array: {error}") from None
    except GraphServerError as error:
        raise type(error)(f"input '{name}': {error}") from None
    return array


def _check_texts(array: Array) -> None:
    others = {type(item).__name__ for item in array.flat if not isinstance(item, str | bytes)}
    if others:
        raise TypeError(f"it holds {', '.join(sorted(others))}, expected numbers or texts")


def _wanted(outputs: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    if outputs is None:
        return ()
    unfit = [name for name in outputs if not name or "," in name or not name.isascii() or not name.isprintable()]
    if unfit or not outputs or isinstance(outputs, str):
        raise InvalidArgument(f"outputs are {outputs!r}, expected a list of names in ASCII without commas, or None")
    return ((_OUTPUTS, ",".join(outputs)),)


def _int64(id: int) -> int:
    if not -(2**63) <= id < 2**63:
        raise InvalidArgument(f"id {id} is no whole number of 64 bits")
    return id


def _done(answer: bytes) -> None:
    status = messages.read_response(answer)
    if status:
        raise ExecutionFailed(f"the server answered status {status}, expected 0")


def _arrays(answer: bytes) -> dict[str, Array]:
    """By name; the original server may leave a name out, then by id pair, "2:0"."""
    return {each.name or "{}:{}".format(*each.key): each.array for each in messages.read_result(answer).outputs}
