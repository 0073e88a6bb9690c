"""A graph served as the server does it: loaded, asked for its default set by two callers, its answers written."""

import time
from collections.abc import Mapping
from unittest.mock import patch

from graphserver.backend.native import NativeBackend, NativeInstance, rows_proof
from graphserver.proto.messages import NamedArray, read_result, write_result
from graphserver.scheduler.batch import RequestBatch
from graphserver.scheduler.grouping import group_key
from graphserver.scheduler.sink import split
from graphserver.spec.artifact import Artifact
from graphserver.spec.dtype import Array
from graphserver.spec.request import Pending
from graphserver.spec.tensor import TensorSpec

from .choices import Choices

ROWS = 3
WAIT = 1.0
"""Seconds that a caller waits."""

LARGEST = 2**16
"""Entries of what is fed: the inputs are small, whatever the signature says."""


TRIALS = 1.0
"""Seconds for the trial runs at load, instead of 20: what does not keep to it stands out."""


class Columns:
    """A sink that keeps what it gets."""

    got: Mapping[str, Array] = {}

    def columns(self, arrays: Mapping[str, Array]) -> None:
        self.got = arrays


def serve(artifact: Artifact, choices: Choices) -> None:
    """Load it and answer a caller, then two at once where they may share a run. Raises GraphServerError."""
    with patch.object(rows_proof, "TIME_LIMIT", TRIALS):
        instance = NativeBackend().load(artifact)
    try:
        callers = [_fed(instance, choices) for _ in range(2)]
        for asking in ([callers[0]], callers):
            answer(instance, asking)
    finally:
        instance.close()


def answer(instance: NativeInstance, callers: list[dict[str, Array]]) -> None:
    """What the callers get, as messages that can be read."""
    selection = instance.select(frozenset(callers[0]), None)
    if len(callers) > 1 and selection.splits is None:
        return
    items = [_pending(inputs) for inputs in callers]
    keys = []
    for item in items:
        instance.signature.check(item.inputs)
        key, item.rows = group_key(item, selection)
        keys.append(key)
    if any(key != keys[0] for key in keys):
        return
    batch, sink = RequestBatch(items, selection, time.monotonic), Columns()
    instance.execute(batch, sink)  # pyright: ignore[reportArgumentType] - of a Sink it needs this much
    for rows in split(sink.got, batch):
        read_result(write_result(0, [NamedArray(name, (0, 0), array) for name, array in rows.items()]))


def _pending(inputs: dict[str, Array]) -> Pending:
    def ignore(*_: object) -> None:
        """The sink has it all."""

    return Pending("m", inputs, on_reply=ignore, on_fail=ignore, deadline=time.monotonic() + WAIT)


def _fed(instance: NativeInstance, choices: Choices) -> dict[str, Array]:
    return {spec.name: _input(spec, choices) for spec in instance.signature.inputs}


def _input(spec: TensorSpec, choices: Choices) -> Array:
    """Something that fits the signature, or nothing of size where that would be large."""
    given = choices.shape() if spec.shape is None else spec.shape
    shape, size = list[int](), 1
    for i, dim in enumerate(given):
        shape.append(ROWS if dim is None and not i else 5 if dim is None else dim)
        size *= shape[-1] or 1
    return choices.array(spec.dtype, tuple(shape) if size <= LARGEST else (0,) * len(shape))
