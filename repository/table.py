"""The models by name, and one table of ids and names. Plain look-ups on the loop thread; nothing here blocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from ..spec.errors import AlreadyExists, NotFound, Unavailable
from .deployment import Deployment

_NAMED = 10
"""Known names that an error lists."""


class ModelState(StrEnum):
    """Whether a model answers, in the words of KServe's repository index."""

    READY = "READY"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One line of the index. version: 0 when not even that is known. reason: empty when READY."""

    name: str
    version: int
    state: ModelState
    reason: str = ""
    graph_id: int | None = None


@dataclass(slots=True)
class Model:
    """A model: its newest version, which serves, or the reason why it cannot."""

    name: str
    version: int
    serving: Deployment | None = None
    reason: str = ""
    graph_id: int | None = None

    def status(self) -> ModelStatus:
        """How the index shows it."""
        state = ModelState.READY if self.serving else ModelState.UNAVAILABLE
        return ModelStatus(self.name, self.version, state, self.reason, self.graph_id)

    def serve(self, deployment: Deployment) -> None:
        """Swap by pointer: the next lease is of `deployment`; the one before ends with its last lease."""
        before, self.serving = self.serving, deployment
        self.version, self.reason = deployment.version, ""
        if before is not None:
            before.retire()


class ModelTable:
    """Models by name; ids one to one with names."""

    def __init__(self) -> None:
        self._models: dict[str, Model] = {}
        self._by_id: dict[int, Model] = {}

    def require_free(self, name: str, graph_id: int | None) -> None:
        """Raise AlreadyExists when the id or the name is taken."""
        if graph_id in self._by_id:
            raise AlreadyExists(f"graph id {graph_id} already belongs to model '{self._by_id[graph_id].name}'")
        if name in self._models:
            raise AlreadyExists(f"model '{name}' already exists")

    def add(self, model: Model) -> None:
        """Enter a new model. Raises AlreadyExists when its id or name is taken."""
        self.require_free(model.name, model.graph_id)
        self._models[model.name] = model
        if model.graph_id is not None:
            self._by_id[model.graph_id] = model

    def remove(self, model: Model) -> None:
        """Take a model out and retire what it serves."""
        del self._models[model.name]
        if model.graph_id is not None:
            del self._by_id[model.graph_id]
        if model.serving is not None:
            model.serving.retire()

    def named(self, name: str) -> Model:
        """The model of this name. Raises NotFound that names known ones."""
        model = self._models.get(name)
        if model is None:
            raise NotFound(f"unknown model '{name}'; known: {_some(self._models, len(self._models))}")
        return model

    def find(self, graph_id: int) -> Model | None:
        """The model of this id, or None."""
        return self._by_id.get(graph_id)

    def with_id(self, graph_id: int) -> Model:
        """The model of this id. Raises NotFound that names known ones."""
        model = self._by_id.get(graph_id)
        if model is None:
            known = (f"{graph_id} ({model.name})" for graph_id, model in self._by_id.items())
            raise NotFound(f"unknown graph id {graph_id}; known: {_some(known, len(self._by_id))}")
        return model

    def serving(self, name: str, version: int | None) -> Deployment:
        """What answers for this model. Raises NotFound, or Unavailable with the reason."""
        model = self.named(name)
        if version is not None and version != model.version:
            raise NotFound(f"model '{name}' has no version {version}; it has version {model.version}")
        if model.serving is None:
            raise Unavailable(f"model '{name}' version {model.version} is not available: {model.reason}")
        return model.serving

    def models(self) -> list[Model]:
        """All models, in the order in which they came."""
        return list(self._models.values())


def _some(names: Iterable[str], total: int) -> str:
    shown = ", ".join(islice(names, _NAMED)) or "none"
    return shown if total <= _NAMED else f"{shown} and {total - _NAMED} more"
