"""grpc-go's own interoperability client finds nothing wrong, on either transport."""

import asyncio

import pytest
from doors import DOORS
from interop import go_tools
from interop.run import CASES, outcomes

pytestmark = pytest.mark.timeout(700)  # the first build of a Go program takes minutes


@pytest.mark.parametrize("transport", DOORS)
def test_every_case_of_the_go_client(transport, go_program):
    client = go_program(go_tools.INTEROP_CLIENT)

    async def ask_all():
        return {case: complaint async for case, complaint in outcomes(client, transport)}

    found = asyncio.run(ask_all())
    assert found == dict.fromkeys(CASES, "")
