"""The pages for people, probes and scrapes: /, /live, /ready, /metrics."""

from collections.abc import Callable
from functools import partial

from ...metrics.meters import Meters
from ...spec.loading import load
from ...transport.call import Call
from ..router import Router

Page = Callable[[], tuple[int, str, bytes]]
"""Status, content type and body."""

_TEXT = "text/plain; charset=utf-8"
_INDEX = b"""This is graphserver, an inference server.
/live answers 200 while the server runs, /ready answers 200 while it takes requests and 503 otherwise, and /metrics
tells in Prometheus' text format what it has done. Models are asked over gRPC, on the first
address of the ready line.
"""


def add_pages(router: Router, ready: Callable[[], bool], meters: Meters) -> None:
    """Serve the pages: what `ready` says, and the `meters` as they stand."""
    pages: dict[str, Page] = {
        "/": lambda: (200, _TEXT, _INDEX),
        "/live": lambda: (200, _TEXT, b"live\n"),
        "/ready": lambda: (200, _TEXT, b"ready\n") if ready() else (503, _TEXT, b"not ready\n"),
        "/metrics": lambda: (200, *_scrape(meters)),
    }
    for path, page in pages.items():
        router.add(path, partial(_take, page), wire="http")


def _scrape(meters: Meters) -> tuple[str, bytes]:
    return load("graphserver.metrics.exporter:Exporter")(meters).render()


def _take(page: Page, call: Call) -> None:
    call.on_message = partial(_answer, page, call)


def _answer(page: Page, call: Call, _body: memoryview, last: bool) -> None:
    if call.method not in ("GET", "HEAD"):
        call.finish(405, f"{call.path} takes GET, not {call.method}", {"allow": "GET, HEAD"})
    elif last:
        status, content_type, body = page()
        call.start({":status": str(status), "content-type": content_type})
        call.reply(body)
