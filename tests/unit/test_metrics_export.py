"""What the meters count, as a scrape shows it."""

from dataclasses import dataclass

import pytest
from prometheus_client.parser import text_string_to_metric_families

from graphserver.metrics.declarations import METRICS
from graphserver.metrics.exporter import Exporter
from graphserver.metrics.meters import Histogram, Meters


@dataclass
class Item:
    arrived: float = 0.0
    queued: float = 0.0
    started: float = 0.0
    executed: float = 0.0


class Clock:
    now = 10.0

    def __call__(self):
        return self.now


@pytest.fixture
def meters():
    counted = Meters(Clock())
    counted.add_model("mlp")
    return counted


def scrape(meters) -> dict:
    """Values by sample name and label values, in the order declared: `("graphserver_requests_total", "mlp", …)`."""
    content_type, body = Exporter(meters).render()
    assert content_type.startswith("text/plain")
    families = text_string_to_metric_families(body.decode())
    order = ("model", "method", "code", "reason", "le")
    return {
        (sample.name, *(sample.labels[label] for label in order if label in sample.labels)): sample.value
        for family in families
        for sample in family.samples
    }


def histogram(values, name, model="mlp"):
    """Buckets (not cumulative) that are not empty, then count and sum."""
    rows = [(float(key[2]), value) for key, value in values.items() if key[:2] == (f"{name}_bucket", model)]
    before = [0, *(value for _, value in rows)]
    filled = {edge: value - before[i] for i, (edge, value) in enumerate(rows) if value != before[i]}
    return filled, values[f"{name}_count", model], values[f"{name}_sum", model]


def test_requests_are_counted_and_timed(meters):
    meters.request_done("mlp", "InferenceRequest", "ok", 9.997)
    meters.request_done("mlp", "InferenceRequest", "ok", 9.5)
    meters.request_done("mlp", "InferenceRequest", "invalid_argument", 10.0)
    values = scrape(meters)
    assert values["graphserver_requests_total", "mlp", "InferenceRequest", "ok"] == 2
    assert values["graphserver_requests_total", "mlp", "InferenceRequest", "invalid_argument"] == 1
    filled, count, total = histogram(values, "graphserver_request_seconds")
    assert filled == {0.0001: 1, 0.005: 1, 0.5: 1}
    assert (count, total) == (3, pytest.approx(0.503))


def test_batches_are_counted_sized_and_timed(meters):
    meters.batch_taken("mlp", 3, 5, "idle")
    meters.batch_done("mlp", [Item(queued=1.0, started=1.002), Item(queued=1.0, started=61.0)], 0.02)
    meters.batch_taken("mlp", 1, 9000, "idle")
    values = scrape(meters)
    assert values["graphserver_batches_total", "mlp", "idle"] == 2
    assert histogram(values, "graphserver_batch_requests") == ({1: 1, 4: 1}, 2, 4)
    assert histogram(values, "graphserver_batch_rows") == ({8: 1, float("inf"): 1}, 2, 9005)
    assert histogram(values, "graphserver_execute_seconds") == ({0.025: 1}, 1, 0.02)
    assert histogram(values, "graphserver_queue_seconds")[0] == {0.0025: 1, float("inf"): 1}


def test_what_goes_wrong_is_counted(meters):
    meters.batch_split("mlp")
    meters.dropped("mlp", "deadline", 3)
    meters.dropped("mlp", "deadline", 2)
    meters.dropped("mlp", "full", 1)
    values = scrape(meters)
    assert values["graphserver_split_batches_total", "mlp"] == 1
    assert values["graphserver_dropped_requests_total", "mlp", "deadline"] == 5
    assert values["graphserver_dropped_requests_total", "mlp", "full"] == 1


def test_callers_cannot_create_series_by_inventing_names(meters):
    for i in range(100):
        meters.request_done(f"invented{i}", "InferenceRequest", "not_found", 10.0)
    values = scrape(meters)
    assert values["graphserver_requests_total", "", "InferenceRequest", "not_found"] == 100
    assert {key[1] for key in values if key[0] == "graphserver_requests_total"} == {""}


def test_series_go_with_their_model(meters):
    meters.add_model("other")
    for model in ("mlp", "other"):
        meters.request_done(model, "InferenceRequest", "ok", 10.0)
        meters.batch_taken(model, 1, 1, "idle")
    meters.remove_model("mlp")
    meters.request_done("mlp", "InferenceRequest", "ok", 10.0)
    values = scrape(meters)
    assert {key[1] for key in values if len(key) > 1} == {"other", ""}
    assert values["graphserver_models_loaded",] == 1


def test_every_metric_is_declared_with_help_before_anything_happened():
    body = Exporter(Meters()).render()[1].decode()
    for metric in METRICS:
        name = f"{metric.name}_total" if metric.kind == "counter" else metric.name
        assert f"# HELP {name} {metric.help}" in body
        assert f"# TYPE {name} {metric.kind}" in body


@pytest.mark.parametrize(("value", "place"), [(0, 0), (1, 0), (1.1, 1), (2, 1), (2.1, 2), (float("inf"), 2)])
def test_upper_edges_are_inclusive(value, place):
    counted = Histogram((1.0, 2.0))
    counted.observe(value)
    assert counted.counts[place] == 1
