"""Server reflection: what grpcurl and its like ask first."""

import pytest
from fakes_call import FakeCall
from google.protobuf import descriptor_pb2, descriptor_pool

from graphserver.proto.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse
from graphserver.server.router import Router
from graphserver.server.status.reflection import SERVICES, add_reflection


def ask(service: str = SERVICES[0], **request: str) -> ServerReflectionResponse:
    router = Router()
    router.add("/org.nd4j.graph.GraphInferenceServer/RegisterGraph", lambda call: None)
    router.add("/org.nd4j.graph.GraphInferenceServer/ForgetGraph", lambda call: None)
    add_reflection(router)
    call = FakeCall(f"/{service}/ServerReflectionInfo")
    router(call)
    call.send(ServerReflectionRequest(**request).SerializeToString(), last=False).send(b"", last=True)
    assert call.answer == (0, "")
    [answer] = call.replies
    return ServerReflectionResponse.FromString(answer)


@pytest.mark.parametrize("service", SERVICES)
def test_services_are_listed_once(service: str) -> None:
    listed = [each.name for each in ask(service, list_services="").list_services_response.service]
    assert listed == sorted([*SERVICES, "org.nd4j.graph.GraphInferenceServer"])


@pytest.mark.parametrize(
    "request_",
    [
        {"file_by_filename": "grpc/health/v1/health.proto"},
        {"file_containing_symbol": "grpc.health.v1.Health"},
        {"file_containing_symbol": "grpc.health.v1.HealthCheckResponse"},
    ],
)
def test_the_health_service_is_described_under_its_own_name(request_: dict[str, str]) -> None:
    [schema] = ask(**request_).file_descriptor_response.file_descriptor_proto
    pool = descriptor_pool.DescriptorPool()
    pool.Add(descriptor_pb2.FileDescriptorProto.FromString(schema))
    check = pool.FindServiceByName("grpc.health.v1.Health").FindMethodByName("Check")
    assert check.output_type.fields_by_name["status"].enum_type.values_by_name["SERVING"].number == 1


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"file_containing_symbol": "org.nd4j.graph.GraphInferenceServer"}, 5),
        ({"file_by_filename": "other.proto"}, 5),
        ({"all_extension_numbers_of_type": "x"}, 12),
    ],
)
def test_what_has_no_schema_says_so(request_: dict[str, str], code: int) -> None:
    assert ask(**request_).error_response.error_code == code
