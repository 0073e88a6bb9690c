"""The meters in Prometheus' text format."""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from .declarations import MODELS
from .meters import Histogram, Meters


class Exporter(Collector):
    """Reads the meters whenever it is scraped; nothing is kept twice."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def render(self) -> tuple[str, bytes]:
        """Content type and body of a scrape."""
        return CONTENT_TYPE_LATEST, generate_latest(self._registry)

    def collect(self) -> Iterator[Family]:
        yield GaugeMetricFamily(MODELS.name, MODELS.help, value=len(self._meters.models))
        for metric, counts in self._meters.counters.items():
            counter = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, value in counts.items():
                counter.add_metric(labels, value)
            yield counter
        for metric, histograms in self._meters.histograms.items():
            family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, histogram in histograms.items():
                family.add_metric(labels, _cumulative(histogram), histogram.sum)
            yield family


def _cumulative(histogram: Histogram) -> list[tuple[str, float]]:
    edges = [*map(repr, histogram.edges), "+Inf"]
    return list(zip(edges, accumulate(histogram.counts), strict=True))
