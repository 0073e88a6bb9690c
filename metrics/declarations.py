"""Every metric, declared once: its name, what it tells, its labels. The first label is always the model.

To add one: a declaration here, entered in METRICS, and a line in meters.py that counts it.
"""

from dataclasses import dataclass
from typing import Literal

SECONDS = tuple(base * scale for scale in (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0) for base in (1.0, 2.5, 5.0))
"""Upper edges from 0.1 ms to 50 s."""

SIZES = tuple(float(1 << n) for n in range(13))
"""Upper edges 1, 2, 4 … 4096."""


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """A family of series. buckets: upper edges, inclusive, of a histogram; empty for a counter or gauge."""

    name: str
    help: str
    labels: tuple[str, ...]
    kind: Literal["counter", "gauge", "histogram"] = "counter"
    buckets: tuple[float, ...] = ()


def _counter(name: str, help: str, *labels: str) -> Metric:
    return Metric(f"graphserver_{name}", help, ("model", *labels))


def _histogram(name: str, help: str, buckets: tuple[float, ...]) -> Metric:
    return Metric(f"graphserver_{name}", help, ("model",), "histogram", buckets)


REQUESTS = _counter("requests", "Requests answered, by model, method and code.", "method", "code")
REQUEST_SECONDS = _histogram("request_seconds", "From the arrival of a request to its answer.", SECONDS)
QUEUE_SECONDS = _histogram("queue_seconds", "From entering a queue to the start of execution, per request.", SECONDS)
EXECUTE_SECONDS = _histogram("execute_seconds", "Execution of a batch on its lane.", SECONDS)
BATCH_REQUESTS = _histogram("batch_requests", "Requests in a batch.", SIZES)
BATCH_ROWS = _histogram("batch_rows", "Rows in a batch.", SIZES)
BATCHES = _counter("batches", "Batches that left a queue, by why they left.", "reason")
SPLIT_BATCHES = _counter("split_batches", "Failing batches that were run again by halves.")
DROPPED = _counter("dropped_requests", "Requests that left a queue without being run, by why.", "reason")
MODELS = Metric("graphserver_models_loaded", "Models that are loaded.", (), "gauge")

METRICS = (
    REQUESTS,
    REQUEST_SECONDS,
    QUEUE_SECONDS,
    EXECUTE_SECONDS,
    BATCH_REQUESTS,
    BATCH_ROWS,
    BATCHES,
    SPLIT_BATCHES,
    DROPPED,
    MODELS,
)
