"""What the client says on the wire, without a wire."""

from pathlib import Path

import cases
import grpc
import ml_dtypes
import numpy as np
import pytest

from graphserver.client import calls
from graphserver.client.errors import from_status
from graphserver.proto import messages
from graphserver.proto.messages import NamedArray
from graphserver.server.errors import PRECISE
from graphserver.spec import errors

SERVICE = "/nd4j.graph.GraphInferenceServer/"


def sent(inputs: dict[str, object]) -> dict[str, np.ndarray]:
    """Inputs as a server reads them."""
    request = messages.read_inference_request(calls.infer(3, inputs).body)
    assert request.id == 3
    return {each.name: each.array for each in request.inputs}


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(6, dtype=">i4"),
        np.array(True),
        np.zeros((0, 3), np.int64),
        np.array([1.5, -2], ml_dtypes.bfloat16),
        np.array([b"a\0", "é".encode()], np.object_),
    ],
    ids=lambda array: f"{array.dtype}{list(array.shape)}",
)
def test_arrays_arrive_as_they_were(array: np.ndarray) -> None:
    arrived = sent({"x": array})["x"]
    assert arrived.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(arrived, array)


@pytest.mark.parametrize(
    ("value", "array"),
    [
        ([[1, 2]], np.array([[1, 2]])),
        (0.5, np.array(0.5)),
        (["a", "é"], np.array([b"a", "é".encode()], np.object_)),
        ([b"nul\0"], np.array([b"nul\0"], np.object_)),
        (np.array(["a"]), np.array([b"a"], np.object_)),
    ],
    ids=repr,
)
def test_what_numpy_makes_an_array_of_is_taken(value: object, array: np.ndarray) -> None:
    arrived = sent({"x": value})["x"]
    assert arrived.dtype == array.dtype
    np.testing.assert_array_equal(arrived, array)


def test_the_java_clients_request_and_ours_mean_the_same() -> None:
    java = messages.read_inference_request(cases.captured("java-client-M2.1/015_InferenceRequest.bin"))
    ours = messages.read_inference_request(calls.infer(77, {each.name: each.array for each in java.inputs}).body)
    assert (ours.id, [each.name for each in ours.inputs]) == (java.id, [each.name for each in java.inputs])
    np.testing.assert_array_equal(ours.inputs[0].array, java.inputs[0].array)


def test_a_graph_goes_as_bytes_or_as_a_path_and_takes_the_asked_id() -> None:
    path = cases.case("identity").graph
    assert calls.register(path).body == calls.register(str(path)).body == path.read_bytes()
    assert calls.replace(path.read_bytes()).path == SERVICE + "ReplaceGraph"
    assert messages.read_graph_id(calls.register(path, 12).body) == 12
    assert messages.read_drop_request(calls.forget(-4).body) == -4


def test_asked_outputs_travel_as_metadata() -> None:
    assert calls.infer(0, {}).metadata == ()
    assert calls.infer(0, {}, ["a", "b/c:1"]).metadata == (("graphserver-outputs", "a,b/c:1"),)


@pytest.mark.parametrize("outputs", [[], [""], ["a,b"], ["é"], ["a\n"], "abc"], ids=repr)
def test_outputs_that_cannot_travel_are_refused(outputs: list[str]) -> None:
    with pytest.raises(errors.InvalidArgument, match="expected a list of names"):
        calls.infer(0, {}, outputs)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([[1], [2, 3]], "input 'x' is no array"),
        ([object()], "it holds object, expected numbers or texts"),
        (None, "it holds NoneType, expected numbers or texts"),
        (1j, "input 'x'.*complex128 is not supported"),
        (np.array(["2020"], "M8[Y]"), r"input 'x'.*datetime64\[Y\] is not supported"),
    ],
)
def test_inputs_that_cannot_travel_are_refused_by_name(value: object, text: str) -> None:
    with pytest.raises(errors.GraphServerError, match=text):
        calls.infer(0, {"x": value})


@pytest.mark.parametrize("id", [2**63, -(2**63) - 1])
def test_ids_have_64_bits(id: int) -> None:
    for ask in (lambda: calls.forget(id), lambda: calls.infer(id, {}), lambda: calls.register(b"", id)):
        with pytest.raises(errors.InvalidArgument, match="no whole number of 64 bits"):
            ask()


def test_results_are_read_by_name_or_by_id_pair() -> None:
    array = np.arange(3.0)
    result = messages.write_result(0, [NamedArray("a", (1, 0), array), NamedArray("", (2, 1), array)])
    assert list(calls.infer(0, {}).read(bytes(result))) == ["a", "2:1"]


def test_what_the_recorded_server_answered_is_read() -> None:
    folder = "java-client-M2.1/"
    assert calls.register(b"").read(cases.captured(folder + "000_RegisterGraph.resp.bin")) is None
    answer = calls.infer(0, {}).read(cases.captured(folder + "014_InferenceRequest.resp.bin"))
    assert answer
    assert all(isinstance(each, np.ndarray) for each in answer.values())


def test_a_status_in_the_answer_is_a_failure() -> None:
    with pytest.raises(errors.ExecutionFailed, match="status 5"):
        calls.forget(1).read(bytes(messages.write_response(5)))


def test_health_in_bytes() -> None:
    ask = calls.health()
    assert (ask.path, ask.body) == ("/grpc.health.v1.Health/Check", b"")
    assert calls.health("mlp").body == b"\x0a\x03mlp"
    assert [ask.read(answer) for answer in (b"\x08\x01", b"\x08\x02", b"")] == [True, False, False]
    assert calls.health("x" * 128).body == b"\x0a\x80\x01" + b"x" * 128


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("NOT_FOUND", errors.NotFound),
        ("RESOURCE_EXHAUSTED", errors.Overloaded),
        ("UNKNOWN", errors.ExecutionFailed),
        ("DATA_LOSS", errors.GraphServerError),
    ],
)
def test_statuses_become_errors_with_the_servers_text(status: str, kind: type[Exception]) -> None:
    assert type(from_status(status, "said so")) is kind
    assert str(from_status(status, "said so")) == "said so"
    assert str(from_status(status, None)) == status


def test_every_error_of_the_house_survives_the_wire() -> None:
    names = {code.value[0]: code.name for code in grpc.StatusCode}
    for kind, status in PRECISE.items():
        if kind is not errors.GraphServerError:
            assert type(from_status(names[status.grpc], "x")) is kind


def test_files_that_are_missing_say_so() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        calls.register(Path("nowhere.fb"))
