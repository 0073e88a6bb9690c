"""What bad input gets: a clear one-line error, a server that goes on, and memory that stays flat."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace

import cases
import grpc
import numpy as np
import psutil
import pytest
from processes import ServerProcess

from graphserver import Client
from graphserver.formats.registry import read
from graphserver.proto.graph_writer import write_graph
from graphserver.proto.messages import write_inference_request
from graphserver.spec.graph import OpGraph, OpKind, OpName

GRAPHS, LIMIT = "/nd4j.graph.GraphInferenceServer/", 12 << 20
MLP = cases.case("mlp_mnist")
X = MLP.runs[0].inputs["input"]
GRAPH = MLP.graph.read_bytes()
BIG = 10 << 20


def ask(**inputs: np.ndarray) -> bytes:
    return write_inference_request(0, list(inputs.items()))


def unsupported() -> bytes:
    """The MLP with two nodes whose ops nobody has."""
    graph: OpGraph = read(MLP.graph, "g").content
    first, second, *rest = graph.nodes
    nodes = [replace(n, op=OpName(OpKind.CUSTOM, 7, op)) for n, op in ((first, "warp_core"), (second, "flux"))]
    return write_graph(OpGraph(graph.variables, (*nodes, *rest), graph.outputs, graph.mode, graph.losses))


def stretched() -> bytes:
    """A request whose array says it is larger than its buffer."""
    good = ask(input=X)
    at = good.index(struct.pack("<qqq", 2, 1, 784))
    return good[:at] + struct.pack("<qqq", 2, 1000, 784) + good[at + 24 :]


Kind = tuple[str, Callable[[], bytes], grpc.StatusCode, list[str]]
INVALID = grpc.StatusCode.INVALID_ARGUMENT
KINDS: dict[str, Kind] = {
    "unknown graph": (
        "InferenceRequest",
        lambda: write_inference_request(404, [("input", X)]),
        grpc.StatusCode.NOT_FOUND,
        ["404"],
    ),
    "duplicate id": ("RegisterGraph", lambda: GRAPH, grpc.StatusCode.ALREADY_EXISTS, ["id 0"]),
    "wrong dtype": ("InferenceRequest", lambda: ask(input=X.astype(np.float64)), INVALID, ["DOUBLE", "FLOAT"]),
    "wrong shape": ("InferenceRequest", lambda: ask(input=X[:, :783]), INVALID, ["[1,783]", "[-1,784]"]),
    "wrong rank": ("InferenceRequest", lambda: ask(input=X[0]), INVALID, ["[784]", "[-1,784]"]),
    "large wrong shape": (
        "InferenceRequest",
        lambda: ask(input=np.zeros((BIG // 4 // 785, 785), np.float32)),
        INVALID,
        ["785]", "[-1,784]"],
    ),
    "missing input": ("InferenceRequest", lambda: ask(), INVALID, ["input", "FLOAT[-1,784]"]),
    "unknown input": ("InferenceRequest", lambda: ask(imput=X), INVALID, ["'imput'", "input: FLOAT[-1,784]"]),
    "truncated request": ("InferenceRequest", lambda: ask(input=X)[:-1000], INVALID, []),
    "truncated graph": ("ReplaceGraph", lambda: GRAPH[: len(GRAPH) // 2], INVALID, []),
    "garbage request": ("InferenceRequest", lambda: b"\xff" * BIG, INVALID, []),
    "garbage graph": ("ReplaceGraph", lambda: b"garbage!" * (BIG // 8), INVALID, []),
    "empty message": ("InferenceRequest", lambda: b"", INVALID, []),
    "wrong-size buffer": ("InferenceRequest", stretched, INVALID, ["3136", "3136000"]),
    "unsupported ops": (
        "ReplaceGraph",
        unsupported,
        grpc.StatusCode.UNIMPLEMENTED,
        ["warp_core", "flux"],
    ),
    "another format": ("ReplaceGraph", lambda: b"SDNB" + bytes(60), grpc.StatusCode.UNIMPLEMENTED, ["SDNB"]),
    "oversized message": (
        "InferenceRequest",
        lambda: bytes(LIMIT + 1),
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        [str(LIMIT)],
    ),
    "unknown method": ("Infer", lambda: b"", grpc.StatusCode.UNIMPLEMENTED, ["GraphInferenceServer/Infer"]),
}


class Asking:
    """A server, and a channel to send it whatever bytes."""

    def __init__(self, server: ServerProcess, channel: grpc.Channel) -> None:
        self.memory = psutil.Process(server.process.pid).memory_info
        self.address = server.address
        self._channel = channel

    def refused(self, method: str, body: bytes) -> tuple[grpc.StatusCode, str]:
        with pytest.raises(grpc.RpcError) as error:
            self._channel.unary_unary(GRAPHS + method)(body, timeout=30)
        return error.value.code(), error.value.details()

    def still_serves(self) -> None:
        with Client(self.address) as client:
            probs = client.infer(0, {"input": X}, ["probs"])["probs"]
        np.testing.assert_allclose(probs, MLP.runs[0].expected["probs"], MLP.rtol, MLP.atol)


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    options = [("grpc.max_send_message_length", -1)]
    with (
        ServerProcess("-f", MLP.graph, "--max-message-bytes", LIMIT) as server,
        grpc.insecure_channel(server.address, options) as channel,
    ):
        yield Asking(server, channel)
        assert server.stop() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_one_clear_line(asking: Asking, kind: str) -> None:
    method, make, code, words = KINDS[kind]
    got, text = asking.refused(method, make())
    assert got is code, text
    assert text
    assert "\n" not in text
    assert [word for word in words if word not in text] == [], text
    asking.still_serves()


@pytest.mark.parametrize("kind", KINDS)
def test_memory_stays_flat(asking: Asking, kind: str) -> None:
    """At most 1 KB a message over the second half, between the lowest points of its two parts."""
    method, make, _, _ = KINDS[kind]
    body = make()
    count = 60 if len(body) > 1 << 20 else 240
    seen = list[int]()
    for _ in range(count):
        asking.refused(method, body)
        seen.append(asking.memory().rss)
    quarter = count // 4
    before, after = min(seen[2 * quarter : 3 * quarter]), min(seen[3 * quarter :])
    assert (after - before) / quarter <= 1024, [rss >> 10 for rss in seen[2 * quarter :: 5]]
    asking.still_serves()
