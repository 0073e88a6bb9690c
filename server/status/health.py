"""grpc.health.v1.Health: is the server, or a model, ready? The empty service name asks for the server."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from ...spec.loading import load
from ...transport.call import Call
from ..router import Router

_SERVICE = "/grpc.health.v1.Health/"
_MESSAGES = "graphserver.proto.health_pb2:"
_WATCHERS = 1000
_CLOSED = "the server is shutting down"
_INVALID_ARGUMENT, _NOT_FOUND, _RESOURCE_EXHAUSTED, _UNAVAILABLE = 3, 5, 8, 14
_SERVING, _NOT_SERVING, _SERVICE_UNKNOWN = 1, 2, 3


class Readiness(Protocol):
    """What there is to know (an InferenceService)."""

    def ready(self) -> bool:
        """Whether requests are answered."""
        ...

    def model_ready(self, model: str) -> bool | None:
        """Whether this model answers; None when there is no such model."""
        ...


class Health:
    """Check and Watch. Whoever changes a model or the server's state calls `changed`."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness
        self._watchers: dict[Call, tuple[str, int]] = {}
        self._closed = False

    def add_to(self, router: Router) -> None:
        """Serve both methods."""
        router.add(_SERVICE + "Check", partial(self._take, self._check))
        router.add(_SERVICE + "Watch", partial(self._take, self._watch), stream=True)

    def changed(self) -> None:
        """Tell every watcher whose answer is another one now."""
        for call, (service, told) in list(self._watchers.items()):
            status = self._status(service)
            if status != told:
                self._watchers[call] = (service, status)
                call.reply(_response(status), final=False)

    def close(self) -> None:
        """Send the watchers away and take no more: they would hold up a drain."""
        self._closed = True
        for call in list(self._watchers):
            call.finish(_UNAVAILABLE, _CLOSED)
        self._watchers.clear()

    def _take(self, method: Callable[[Call, str], None], call: Call) -> None:
        def on_message(body: memoryview, _last: bool) -> None:
            call.on_message = _ignore
            try:
                service = _asked(body)
            except load("google.protobuf.message:DecodeError") as error:
                call.finish(_INVALID_ARGUMENT, f"not a HealthCheckRequest: {error}")
            else:
                method(call, service)

        call.on_message = on_message

    def _check(self, call: Call, service: str) -> None:
        status = self._status(service)
        if status == _SERVICE_UNKNOWN:
            call.finish(_NOT_FOUND, f"unknown model '{service}'")
        else:
            call.reply(_response(status))

    def _watch(self, call: Call, service: str) -> None:
        if self._closed:
            call.finish(_UNAVAILABLE, _CLOSED)
            return
        if len(self._watchers) >= _WATCHERS:
            call.finish(_RESOURCE_EXHAUSTED, f"{_WATCHERS} watchers are served already")
            return
        status = self._status(service)
        self._watchers[call] = (service, status)
        call.on_cancel = partial(self._leave, call)
        call.reply(_response(status), final=False)

    def _leave(self, call: Call) -> None:
        self._watchers.pop(call, None)

    def _status(self, service: str) -> int:
        ready = self._readiness.model_ready(service) if service else self._readiness.ready()
        return _SERVICE_UNKNOWN if ready is None else _SERVING if ready else _NOT_SERVING


def _asked(body: memoryview) -> str:
    message: Any = load(_MESSAGES + "HealthCheckRequest").FromString(bytes(body))
    return message.service


def _response(status: int) -> bytes:
    message: Any = load(_MESSAGES + "HealthCheckResponse")(status=status)
    return message.SerializeToString()


def _ignore(_body: memoryview, _last: bool) -> None:
    """One request is all that a watcher sends."""
