"""The face between the scheduler and whatever runs a model.

A Backend loads an Artifact into an Instance; a Lane (one thread) gives the Instance a Batch and a Sink.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..spec.artifact import Artifact
from ..spec.dtype import Array
from ..spec.errors import GraphServerError
from ..spec.request import Deadline
from ..spec.tensor import Signature


@dataclass(frozen=True, slots=True)
class Split:
    """How the rows of several callers lie in an output: `per_row` entries of `axis` for each row fed.

    per_row 0: the output depends on no input and is given whole to every caller.
    """

    axis: int = 0
    per_row: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What one kind of request needs: the asked outputs, the inputs they take, and whether callers may share a run.

    splits: one Split per output when the rows of different callers are proven independent, else None;
    then each request runs alone and `reason` names what prevents it.
    An Instance returns the same object for the same question, so that requests group by identity.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    splits: Mapping[str, Split] | None = None
    reason: str = ""


class BatchItem(Protocol):
    """One request inside a batch, as a backend may see it (a spec.request.Pending)."""

    @property
    def inputs(self) -> dict[str, Array]: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...
    @property
    def rows(self) -> int: ...
    @property
    def deadline(self) -> Deadline: ...
    @property
    def over(self) -> bool: ...


class Batch(Protocol):
    """Requests of one group that run together."""

    @property
    def items(self) -> Sequence[BatchItem]: ...
    @property
    def selection(self) -> Selection: ...
    @property
    def rows(self) -> int: ...

    def column(self, name: str) -> Array:
        """The rows of all items for this input: assembled once, native-endian, 64-byte aligned, read-only."""
        ...

    def check(self) -> None:
        """Raise DeadlineExceeded or Cancelled when no item is waiting any more; called between steps."""
        ...


class Sink(Protocol):
    """Takes a batch's results, from any thread, also after `execute` returned.

    An item is over at its final rows or its failure, the batch when all its items are.
    """

    def columns(self, arrays: Mapping[str, Array]) -> None:
        """The outputs of the whole batch; the sink splits them by the selection and ends every item."""
        ...

    def rows(self, i: int, arrays: Mapping[str, Array], final: bool = True) -> None:
        """Outputs of item `i` alone."""
        ...

    def fail(self, i: int, error: GraphServerError) -> None:
        """End item `i` with an error; the others go on."""
        ...


class Instance(Protocol):
    """A loaded model, ready to run. `select` is called on the loop thread, `execute` on one lane at a time."""

    @property
    def signature(self) -> Signature: ...

    @property
    def keys(self) -> Mapping[str, tuple[int, int]]:
        """DL4J's id pairs of the model's variables, by name; empty where the model knows none."""
        ...

    @property
    def stateless(self) -> bool:
        """True when a failed batch may be run again in parts."""
        ...

    def select(self, fed: frozenset[str], asked: tuple[str, ...] | None) -> Selection:
        """Decide outputs and inputs of a request that feeds `fed` and asks for `asked` (None: the default set).

        Raises InvalidArgument for an unknown output, or naming the inputs that are missing.
        """
        ...

    def execute(self, batch: Batch, sink: Sink) -> None:
        """Run the batch. Whatever is raised fails every item that is not over."""
        ...

    def close(self) -> None:
        """Free what it holds. Called once, when no lane uses it."""
        ...


class Backend(Protocol):
    """Loads artifacts. One per name, found through `backend.registry`."""

    def load(self, artifact: Artifact) -> Instance:
        """Build, prove and warm an instance; blocking, off the loop thread.

        Raises Unsupported (naming everything it cannot run) or InvalidArgument.
        """
        ...
