"""What lies on the disk: model files, and model repositories laid out as `<model>/<version>/model.fb`.

A path that somebody named must exist; inside a repository a broken model stops nobody else's.
Version folders are numbers without a leading zero, others are ignored, as Triton does; the highest is served.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from ..spec.errors import GraphServerError, InvalidArgument, NotFound
from .source import ModelSource, checked_name

MODEL_FILE = "model.fb"

_VERSION = re.compile(r"[1-9][0-9]{0,17}")


def listed_models(paths: Iterable[Path]) -> list[ModelSource]:
    """The models of the FILEs and DIRs of a command line. Raises as the two functions below."""
    return [model for path in paths for model in (models_in(path) if path.is_dir() else [model_file(path)])]


def model_file(path: Path) -> ModelSource:
    """A single file is version 1 of the model it is named after. Raises NotFound, InvalidArgument."""
    if path.is_dir():
        raise InvalidArgument(f"{path} is a folder; expected a model file")
    if not path.is_file():
        raise NotFound(f"{path}: no such file")
    return ModelSource(checked_name(path.stem, str(path)), 1, str(path), lambda: path)


def models_in(folder: Path) -> list[ModelSource]:
    """The models of a repository, by name, but for hidden entries and loose files.

    Raises NotFound, InvalidArgument.
    """
    if not folder.is_dir():
        raise NotFound(f"{folder}: no such model repository")
    try:
        return [_model(path) for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    except OSError as error:
        raise InvalidArgument(f"{folder} cannot be read: {error.strerror}") from error


def _model(folder: Path) -> ModelSource:
    try:
        checked_name(folder.name, str(folder))
        version = _highest_version(folder)
    except GraphServerError as error:
        return ModelSource(folder.name, 0, str(folder), _failing(error))
    path = folder / str(version) / MODEL_FILE
    return ModelSource(folder.name, version, str(path), lambda: _existing(path))


def _highest_version(folder: Path) -> int:
    try:
        versions = [int(path.name) for path in folder.iterdir() if _VERSION.fullmatch(path.name) and path.is_dir()]
    except OSError as error:
        raise InvalidArgument(f"{folder} cannot be read: {error.strerror}") from error
    if not versions:
        raise NotFound(f"{folder} has no version folder; expected {folder.name}/1/{MODEL_FILE}")
    return max(versions)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise NotFound(f"{path}: no such file")
    return path


def _failing(error: GraphServerError) -> Callable[[], Path]:
    def content() -> Path:
        raise error

    return content
