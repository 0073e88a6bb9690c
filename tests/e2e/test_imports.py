"""What is imported when: a package that is light until it is used."""

import subprocess
import sys

import cases
import pytest
from processes import environment

SERVE = """
import asyncio
from graphserver.server.server import Server
async def main():
    server = Server(file=__import__('pathlib').Path({!r}), port=0)
    await server.start(); await server.drain(0)
asyncio.run(main())
"""


def imported(code: str) -> set[str]:
    printing = "\nimport sys; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code + printing], capture_output=True, text=True, env=environment(), check=True
    )
    return set(ended.stdout.split())


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import graphserver", {"numpy", "grpc", "asyncio", "argparse"}),
        ("import graphserver.cli.main", {"numpy", "grpc", "scipy"}),
        ("from graphserver import Client", {"grpc", "scipy", "onnxruntime", "prometheus_client", "tqdm"}),
    ],
)
def test_light_until_used(code: str, absent: set[str]) -> None:
    assert not imported(code) & absent


def test_what_serving_a_graph_may_import() -> None:
    third_party = imported(SERVE.format(str(cases.case("mlp_mnist").graph))) - imported("") - sys.stdlib_module_names
    third_party -= {name for name in third_party if "cython" in name or name.startswith("__")}  # run-time parts
    allowed = {"graphserver", "numpy", "ml_dtypes", "flatbuffers", "httptools", "tqdm"}
    assert third_party - allowed == set()
