"""gRPC's interoperability test service (grpc.testing.TestService) on Calls: what other languages' clients ask.

What each method must do: grpc's own doc/interop-test-descriptions.md.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from graphserver.transport.call import Call, Metadata

from . import messages_pb2 as messages

_SERVICE = "/grpc.testing.TestService/"
_INITIAL, _TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
_UNIMPLEMENTED = 12


def serve(call: Call) -> None:
    """The Handler."""
    METHODS.get(call.path, _unimplemented)(call)


def _unimplemented(call: Call) -> None:
    call.finish(_UNIMPLEMENTED, f"no method {call.path}")


def _empty_call(call: Call) -> None:
    call.on_message = lambda _body, _last: call.reply(b"")


def _unary_call(call: Call) -> None:
    def answer(body: memoryview, _last: bool) -> None:
        request = messages.SimpleRequest.FromString(bytes(body))
        _start(call)
        if request.response_status.code:
            call.finish(request.response_status.code, request.response_status.message, _trailers(call))
            return
        server_id = "graphserver" if request.fill_server_id else ""
        response = messages.SimpleResponse(payload=_payload(request.response_size), server_id=server_id)
        call.reply(response.SerializeToString(), final=False)
        call.finish(0, "", _trailers(call))

    call.on_message = answer


def _streaming_input_call(call: Call) -> None:
    total = 0

    def count(body: memoryview, last: bool) -> None:
        nonlocal total
        total += len(messages.StreamingInputCallRequest.FromString(bytes(body)).payload.body)
        if last:
            call.reply(messages.StreamingInputCallResponse(aggregated_payload_size=total).SerializeToString())

    call.on_message = count


def _full_duplex_call(call: Call) -> None:
    """Each request is answered when it comes; with one request this is StreamingOutputCall."""
    _start(call)
    paced = _Paced(call)

    def ask(body: memoryview, last: bool) -> None:
        request = messages.StreamingOutputCallRequest.FromString(bytes(body))
        if request.response_status.code:
            call.finish(request.response_status.code, request.response_status.message, _trailers(call))
        else:
            paced.add(request.response_parameters, last)

    call.on_message = ask


def _half_duplex_call(call: Call) -> None:
    """Nothing is answered before the caller has asked all."""
    _start(call)
    asked: list[messages.ResponseParameters] = []

    def ask(body: memoryview, last: bool) -> None:
        asked.extend(messages.StreamingOutputCallRequest.FromString(bytes(body)).response_parameters)
        if last:
            _Paced(call).add(asked, last)

    call.on_message = ask


class _Paced:
    """Sends the answers of one call in order: each after its interval, and only while the caller takes them."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._waiting: deque[messages.ResponseParameters] = deque()
        self._last = False
        self._timer: asyncio.TimerHandle | None = None
        call.on_ready = self._advance
        call.on_cancel = self._cancel

    def add(self, asked: Iterable[messages.ResponseParameters], last: bool) -> None:
        self._waiting.extend(asked)
        self._last = last
        self._advance()

    def _advance(self) -> None:
        if self._timer is not None or not self._call.ready:
            return
        if self._waiting:
            delay = self._waiting[0].interval_us / 1e6
            self._timer = asyncio.get_running_loop().call_later(delay, self._send)
        elif self._last:
            self._call.finish(0, "", _trailers(self._call))

    def _send(self) -> None:
        self._timer = None
        payload = _payload(self._waiting.popleft().size)
        self._call.reply(messages.StreamingOutputCallResponse(payload=payload).SerializeToString(), final=False)
        self._advance()

    def _cancel(self) -> None:
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()


def _payload(size: int) -> messages.Payload:
    return messages.Payload(body=bytes(size))


def _start(call: Call) -> None:
    call.start(_echoed(call, _INITIAL))


def _trailers(call: Call) -> Metadata:
    return _echoed(call, _TRAILING)


def _echoed(call: Call, name: str) -> Metadata:
    return {name: call.metadata[name]} if name in call.metadata else {}


METHODS: dict[str, Callable[[Call], None]] = {
    _SERVICE + "EmptyCall": _empty_call,
    _SERVICE + "UnaryCall": _unary_call,
    _SERVICE + "StreamingInputCall": _streaming_input_call,
    _SERVICE + "StreamingOutputCall": _full_duplex_call,
    _SERVICE + "FullDuplexCall": _full_duplex_call,
    _SERVICE + "HalfDuplexCall": _half_duplex_call,
}
STREAMS = frozenset(METHODS) - {_SERVICE + "EmptyCall", _SERVICE + "UnaryCall"}
