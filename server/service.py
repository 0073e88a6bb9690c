"""The one service between the protocols and the models. Loop thread only.

A protocol turns its messages into these calls and knows nothing of repositories, versions or queues.
"""

from collections.abc import Mapping, Sequence

from ..repository.repository import ModelRepository
from ..repository.table import ModelStatus
from ..spec.errors import GraphServerError, Unavailable
from ..spec.request import Pending

Key = tuple[int, int]
"""DL4J's id pair of a variable."""


class InferenceService:
    """Requests in, answers through `Pending`; changes of models as coroutines.

    default_outputs: what a request is answered that names no outputs; empty leaves it to the model.
    """

    def __init__(self, repository: ModelRepository, default_outputs: Sequence[str] = ()) -> None:
        self._repository = repository
        self._default_outputs = tuple(default_outputs) or None
        self._closed_because = "the server is still loading its models"

    def open(self) -> None:
        """All models are loaded: answer requests from now on."""
        self._closed_because = ""

    def close(self) -> None:
        """Answer nothing new; what is under way goes on."""
        self._closed_because = "the server is shutting down"

    def ready(self) -> bool:
        """Whether requests are answered."""
        return not self._closed_because

    def model_ready(self, model: str) -> bool | None:
        """Whether this model answers; None when there is no such model."""
        status = next((each for each in self.index() if each.name == model), None)
        return None if status is None else self.ready() and not status.reason

    def index(self) -> list[ModelStatus]:
        """All models with their state."""
        return self._repository.index()

    def submit(self, pending: Pending) -> None:
        """Check a request at the door and hand it to its model; it is answered through `pending`."""
        if pending.outputs is None:
            pending.outputs = self._default_outputs
        try:
            self._require_open()
            lease = self._repository.lease(pending.model, pending.version)
        except GraphServerError as error:
            pending.fail(error)
            return
        try:
            lease.deployment.signature.check(pending.inputs)
        except GraphServerError as error:
            lease.release()
            pending.fail(error)
            return
        lease.submit(pending)

    def resolve(self, graph_id: int) -> str:
        """The name of the model with this id. Raises NotFound, Unavailable."""
        self._require_open()
        return self._repository.resolve(graph_id)

    def keys(self, model: str) -> Mapping[str, Key]:
        """DL4J's id pairs of the variables of what serves `model` now. Raises NotFound, Unavailable."""
        lease = self._repository.lease(model)
        lease.release()
        return lease.deployment.keys

    async def register(self, graph_id: int, data: bytes) -> None:
        """Serve a new graph under this id. Raises AlreadyExists, Unsupported, InvalidArgument, Unavailable."""
        self._require_open()
        await self._repository.register(graph_id, data)

    async def replace(self, graph_id: int, data: bytes) -> None:
        """Serve the next version under this id, or register it. Raises as `register`."""
        self._require_open()
        await self._repository.replace(graph_id, data)

    async def forget(self, graph_id: int) -> None:
        """Drop the model of this id. Raises NotFound, Unavailable."""
        self._require_open()
        await self._repository.forget(graph_id)

    def _require_open(self) -> None:
        if self._closed_because:
            raise Unavailable(self._closed_because)
