"""Every protocol this server speaks, each on its own paths."""

import logging
import time

from ..metrics.meters import Meters
from .graphserver.protocol import add_graph_inference_server
from .refusals import RefusalLog
from .router import Router
from .service import InferenceService
from .status.health import Health
from .status.pages import add_pages
from .status.reflection import add_reflection

LOG = logging.getLogger(__name__)


def routes(service: InferenceService, meters: Meters, health: Health, *, dl4j_compat: bool) -> Router:
    """A Handler of all calls. dl4j_compat: DL4J's clients get the original's status codes and texts."""
    router, refusals = Router(), RefusalLog(LOG, time.monotonic)
    add_graph_inference_server(router, service, meters, refusals, dl4j_compat=dl4j_compat)
    health.add_to(router)
    add_reflection(router)
    add_pages(router, service.ready, meters)
    return router


def status_routes(service: InferenceService, meters: Meters) -> Router:
    """The pages alone, for a door that probes and scrapes may reach and callers may not."""
    router = Router()
    add_pages(router, service.ready, meters)
    return router
