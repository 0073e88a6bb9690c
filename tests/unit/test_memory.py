"""The memory limit: the container's, or the machine's."""

from pathlib import Path

import psutil
import pytest

from graphserver.server.memory import memory_limit

MACHINE = psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("written", "limit"), [("1048576\n", 1 << 20), ("max\n", MACHINE), (f"{1 << 60}\n", MACHINE), (None, MACHINE)]
)
def test_the_smaller_one_counts(written: str | None, limit: int, tmp_path: Path) -> None:
    if written is not None:
        (tmp_path / "memory.max").write_text(written)
    assert memory_limit(tmp_path / "memory.max") == pytest.approx(limit, rel=0.01)
