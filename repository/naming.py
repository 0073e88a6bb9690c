"""Which models a server starts with, and which ids they answer to. Pure.

1. A model that the state directory keeps and the command line names: the higher version is loaded, at a tie the
   kept one, so that a replacement over the wire outlives a restart. The id it was registered under stays its own.
2. `--id NAME=N` gives a model its id; what contradicts it is an error.
3. Id 0 goes to the model of `-f`, or else to the only one that the command line names, unless that has an id or
   0 is taken: 0 is what a DL4J client asks for when it was told nothing. Kept models do not count, so that a
   registration cannot change another model's id at the next start.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..spec.errors import AlreadyExists, InvalidArgument, NotFound
from .source import ModelSource

LOG = logging.getLogger(__name__)

Models = dict[str, ModelSource]


def starting_models(
    listed: Iterable[ModelSource],
    kept: Iterable[ModelSource] = (),
    ids: Sequence[tuple[str, int]] = (),
    file: str | None = None,
) -> list[ModelSource]:
    """The models to load, each with the id it answers to.

    listed: from files and repositories. kept: from the state directory. ids: of `--id`. file: the model of `-f`.
    Raises AlreadyExists for a name or id given twice, NotFound for an id given to an unknown name.
    """
    named = _by_name(listed)
    default = file or (next(iter(named)) if len(named) == 1 else None)
    models = _merged(named, kept)
    for name, graph_id in ids:
        _give_id(models, name, graph_id)
    if default is not None and models[default].graph_id is None:
        _give_default_id(models, default)
    return list(models.values())


def _by_name(listed: Iterable[ModelSource]) -> Models:
    models: Models = {}
    for model in listed:
        if (other := models.get(model.name)) is not None:
            raise AlreadyExists(f"model '{model.name}' is found twice: {other.origin} and {model.origin}")
        models[model.name] = model
    return models


def _merged(named: Models, kept: Iterable[ModelSource]) -> Models:
    models = dict(named)
    for model in kept:
        other = models.get(model.name)
        models[model.name] = model if other is None else _newer(other, model)
    return models


def _newer(listed: ModelSource, kept: ModelSource) -> ModelSource:
    wins, left = (listed, kept) if listed.version > kept.version else (kept, listed)
    LOG.warning("model '%s' is served from %s, not from %s", wins.name, wins.origin, left.origin)
    return replace(wins, graph_id=kept.graph_id)


def _give_id(models: Models, name: str, graph_id: int) -> None:
    model = models.get(name)
    if model is None:
        raise NotFound(f"--id {name}={graph_id}: no model '{name}'; found: {', '.join(models) or 'none'}")
    if model.graph_id not in (None, graph_id):
        raise AlreadyExists(f"--id {name}={graph_id}: model '{name}' has id {model.graph_id} already")
    owner = _owner(models, graph_id)
    if owner not in (None, name):
        raise AlreadyExists(f"--id {name}={graph_id}: id {graph_id} belongs to model '{owner}'")
    models[name] = replace(model, graph_id=checked_id(graph_id))


def _give_default_id(models: Models, name: str) -> None:
    owner = _owner(models, 0)
    if owner is None:
        models[name] = replace(models[name], graph_id=0)
    else:
        LOG.warning("model '%s' gets no id: 0 belongs to model '%s' (%s)", name, owner, models[owner].origin)


def _owner(models: Models, graph_id: int) -> str | None:
    return next((model.name for model in models.values() if model.graph_id == graph_id), None)


def checked_id(graph_id: int) -> int:
    """`graph_id` if the wire can carry it (64 bits, signed). Raises InvalidArgument."""
    if not -(1 << 63) <= graph_id < 1 << 63:
        raise InvalidArgument(f"id {graph_id} does not fit 64 bits")
    return graph_id
