"""The client that waits for its answers; one may be shared by many threads."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..spec.dtype import Array
from ..spec.errors import Unavailable
from ..spec.loading import load
from . import calls
from .calls import CHANNEL_OPTIONS, Ask
from .errors import from_status

T = TypeVar("T")


class Client:
    """Talks to a server over DL4J's GraphServer wire: `Client("127.0.0.1:40123")`, best in a `with` block.

    Every method raises the error that the server answered (spec/errors.py) with its text; Unavailable when it cannot
    be reached, DeadlineExceeded after `timeout` seconds.
    """

    def __init__(self, address: str) -> None:
        self._grpc = load("grpc")
        self._channel = self._grpc.insecure_channel(address, options=CHANNEL_OPTIONS)

    def register(self, graph: bytes | Path | str, id: int | None = None, timeout: float | None = None) -> None:
        """Load a graph (its bytes, or the path of a file) under `id`, or the id it carries inside.

        Raises AlreadyExists when the id is taken, Unsupported naming what cannot run.
        """
        self._send(calls.register(graph, id), timeout)

    def replace(self, graph: bytes | Path | str, id: int | None = None, timeout: float | None = None) -> None:
        """Swap the graph of this id for a new one, without a gap; an unknown id is registered."""
        self._send(calls.replace(graph, id), timeout)

    def forget(self, id: int, timeout: float | None = None) -> None:
        """Unload the graph of this id. Raises NotFound."""
        self._send(calls.forget(id), timeout)

    def infer(
        self,
        id: int,
        inputs: Mapping[str, Any],
        outputs: Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Array]:
        """Run a graph on arrays by input name; answers arrays by output name.

        outputs: the names wanted; None leaves the choice to the server. Raises NotFound for an unknown id,
        InvalidArgument for inputs that do not fit.
        """
        return self._send(calls.infer(id, inputs, outputs), timeout)

    def health(self, service: str = "", timeout: float | None = None) -> bool:
        """Whether the server (or one service of it) serves; False also when it cannot be reached."""
        try:
            return self._send(calls.health(service), timeout)
        except Unavailable:
            return False

    def close(self) -> None:
        """Drop the connection."""
        self._channel.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _send(self, ask: Ask[T], timeout: float | None) -> T:
        call = self._channel.unary_unary(ask.path)
        try:
            answer = call(ask.body, timeout=timeout, metadata=ask.metadata)
        except self._grpc.RpcError as error:
            raise from_status(error.code().name, error.details()) from None
        return ask.read(answer)
