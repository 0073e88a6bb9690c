"""The bytes that the real Java client sent, replayed in order against a running server."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import numpy as np
import pytest
from cases import DATA

from graphserver import Server
from graphserver.formats.registry import read
from graphserver.proto.messages import read_inference_request, read_response, read_result
from graphserver.spec.graph import VariableKind

CAPTURES = DATA / "captures"
KEYS = {"matmul": (1, 0), "y": (4, 0)}
METHOD = "/org.nd4j.graph.GraphInferenceServer/"


@pytest.fixture(params=["wire", "grpcio"])
def channel(request: pytest.FixtureRequest) -> Iterator[grpc.Channel]:
    with Server(port=0, grpcio_port=0) as server:
        address = server.address if request.param == "wire" else server.grpcio_address
        with grpc.insecure_channel(str(address)) as channel:
            yield channel


def send(channel: grpc.Channel, path: Path) -> bytes:
    return channel.unary_unary(METHOD + path.stem.split("_")[1])(path.read_bytes(), timeout=30)


def refused(channel: grpc.Channel, path: Path) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as error:
        send(channel, path)
    return error.value.code(), error.value.details()


def messages(folder: str) -> dict[int, Path]:
    found = sorted(path for path in (CAPTURES / folder).glob("*.bin") if not path.name.endswith(".resp.bin"))
    return {int(path.name[:3]): path for path in found}


def computed(graph: Path, x: np.ndarray) -> dict[str, np.ndarray]:
    """What the captured graph `y = x·w + c` holds for `x`."""
    content = read(graph.read_bytes(), "captured").content
    [w] = [each.value for each in content.variables.values() if each.kind is VariableKind.WEIGHT]
    [c] = [node.args.scalar for node in content.nodes if node.args.scalar is not None]
    return {"matmul": x @ w, "y": x @ w + c}


def check(answer: bytes, request: Path, graph: Path, names: set[str]) -> None:
    expected = computed(graph, read_inference_request(request.read_bytes()).inputs[0].array)
    variables = read_result(answer).outputs
    assert {each.name for each in variables} == names
    for each in variables:
        assert each.key == KEYS[each.name]
        np.testing.assert_allclose(each.array, expected[each.name], 1e-6)


def test_the_java_client(channel: grpc.Channel) -> None:
    sent = messages("java-client-M2.1")
    for number in range(14):
        assert read_response(send(channel, sent[number])) == 0, number
    check(send(channel, sent[14]), sent[14], sent[0], {"matmul", "y"})
    for number in (15, 16):
        check(send(channel, sent[number]), sent[number], sent[1], {"y"})
    code, text = refused(channel, sent[17])
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "x: FLOAT" in text
    code, text = refused(channel, sent[18])
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    unknown = {each.name for each in read_inference_request(sent[18].read_bytes()).inputs}
    assert len(unknown) == 9
    assert all(f"'{name}'" in text for name in unknown)
    assert refused(channel, sent[19])[0] is grpc.StatusCode.NOT_FOUND
    assert read_response(send(channel, sent[20])) == 0
    assert refused(channel, sent[15])[0] is grpc.StatusCode.NOT_FOUND


def test_the_command_line_client_of_java(channel: grpc.Channel) -> None:
    sent = messages("graphclient")
    assert read_response(send(channel, sent[0])) == 0
    check(send(channel, sent[1]), sent[1], sent[0], {"y"})
    assert read_response(send(channel, sent[2])) == 0
    check(send(channel, sent[3]), sent[3], sent[2], {"y"})
    assert read_response(send(channel, sent[4])) == 0
    assert refused(channel, sent[5])[0] is grpc.StatusCode.NOT_FOUND
    assert refused(channel, sent[6])[0] is grpc.StatusCode.NOT_FOUND
