"""Graphs that DL4J wrote, through a running server, against DL4J's own numbers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cases
import numpy as np
import pytest

from graphserver import Client, Server
from graphserver.spec.dtype import Array

NAMES = cases.names()


@pytest.fixture(scope="module", params=["wire", "grpcio"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of a server that has all graphs, through either transport."""
    with (
        Server(port=0, grpcio_port=0) as server,
        Client(str(server.address if request.param == "wire" else server.grpcio_address)) as client,
    ):
        for i, name in enumerate(NAMES):
            client.register(cases.case(name).graph, i)
        yield client


def close(case: cases.Case, got: dict[str, Array], expected: dict[str, Array]) -> None:
    assert set(got) >= set(expected)
    for name, want in expected.items():
        have = got[name]
        assert (have.dtype, have.shape) == (want.dtype, want.shape), name
        if name in case.random or not case.compare:
            continue
        if want.dtype.kind in "fV":
            have, want = have.astype(np.float64), want.astype(np.float64)
            np.testing.assert_allclose(have, want, case.rtol, case.atol, err_msg=name)
        else:
            np.testing.assert_array_equal(have, want, err_msg=name)


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_run(client: Client, name: str) -> None:
    case = cases.case(name)
    for run in case.runs:
        close(case, client.infer(NAMES.index(name), run.inputs, case.outputs), run.expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_plain_java_request_answers_the_outputs_too(client: Client, name: str) -> None:
    case = cases.case(name)
    for run in case.runs:
        close(case, client.infer(NAMES.index(name), run.inputs), run.expected)


@pytest.mark.parametrize("name", NAMES)
def test_eight_callers_at_once_get_what_each_gets_alone(client: Client, name: str) -> None:
    case, id = cases.case(name), NAMES.index(name)
    contents = [varied(run.inputs, seed) for seed, run in enumerate(case.runs * 8)]
    alone = [client.infer(id, inputs, case.outputs) for inputs in contents]
    with ThreadPoolExecutor(8) as callers:
        together = list(callers.map(lambda inputs: client.infer(id, inputs, case.outputs), contents))
    for one, other in zip(together, alone, strict=True):
        close(case, one, other)


def varied(inputs: dict[str, Array], seed: int) -> dict[str, Array]:
    """The recorded inputs with their entries shuffled: other contents, equally valid."""
    shuffle = np.random.default_rng(seed).permutation
    return {name: shuffle(array.ravel()).reshape(array.shape) for name, array in inputs.items()}
