"""DL4J's GraphInferenceServer: every status of the contract and of the original, driven by recorded Java messages."""

import asyncio
import json
import logging
import math
from pathlib import Path

import numpy as np
import pytest
from fakes_call import FakeCall, sent

from graphserver.metrics.meters import Meters
from graphserver.proto.messages import (
    NamedArray,
    read_inference_request,
    read_response,
    read_result,
    write_drop_request,
    write_inference_request,
)
from graphserver.server.graphserver.protocol import PACKAGES, add_graph_inference_server
from graphserver.server.refusals import RefusalLog
from graphserver.server.router import Router
from graphserver.spec import errors
from graphserver.spec.dtype import FP32
from graphserver.spec.tensor import Signature, TensorSpec

CAPTURES = Path(__file__).parents[1] / "data/captures"
JAVA = "/org.nd4j.graph.GraphInferenceServer"
KEYS = {"out": (1, 0), "x": (2, 0), "w": (3, 0)}
X = np.arange(6, dtype=np.float32).reshape(2, 3)

RUNTIME_ERROR = "Caught runtime_error exception"


class Service:
    """An InferenceService of one graph, x → out, under the id 77; it answers when told to."""

    def __init__(self):
        self.pendings = []
        self.changes = []
        self.raises: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.signature = Signature((TensorSpec("x", FP32, (None, 3)),))

    def resolve(self, graph_id):
        if graph_id not in (0, 77):
            raise errors.NotFound(f"unknown graph id {graph_id}; known: 77 (mlp)")
        return "mlp"

    def keys(self, model):
        return KEYS

    def submit(self, pending):
        self.pendings.append(pending)
        try:
            self.signature.check(pending.inputs)
        except errors.GraphServerError as error:
            pending.fail(error)

    async def register(self, graph_id, data):
        await self._change("register", graph_id, data)

    async def replace(self, graph_id, data):
        await self._change("replace", graph_id, data)

    async def forget(self, graph_id):
        await self._change("forget", graph_id, None)

    async def _change(self, *change):
        if self.gate:
            await self.gate.wait()
        self.changes.append(change)
        if self.raises:
            raise self.raises


class World:
    """The protocol with its neighbours."""

    def __init__(self, dl4j_compat=False):
        self.service = Service()
        self.router = Router()
        self.now = 5.0
        self.meters = Meters(lambda: self.now)
        self.meters.add_model("mlp")
        refusals = RefusalLog(logging.getLogger("refusals"), lambda: self.now)
        add_graph_inference_server(
            self.router,
            self.service,
            self.meters,
            refusals,
            dl4j_compat=dl4j_compat,
            clock=lambda: self.now,
        )

    def infer(self, *inputs, graph_id=77, **rest) -> FakeCall:
        named = [NamedArray(*each) for each in inputs or [("x", (0, 0), X)]]
        return self.send("InferenceRequest", write_inference_request(graph_id, named), **rest)

    def send(self, method, body, **rest) -> FakeCall:
        return sent(self.router, f"{JAVA}/{method}", bytes(body), **rest)

    def change(self, method, body) -> FakeCall:
        """Send a change of graphs and let it run."""

        async def run():
            call = self.send(method, body)
            while not call.over:
                await asyncio.sleep(0)
            return call

        return asyncio.run(run())

    def counted(self) -> dict:
        return next(counts for metric, counts in self.meters.counters.items() if metric.name == "graphserver_requests")


@pytest.fixture
def world():
    return World()


@pytest.fixture
def original():
    return World(dl4j_compat=True)


def captured(name: str) -> tuple[str, bytes]:
    """Path and message as the Java client sent them."""
    path = json.loads((CAPTURES / f"{name}.json").read_text())["method"]
    return path, (CAPTURES / f"{name}.bin").read_bytes()


def java(number: str) -> tuple[str, bytes]:
    return captured(f"java-client-M2.1/{number}")


REGISTER, FORGET = java("000_RegisterGraph")[1], java("020_ForgetGraph")[1]
REPLACE = captured("graphclient/002_ReplaceGraph")[1]


# --- inference


def test_an_inference_is_answered_with_ids_names_and_arrays_in_the_models_order(world):
    call = world.infer()
    (pending,) = world.service.pendings
    world.now = 5.25
    pending.reply({"out": X, "x": X[:1], "odd": X[0]}, final=True)
    result = read_result(call.replies[0])
    assert (call.status, result.id) == (0, 0)
    assert [(each.name, each.key) for each in result.outputs] == [("out", (1, 0)), ("x", (2, 0)), ("odd", (0, 0))]
    np.testing.assert_array_equal(result.outputs[0].array, X)
    assert world.counted() == {("mlp", "InferenceRequest", "ok"): 1}


def test_a_pending_carries_model_inputs_times_and_deadline(world):
    world.infer(deadline=9.0)
    world.infer()
    pending, unbounded = world.service.pendings
    assert (pending.model, pending.arrived, pending.deadline, pending.outputs) == ("mlp", 5.0, 9.0, None)
    assert unbounded.deadline == math.inf
    np.testing.assert_array_equal(pending.inputs["x"], X)


@pytest.mark.parametrize("package", PACKAGES)
def test_all_service_paths_answer(world, package):
    call = sent(world.router, f"/{package}.GraphInferenceServer/InferenceRequest", java("014_InferenceRequest")[1])
    world.service.pendings[0].reply({"out": X}, final=True)
    assert call.status == 0
    assert sent(world.router, f"/{package}.GraphInferenceServer/Nothing").status == 12


@pytest.mark.parametrize("number", ["014_InferenceRequest", "015_InferenceRequest", "016_InferenceRequest"])
def test_java_feeds_by_name(world, number):
    path, body = java(number)
    sent(world.router, path, body)
    assert list(world.service.pendings[0].inputs) == ["x"]


def test_an_input_without_a_name_matches_by_its_id_pair(world):
    world.infer(("", (2, 0), X))
    assert list(world.service.pendings[0].inputs) == ["x"]


def test_a_name_counts_more_than_an_id_pair(world):
    world.infer(("x", (1, 0), X))
    assert list(world.service.pendings[0].inputs) == ["x"]


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ([("", (1, 0), X)], "unknown input 'out'; expected x: FLOAT[-1,3]"),
        ([("", (9, 1), X)], "unknown input '9:1'; expected x: FLOAT[-1,3]"),
        ([("y", (2, 0), X)], "unknown input 'y'; expected x: FLOAT[-1,3]"),
        ([("x", (0, 0), X), ("x", (0, 0), X)], "input 'x' is given twice"),
        ([("x", (0, 0), X), ("", (2, 0), X)], "input 'x' is given twice"),
        ([("x", (0, 0), X[0])], "input 'x' has shape [3], expected [-1,3]"),
        ([("x", (0, 0), X.astype(np.float64))], "input 'x' is DOUBLE, expected FLOAT"),
    ],
)
def test_wrong_inputs_are_refused_by_name(world, original, inputs, text):
    assert world.infer(*inputs).answer == (3, text)
    assert original.infer(*inputs).answer == (2, RUNTIME_ERROR)


def test_java_feeding_an_intermediate_learns_what_to_feed(world):
    assert sent(world.router, *java("017_InferenceRequest")).answer == (
        3,
        "unknown input 'out'; expected x: FLOAT[-1,3]",
    )


def test_java_feeding_nine_unknown_inputs_learns_their_names(world):
    path, body = java("018_InferenceRequest")
    names = [f"'{each.name}'" for each in read_inference_request(body).inputs]
    assert len(names) == 9
    code, text = sent(world.router, path, body).answer
    assert (code, text) == (3, f"unknown input {', '.join(names)}; expected x: FLOAT[-1,3]")


@pytest.mark.parametrize("name", ["java-client-M2.1/019_InferenceRequest", "graphclient/006_InferenceRequest"])
def test_an_unknown_graph_is_not_found(world, original, name):
    path, body = captured(name)
    assert sent(world.router, path, body).answer == (5, "unknown graph id 404; known: 77 (mlp)")
    assert sent(original.router, path, body).answer == (5, "Unknown graph [404]")
    assert world.counted() == {("", "InferenceRequest", "not_found"): 1}


@pytest.mark.parametrize("graph_id", [-1, 1 << 40, -(1 << 63)])
def test_ids_have_64_bits(original, graph_id):
    assert original.infer(graph_id=graph_id).answer == (5, f"Unknown graph [{graph_id}]")


@pytest.mark.parametrize(
    ("error", "precise", "compat"),
    [
        (errors.InvalidArgument, (3, "why"), (2, RUNTIME_ERROR)),
        (errors.Unsupported, (12, "why"), (2, RUNTIME_ERROR)),
        (errors.ExecutionFailed, (13, "why"), (13, "Caught exception during graph execution [77]")),
        (errors.Overloaded, (8, "why"), (8, "why")),
        (errors.Unavailable, (14, "why"), (14, "why")),
        (errors.DeadlineExceeded, (4, "why"), (4, "why")),
        (errors.GraphServerError, (13, "why"), (13, "why")),
    ],
)
def test_failures_of_a_request(world, original, error, precise, compat):
    for each, expected in ((world, precise), (original, compat)):
        call = each.infer()
        each.service.pendings[0].fail(error("why"))
        assert call.answer == expected
        assert each.counted() == {("mlp", "InferenceRequest", error.reason): 1}


@pytest.mark.parametrize("rows", [None, {}])
def test_a_model_that_answers_nothing_is_an_error(world, original, rows):
    for each, expected in (
        (world, (13, "model 'mlp' answered no outputs")),
        (original, (13, "Caught exception during graph execution [77]")),
    ):
        call = each.infer()
        each.service.pendings[0].reply(rows, final=True)
        assert call.answer == expected


def test_an_answer_in_parts_is_refused_once(world):
    call = world.infer()
    for last in (False, False, True):
        world.service.pendings[0].reply({"out": X}, final=last)
    assert call.answer == (12, "model 'mlp' answers in parts, which DL4J's protocol cannot carry")
    assert world.counted() == {("mlp", "InferenceRequest", "unsupported"): 1}


def test_an_answer_that_no_wire_carries_is_the_requests_own_failure(world):
    call = world.infer()
    world.service.pendings[0].reply({"out": X.astype(np.complex64)}, final=True)
    assert call.status == 12
    assert "complex64" in call.message


def test_an_answer_that_cannot_be_written_is_logged(world, caplog):
    call = world.infer()
    world.service.pendings[0].reply({"out": "no array"}, final=True)
    assert call.answer == (13, "internal error; the log says more")
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    ("written", "outputs"),
    [("a", ("a",)), (" a, b ,a,", ("a", "b")), ("", None), (" , ", None)],
)
def test_outputs_are_chosen_by_a_header(world, written, outputs):
    world.infer(metadata={"graphserver-outputs": written})
    assert world.service.pendings[0].outputs == outputs


def test_a_caller_that_goes_away_cancels_its_request(world):
    call = world.infer()
    left = []
    (pending,) = world.service.pendings
    pending.on_cancel = lambda: left.append(True)
    call.cancel()
    pending.reply({"out": X}, final=True)
    assert (left, pending.cancelled, call.replies) == ([True], True, [])
    assert world.counted() == {("mlp", "InferenceRequest", "cancelled"): 1}


METHODS = ("InferenceRequest", "RegisterGraph", "ReplaceGraph", "ForgetGraph")
GARBAGE = [(method, body) for method in METHODS for body in (b"", b"\x00" * 64, b"\xff" * 64, b"hello, server")]
TRUNCATED = ("InferenceRequest", java("014_InferenceRequest")[1][:60])


@pytest.mark.parametrize(("method", "body"), [*GARBAGE, TRUNCATED])
def test_garbage_is_refused_on_one_line_and_nothing_else_suffers(world, method, body):
    code, text = world.change(method, body).answer
    assert code == 3
    assert text.startswith(("damaged FlatBuffers message: ", "unknown model format: "))
    assert "\n" not in text
    world.infer()
    world.service.pendings[0].reply({"out": X}, final=True)
    assert world.counted() == {("", method, "invalid_argument"): 1, ("mlp", "InferenceRequest", "ok"): 1}


@pytest.mark.parametrize(("body", "name"), [(b"SDNB\0\0\0\1", "SDNB"), (b"PK\x03\x04" + bytes(60), "ZIP")])
@pytest.mark.parametrize("method", ["RegisterGraph", "ReplaceGraph"])
def test_a_model_in_another_format_is_called_by_its_name(world, method, body, name):
    expected = f"the message begins like a model in {name} format, expected a FlatGraph"
    assert world.change(method, body).answer == (12, expected)


def test_long_texts_are_cut_for_the_trailers(world):
    call = world.infer()
    world.service.pendings[0].fail(errors.InvalidArgument("x" * 100_000))
    assert len(call.message) <= 1024
    assert call.message.endswith("(100000 characters in all)")


def test_refusals_are_logged_but_not_each(world, caplog):
    for _ in range(50):
        world.infer(("y", (0, 0), X))
    world.now += 1
    world.infer(("y", (0, 0), X))
    assert len(caplog.messages) == 2
    assert "49 more" in caplog.messages[1]


# --- changes of graphs


@pytest.mark.parametrize(
    ("method", "body", "change"),
    [
        ("RegisterGraph", REGISTER, ("register", 0, REGISTER)),
        ("RegisterGraph", java("001_RegisterGraph")[1], ("register", 77, java("001_RegisterGraph")[1])),
        ("ReplaceGraph", REPLACE, ("replace", 7, REPLACE)),
        ("ForgetGraph", FORGET, ("forget", 77, None)),
        ("ForgetGraph", bytes(write_drop_request(-(1 << 62))), ("forget", -(1 << 62), None)),
    ],
)
def test_changes_are_carried_out_and_answered_ok(world, method, body, change):
    call = world.change(method, body)
    assert world.service.changes == [change]
    assert (call.status, read_response(call.replies[0])) == (0, 0)
    assert world.counted() == {("", method, "ok"): 1}


@pytest.mark.parametrize(
    ("method", "body", "error", "precise", "compat"),
    [
        ("RegisterGraph", REGISTER, errors.AlreadyExists, 6, (2, RUNTIME_ERROR)),
        ("RegisterGraph", REGISTER, errors.Unsupported, 12, (2, RUNTIME_ERROR)),
        ("RegisterGraph", REGISTER, errors.InvalidArgument, 3, (2, RUNTIME_ERROR)),
        ("RegisterGraph", REGISTER, errors.Unavailable, 14, (14, "why")),
        ("ReplaceGraph", REPLACE, errors.InvalidArgument, 3, (2, RUNTIME_ERROR)),
        ("ForgetGraph", FORGET, errors.NotFound, 5, (0, "")),
        ("ForgetGraph", FORGET, errors.Unavailable, 14, (14, "why")),
    ],
)
def test_failures_of_a_change(world, original, method, body, error, precise, compat):
    for each, expected in ((world, (precise, "why")), (original, compat)):
        each.service.raises = error("why")
        assert each.change(method, body).answer == expected


def test_an_unexpected_failure_of_a_change_is_internal_and_logged(world, caplog):
    world.service.raises = RuntimeError("secret")
    assert world.change("RegisterGraph", REGISTER).answer == (13, "internal error; the log says more")
    assert "secret" in caplog.text


def test_a_change_is_carried_through_when_its_caller_leaves(world):
    async def run():
        world.service.gate = asyncio.Event()
        call = world.send("RegisterGraph", REGISTER)
        await asyncio.sleep(0)
        call.cancel()
        world.service.gate.set()
        while not world.service.changes:
            await asyncio.sleep(0)

    asyncio.run(run())
    assert world.service.changes == [("register", 0, REGISTER)]
