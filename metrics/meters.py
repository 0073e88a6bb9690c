"""Plain numbers that count what the server does. Loop thread only; the exporter reads them when asked.

A count costs a look-up and an addition, an observation a bisection more: well under a microsecond for each item.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence

from .declarations import (
    BATCH_REQUESTS,
    BATCH_ROWS,
    BATCHES,
    DROPPED,
    EXECUTE_SECONDS,
    METRICS,
    QUEUE_SECONDS,
    REQUEST_SECONDS,
    REQUESTS,
    SPLIT_BATCHES,
    Metric,
)
from .observer import Timed

Labels = tuple[str, ...]

UNKNOWN = ""
"""The model label of whatever concerns no loaded model: callers must not create series by inventing names."""


class Histogram:
    """Counts by bucket; `counts` has one place more than `edges`, for what is above them all."""

    __slots__ = ("counts", "edges", "sum")

    def __init__(self, edges: tuple[float, ...]) -> None:
        self.edges = edges
        self.counts = [0] * (len(edges) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count `value` in the first bucket whose upper edge is not below it."""
        self.counts[bisect_left(self.edges, value)] += 1
        self.sum += value


class Meters:
    """A SchedulerObserver and RequestObserver that counts. Series exist for loaded models and UNKNOWN alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.models: set[str] = set()
        self.counters: dict[Metric, dict[Labels, int]] = {m: {} for m in METRICS if m.kind == "counter"}
        self.histograms: dict[Metric, dict[Labels, Histogram]] = {m: {} for m in METRICS if m.kind == "histogram"}

    def add_model(self, model: str) -> None:
        """From now on `model` has series of its own."""
        self.models.add(model)

    def remove_model(self, model: str) -> None:
        """Drop the series of `model`; what is still under way counts as UNKNOWN."""
        self.models.discard(model)
        for family in (*self.counters.values(), *self.histograms.values()):
            for labels in [labels for labels in family if labels[0] == model]:
                del family[labels]

    def request_done(self, model: str, method: str, code: str, arrived: float) -> None:
        known = self._known(model)
        self._count(REQUESTS, (known, method, code))
        self._histogram(REQUEST_SECONDS, known).observe(self._clock() - arrived)

    def batch_taken(self, model: str, requests: int, rows: int, reason: str) -> None:
        known = self._known(model)
        self._count(BATCHES, (known, reason))
        self._histogram(BATCH_REQUESTS, known).observe(requests)
        self._histogram(BATCH_ROWS, known).observe(rows)

    def batch_done(self, model: str, items: Sequence[Timed], seconds: float) -> None:
        known = self._known(model)
        self._histogram(EXECUTE_SECONDS, known).observe(seconds)
        observe = self._histogram(QUEUE_SECONDS, known).observe
        for item in items:
            observe(item.started - item.queued)

    def batch_split(self, model: str) -> None:
        self._count(SPLIT_BATCHES, (self._known(model),))

    def dropped(self, model: str, reason: str, requests: int) -> None:
        self._count(DROPPED, (self._known(model), reason), requests)

    def _known(self, model: str) -> str:
        return model if model in self.models else UNKNOWN

    def _count(self, metric: Metric, labels: Labels, by: int = 1) -> None:
        family = self.counters[metric]
        family[labels] = family.get(labels, 0) + by

    def _histogram(self, metric: Metric, model: str) -> Histogram:
        family = self.histograms[metric]
        found = family.get((model,))
        if found is None:
            found = family[model,] = Histogram(metric.buckets)
        return found
