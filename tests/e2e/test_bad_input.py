"""What bad input gets: a clear one-line error, a server that goes on, and memory that stays flat."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace

import cases
import grpc
import numpy as np
import psutil
import pytest
from processes import ServerProcess, environment

from graphserver import Client
from graphserver.formats.registry import read
from graphserver.proto.graph_writer import write_graph
from graphserver.proto.messages import NamedArray, write_inference_request
from graphserver.spec.graph import OpGraph, OpKind, OpName

GRAPHS, LIMIT = "/nd4j.graph.GraphInferenceServer/", 12 << 20
MLP = cases.case("mlp_mnist")
X = MLP.runs[0].inputs["input"]
GRAPH = MLP.graph.read_bytes()
BIG = 10 << 20


def ask(graph: int = 0, **inputs: np.ndarray) -> bytes:
    return bytes(write_inference_request(graph, [NamedArray(name, (0, 0), each) for name, each in inputs.items()]))


def unsupported() -> bytes:
    """The MLP with two nodes whose ops nobody has."""
    graph: OpGraph = read(MLP.graph, "g").content
    first, second, *rest = graph.nodes
    nodes = [replace(n, op=OpName(OpKind.CUSTOM, 7, op)) for n, op in ((first, "warp_core"), (second, "flux"))]
    return bytes(write_graph(replace(graph, nodes=(*nodes, *rest))))


def before_beta4() -> bytes:
    """The MLP as a release before 1.0.0-beta4 numbered ops: CUSTOM was 11 then."""
    graph: OpGraph = read(MLP.graph, "g").content
    old = [replace(n, op=OpName(OpKind.SCALAR_BOOL, n.op.number, n.op.name)) for n in graph.nodes]
    return bytes(write_graph(replace(graph, nodes=tuple(old))))


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
        lambda: ask(404, input=X),
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
    "another format version": ("ReplaceGraph", before_beta4, grpc.StatusCode.UNIMPLEMENTED, ["beta4"]),
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

    def growth(self, method: str, body: bytes, count: int) -> float:
        """Bytes a message, between the lowest points of the last two quarters of `count` refused messages."""
        seen = list[int]()
        for _ in range(count):
            self.refused(method, body)
            seen.append(self.memory().rss)
        quarter = count // 4
        return (min(seen[3 * quarter :]) - min(seen[2 * quarter : 3 * quarter])) / quarter

    def still_serves(self) -> None:
        with Client(self.address) as client:
            probs = client.infer(0, {"input": X}, ["probs"])["probs"]
        np.testing.assert_allclose(probs, MLP.runs[0].expected["probs"], MLP.rtol, MLP.atol)


MALLOC = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""glibc gives large blocks back at once, so that what is measured is what is held."""


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    options = [("grpc.max_send_message_length", -1)]
    with (
        ServerProcess("-f", MLP.graph, "--max-message-bytes", LIMIT, env=environment(**MALLOC)) as server,
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
    """At most 1 KB a message over the second half of a round. Noise passes: a leak shows in every round."""
    method, make, _, _ = KINDS[kind]
    body = make()
    count = 60 if len(body) > 1 << 20 else 400
    slopes = []
    for _ in range(8):
        slopes.append(asking.growth(method, body, count))
        if slopes[-1] <= 1024:
            break
    assert min(slopes) <= 1024, slopes
    asking.still_serves()
