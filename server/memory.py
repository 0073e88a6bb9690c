"""How much memory this process may use."""

import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup/memory.max")


def memory_limit(cgroup: Path = _CGROUP) -> int:
    """Bytes: the container's limit where there is one (cgroup v2), else the machine's memory."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(machine, int(cgroup.read_text()))
    except (OSError, ValueError):  # no cgroup v2 here, or its word for no limit: "max"
        return machine
