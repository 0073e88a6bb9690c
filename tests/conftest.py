"""What every test may rely on."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _loggers_as_before() -> Iterator[None]:
    """The command line sets up the process's loggers; the next test gets them as they were."""
    house = logging.getLogger("graphserver")
    before = house.handlers[:], house.level, house.propagate
    yield
    house.handlers[:], house.propagate = before[0], before[2]
    house.setLevel(before[1])
