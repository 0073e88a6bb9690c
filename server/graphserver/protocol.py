"""Where DL4J's GraphInferenceServer is found on the wire."""

import time
from collections.abc import Callable

from ...metrics.observer import RequestObserver
from ..refusals import RefusalLog
from ..router import Router
from ..service import InferenceService
from .answer import Context
from .graphs import GraphChanges
from .inference import Inference

PACKAGES = ("nd4j.graph", "sd.graph", "org.nd4j.graph", "graph")
"""By who generated the stub: the C++ server until beta7 and after it, the published Java client, and bare schemas."""


def add_graph_inference_server(
    router: Router,
    service: InferenceService,
    observer: RequestObserver,
    refusals: RefusalLog,
    *,
    dl4j_compat: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Serve the four methods under every package. dl4j_compat: the original's statuses. clock: the loop's."""
    context = Context(observer, refusals, clock, dl4j_compat)
    handlers = {**GraphChanges(service, context).handlers(), "InferenceRequest": Inference(service, context)}
    for package in PACKAGES:
        for method, handler in handlers.items():
            router.add(f"/{package}.GraphInferenceServer/{method}", handler)
