"""Where a backend leaves the results of a batch, and how they get back to the loop thread."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate

from ..backend.instance import Split
from ..spec.dtype import Array
from ..spec.errors import ExecutionFailed, GraphServerError
from ..spec.request import Pending, Rows
from .batch import RequestBatch
from .outbox import Outbox


class BatchSink:
    """A backend.instance.Sink for one batch. While `running`, whole-batch results travel with the lane's own report."""

    __slots__ = ("_batch", "_outbox", "running")

    def __init__(self, batch: RequestBatch, outbox: Outbox) -> None:
        self._batch = batch
        self._outbox = outbox
        self.running = True

    def columns(self, arrays: Mapping[str, Array]) -> None:
        """Split the outputs of the whole batch and end every item."""
        self._batch.stamp()
        answers = split(arrays, self._batch)
        self._outbox.put(partial(_reply_all, self._batch.items, answers), wake=not self.running)

    def rows(self, i: int, arrays: Mapping[str, Array], final: bool = True) -> None:
        """Outputs of item `i` alone."""
        self._outbox.put(partial(self._batch.items[i].reply, arrays, final))

    def fail(self, i: int, error: GraphServerError) -> None:
        """End item `i` with an error."""
        self._outbox.put(partial(self._batch.items[i].fail, error))


def split(arrays: Mapping[str, Array], batch: RequestBatch) -> Sequence[Rows]:
    """Each item's part of each output, as views.

    Raises ExecutionFailed when an output does not have the rows that its Split promises: giving somebody else's rows
    away is the one thing that must never happen.
    """
    if len(batch.items) == 1:
        return [arrays]
    splits, ends = batch.selection.splits, list(accumulate(item.rows for item in batch.items))
    if splits is None:
        raise ExecutionFailed("a batch of several requests came back from a model that cannot batch")
    parts = [_parts(name, array, splits[name], ends) for name, array in arrays.items()]
    return [dict(zip(arrays, row, strict=True)) for row in zip(*parts, strict=True)]


def _parts(name: str, array: Array, how: Split, ends: Sequence[int]) -> Sequence[Array]:
    if not how.per_row:
        return [array] * len(ends)
    if array.ndim <= how.axis or array.shape[how.axis] != ends[-1] * how.per_row:
        raise ExecutionFailed(
            f"output '{name}' has shape {list(array.shape)} for {ends[-1]} rows, "
            f"expected {how.per_row} of axis {how.axis} for each row"
        )
    if how.axis == 0 and how.per_row == 1:
        return [array[start:end] for start, end in zip((0, *ends), ends, strict=False)]
    before = (slice(None),) * how.axis
    return [
        array[(*before, slice(start * how.per_row, end * how.per_row))]
        for start, end in zip((0, *ends), ends, strict=False)
    ]


def _reply_all(items: Sequence[Pending], answers: Sequence[Rows]) -> None:
    for item, rows in zip(items, answers, strict=True):
        item.reply(rows, True)
