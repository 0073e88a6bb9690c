"""grpc.health.v1 and the status pages."""

import pytest
from fakes_call import FakeCall, sent

from graphserver.metrics.meters import Meters
from graphserver.proto.health_pb2 import HealthCheckRequest, HealthCheckResponse
from graphserver.server.router import Router
from graphserver.server.status.health import Health
from graphserver.server.status.pages import add_pages

CHECK, WATCH = "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"
SERVING, NOT_SERVING, SERVICE_UNKNOWN = 1, 2, 3


class State:
    """A server that is ready, with one model that is and one that is not."""

    def __init__(self):
        self.up = True
        self.models = {"mlp": True, "broken": False}

    def ready(self):
        return self.up

    def model_ready(self, model):
        return self.models.get(model)


@pytest.fixture
def state():
    return State()


@pytest.fixture
def health(state):
    return Health(state)


@pytest.fixture
def router(state, health):
    table = Router()
    health.add_to(table)
    add_pages(table, state.ready, Meters())
    return table


def asked(service: str) -> bytes:
    return HealthCheckRequest(service=service).SerializeToString()


def told(call: FakeCall) -> list[int]:
    return [HealthCheckResponse.FromString(body).status for body in call.replies]


@pytest.mark.parametrize(("service", "status"), [("", SERVING), ("mlp", SERVING), ("broken", NOT_SERVING)])
def test_check_answers_for_the_server_and_for_models(router, service, status):
    call = sent(router, CHECK, asked(service))
    assert (told(call), call.status) == ([status], 0)


def test_check_of_the_server_follows_its_readiness(router, state):
    state.up = False
    assert told(sent(router, CHECK, asked(""))) == [NOT_SERVING]


@pytest.mark.parametrize("path", [CHECK, WATCH])
def test_garbage_is_refused(router, path):
    code, text = sent(router, path, b"\xff\xff\xff").answer
    assert code == 3
    assert text.startswith("not a HealthCheckRequest: ")


def test_check_of_an_unknown_model_is_not_found(router):
    assert sent(router, CHECK, asked("nobody")).answer == (5, "unknown model 'nobody'")


def test_watch_tells_every_change_once(router, state, health):
    call = FakeCall(WATCH)
    router(call)
    call.send(asked("later"), last=False).send(b"", last=True)
    health.changed()
    state.models["later"] = False
    health.changed()
    health.changed()
    state.models["later"] = True
    health.changed()
    assert told(call) == [SERVICE_UNKNOWN, NOT_SERVING, SERVING]
    assert not call.over


def test_watch_ends_with_its_caller_or_with_the_server(router, state, health):
    leaving, staying = sent(router, WATCH, asked("")), sent(router, WATCH, asked(""))
    leaving.cancel()
    state.up = False
    health.changed()
    health.close()
    assert told(leaving) == [SERVING]
    assert told(staying) == [SERVING, NOT_SERVING]
    assert staying.answer == sent(router, WATCH, asked("")).answer == (14, "the server is shutting down")


def test_watchers_are_bounded(router):
    watching = [sent(router, WATCH, asked("")) for _ in range(1000)]
    assert sent(router, WATCH, asked("")).answer == (8, "1000 watchers are served already")
    watching[0].cancel()
    assert told(sent(router, WATCH, asked(""))) == [SERVING]


def test_watch_is_known_as_a_stream(router):
    assert router.streams == {WATCH}


@pytest.mark.parametrize(
    ("path", "up", "status", "text"),
    [
        ("/live", True, "200", b"live\n"),
        ("/live", False, "200", b"live\n"),
        ("/ready", True, "200", b"ready\n"),
        ("/ready", False, "503", b"not ready\n"),
        ("/metrics", True, "200", b"# TYPE graphserver_models_loaded gauge\ngraphserver_models_loaded 0.0\n"),
        ("/", True, "200", b"/ready answers 200"),
    ],
)
def test_pages(router, state, path, up, status, text):
    state.up = up
    call = sent(router, path, protocol="http")
    assert call.started[":status"] == status
    assert call.started["content-type"].startswith("text/plain")
    assert text in call.replies[0]


def test_pages_are_read_only(router):
    call = sent(router, "/live", protocol="http", method="POST")
    assert call.answer == (405, "/live takes GET, not POST")
    assert call.trailers == {"allow": "GET, HEAD"}
