"""Readers of model files, found by content: what a file is called says nothing.

A reader is a function with the decorator below, in a module named in the table, or registered by anybody's own code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..spec.artifact import Artifact
from ..spec.errors import GraphServerError, InvalidArgument, NotFound
from ..spec.loading import load

Content = Path | bytes
"""A file, or what stands in it."""

Read = Callable[[Content], Artifact]
Recognise = Callable[[bytes], bool]

HEAD = 4096
"""Bytes from the beginning by which a format is recognised."""

_MODULES = {"samediff": "samediff", "onnx": "later"}
"""Where the built-in readers are declared; a module may declare several."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read, or at least called by its name."""

    name: str
    recognises: Recognise
    read: Read


FORMATS: dict[str, Format] = {}
"""What is registered; the built-in ones from the first reading on."""


def reader(name: str, recognises: Recognise) -> Callable[[Read], Read]:
    """Declare the function below as the reader of format `name`, for files whose head `recognises` knows.

    What is registered last is asked first. A name that is taken is a programming error (ValueError).
    """

    def declare(read: Read) -> Read:
        if name in FORMATS:
            raise ValueError(f"format '{name}' is registered already")
        FORMATS[name] = Format(name, recognises, read)
        return read

    return declare


def read(content: Content, name: str) -> Artifact:
    """What the file or the bytes hold; `name` is what errors call it.

    Raises NotFound for a missing file, InvalidArgument for damaged or unknown content, Unsupported for a format or a
    version of one that is known but not served.
    """
    try:
        return recognise(_head(content)).read(content)
    except FileNotFoundError:
        raise NotFound(f"{name}: there is no file {content}") from None
    except OSError as error:
        raise InvalidArgument(f"{name}: cannot read {content}: {error.strerror}") from None
    except GraphServerError as error:
        raise type(error)(f"{name}: {error}") from error


def recognise(head: bytes) -> Format:
    """The format of the file that begins like this. Raises InvalidArgument."""
    _load_built_in()
    for known in reversed(FORMATS.values()):
        if known.recognises(head):
            return known
    seen = f"it begins with {head[:8].hex(' ')}" if head else "it is empty"
    raise InvalidArgument(f"unknown model format: {seen}; known formats: {', '.join(FORMATS)}")


def content_bytes(content: Content) -> bytes:
    """The whole content."""
    return content.read_bytes() if isinstance(content, Path) else content


def _head(content: Content) -> bytes:
    if not isinstance(content, Path):
        return content[:HEAD]
    with content.open("rb") as file:
        return file.read(HEAD)


def _load_built_in() -> None:
    for name, module in _MODULES.items():
        if name not in FORMATS:
            load(f"{__package__}.{module}")
