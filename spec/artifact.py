"""What a reader makes of a model file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .graph import OpGraph
from .tensor import Signature


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model as read, not yet loaded.

    format: how the file was recognised ("samediff" …). backend: which backend loads it ("native" …).
    content: an OpGraph, a file for the backend to open, or a Dag.
    """

    format: str
    backend: str
    signature: Signature
    content: OpGraph | Path | Any
