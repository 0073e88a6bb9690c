"""gRPC server reflection (v1 and v1alpha): which services there are, and the schemas of those that have one.

DL4J's services carry FlatBuffers, which reflection cannot describe; they are listed, and their schema is
proto/flatgraph.fbs.
"""

from functools import partial
from typing import Any

from ...spec.loading import load
from ...transport.call import Call
from ..router import Router

SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")

_MESSAGES = "graphserver.proto.reflection_pb2:"
_INVALID_ARGUMENT, _NOT_FOUND, _UNIMPLEMENTED = 3, 5, 12

_HEALTH_FILE, _HEALTH_PACKAGE = "grpc/health/v1/health.proto", "grpc.health.v1"
_HEALTH_MESSAGES = ("Health", "HealthCheckRequest", "HealthCheckResponse")


def add_reflection(router: Router) -> None:
    """Describe what `router` serves, now and later."""
    answer = _Reflection(router)
    for service in SERVICES:
        router.add(f"/{service}/ServerReflectionInfo", answer.take, stream=True)


def health_schema() -> bytes:
    """The serialised FileDescriptorProto of grpc.health.v1, under the names that callers know."""
    schema: Any = load("google.protobuf.descriptor_pb2:FileDescriptorProto")()
    load("graphserver.proto.health_pb2:DESCRIPTOR").CopyToProto(schema)
    ours, schema.name, schema.package = schema.package, _HEALTH_FILE, _HEALTH_PACKAGE
    for message in schema.message_type:
        for field in message.field:
            if field.type_name:
                field.type_name = field.type_name.replace(f".{ours}.", f".{_HEALTH_PACKAGE}.")
    request, response = (f".{_HEALTH_PACKAGE}.{name}" for name in _HEALTH_MESSAGES[1:])
    service = schema.service.add(name="Health")
    service.method.add(name="Check", input_type=request, output_type=response)
    service.method.add(name="Watch", input_type=request, output_type=response, server_streaming=True)
    return schema.SerializeToString()


class _Reflection:
    """Answers from the paths of a router."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def take(self, call: Call) -> None:
        call.on_message = partial(self._answer, call)

    def _answer(self, call: Call, body: memoryview, last: bool) -> None:
        if last:
            call.finish(0)
            return
        request: Any = load(_MESSAGES + "ServerReflectionRequest")()
        try:
            request.ParseFromString(bytes(body))
        except ValueError as error:  # protobuf's DecodeError is one
            call.finish(_INVALID_ARGUMENT, f"not a ServerReflectionRequest: {error}")
            return
        answer: Any = load(_MESSAGES + "ServerReflectionResponse")(valid_host=request.host, original_request=request)
        self._fill(answer, request)
        call.reply(answer.SerializeToString(), final=False)

    def _fill(self, answer: Any, request: Any) -> None:
        asked = request.WhichOneof("message_request")
        if asked == "list_services":
            for name in self._router.services():
                answer.list_services_response.service.add(name=name)
        elif asked in ("file_by_filename", "file_containing_symbol"):
            _describe(answer, getattr(request, asked))
        else:
            _refuse(answer, _UNIMPLEMENTED, f"{asked or 'an empty request'} is not answered: there are no extensions")


def _describe(answer: Any, name: str) -> None:
    package, _, symbol = name.rpartition(".")
    health = package == _HEALTH_PACKAGE and symbol in _HEALTH_MESSAGES
    if health or name == _HEALTH_FILE:
        answer.file_descriptor_response.file_descriptor_proto.append(health_schema())
    else:
        _refuse(answer, _NOT_FOUND, f"no schema for '{name}'; services that carry FlatBuffers have none")


def _refuse(answer: Any, code: int, text: str) -> None:
    answer.error_response.error_code = code
    answer.error_response.error_message = text
