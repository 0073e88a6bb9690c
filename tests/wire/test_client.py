"""Both faces of the client against a gRPC server that speaks DL4J's messages (and nothing of ours)."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cases
import numpy as np
import pytest
from fakes_graphserver import Answers, answering

from graphserver.client import AsyncClient, Client
from graphserver.proto import messages
from graphserver.spec import errors

GRAPH = cases.case("identity").graph
DOWN = "127.0.0.1:1"


@pytest.fixture
def answers() -> Iterator[tuple[str, Answers]]:
    with answering() as found:
        yield found


def waiting(address: str, talk: Callable[[Any], Any]) -> Any:
    """Talk through Client."""
    with Client(address) as client:
        return talk(client)


def awaited(address: str, talk: Callable[[Any], Any]) -> Any:
    """Talk through AsyncClient, in the same words."""

    async def main() -> Any:
        async with AsyncClient(address) as client:
            return await talk(client)

    return asyncio.run(main())


@pytest.fixture(params=[waiting, awaited], ids=["Client", "AsyncClient"])
def through(request: pytest.FixtureRequest) -> Callable[[str, Callable[[Any], Any]], Any]:
    return request.param


def test_register_replace_forget(answers, through) -> None:
    address, server = answers
    through(address, lambda client: client.register(GRAPH, 5))
    assert messages.read_graph_id(server.graphs[5]) == 5
    through(address, lambda client: client.replace(GRAPH.read_bytes()))
    assert server.graphs[0] == GRAPH.read_bytes()
    through(address, lambda client: client.forget(5))
    assert list(server.graphs) == [0]


def test_infer(answers, through) -> None:
    address, server = answers
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    answer = through(address, lambda client: client.infer(0, {"x": x}, outputs=["x2"]))
    assert list(answer) == ["x2"]
    np.testing.assert_array_equal(answer["x2"], x * 2)
    assert server.metadata["graphserver-outputs"] == "x2"


def test_messages_above_grpcs_own_limit_pass_both_ways(answers, through) -> None:
    x = np.ones((6, 1 << 18), np.float32)  # 6 MiB; gRPC's default is 4
    answer = through(answers[0], lambda client: client.infer(0, {"x": x}))
    np.testing.assert_array_equal(answer["x2"], x * 2)


def test_health(answers, through) -> None:
    assert through(answers[0], lambda client: client.health()) is True
    assert through(DOWN, lambda client: client.health()) is False
    with pytest.raises(errors.NotFound, match="no such service"):
        through(answers[0], lambda client: client.health("mlp"))


@pytest.mark.parametrize(
    ("talk", "kind", "text"),
    [
        (lambda client: client.forget(404), errors.NotFound, "^no such graph$"),
        (lambda client: client.register(GRAPH, 1), errors.AlreadyExists, "^graph 1 is registered$"),
        (lambda client: client.infer(13, {}, timeout=0.05), errors.DeadlineExceeded, "Deadline"),
    ],
)
def test_refusals_are_errors_of_the_house(answers, through, talk, kind, text) -> None:
    address, server = answers
    server.graphs[1] = b""
    with pytest.raises(kind, match=text):
        through(address, talk)


def test_a_server_that_is_not_there_is_unavailable(through) -> None:
    with pytest.raises(errors.Unavailable, match=DOWN):
        through(DOWN, lambda client: client.infer(0, {}))


def test_threads_share_one_client(answers) -> None:
    with Client(answers[0]) as client, ThreadPoolExecutor(4) as threads:
        answered = list(threads.map(lambda n: client.infer(0, {"x": np.full(3, n)})["x2"][0], range(40)))
    assert answered == [2 * n for n in range(40)]
