"""The one place that imports by name, so that heavy parts cost nothing until they are used."""

from importlib import import_module
from typing import Any


def load(path: str) -> Any:
    """Return the object at `"package.module:Name"`, or the module at `"package.module"`.

    Raises ImportError or AttributeError as the import itself does.
    """
    module, _, name = path.partition(":")
    found = import_module(module)
    return getattr(found, name) if name else found
