"""Go programs for the tests of this folder."""

import pytest
from interop import go_tools


@pytest.fixture
def go_program():
    """`go_program(package)`: the built program. Where it cannot be had the test is skipped, on CI it fails."""

    def program(package):
        try:
            return go_tools.build(package)
        except go_tools.NotBuilt as reason:
            (pytest.fail if go_tools.must_be_built() else pytest.skip)(f"NOT TESTED: {reason}")

    return program
