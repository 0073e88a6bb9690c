"""One server process for each attack."""

from pathlib import Path

import pytest
from limits.siege import Victim


@pytest.fixture
def victim():
    if not Path("/proc/self/status").exists():
        pytest.skip("NOT TESTED: the peak of another process's memory is read from /proc")
    with Victim() as running:
        yield running
