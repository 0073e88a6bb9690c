"""Write docs/coverage.md from the registry and the kernels' tables; with --check only say whether it is up to date.

    PYTHONPATH=dev:tests .venv/bin/python dev/coverage_table.py [--check]

Fails when an op has fewer than three rows, and with --check when the committed table is stale.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CellType
from typing import Any

from op_tables.all_rows import ROWS
from op_tables.device_rules import SHAPED_BY_VALUES, runs_on_devices
from op_tables.row import Row

from graphserver.kernels.catalog import load_all
from graphserver.kernels.hashing import op_hash
from graphserver.kernels.registry import Kernel
from graphserver.spec.dtype import TABLE, of

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "coverage.md"
DECLARED = json.loads((ROOT / "tests" / "data" / "custom_ops_M2.1.json").read_text())
LEAST_ROWS = 3

HEAD = """# Coverage of SameDiff's ops

Written by `dev/coverage_table.py` from the registry and from the kernels' tables (`tests/op_tables`).

{custom} of the {declared} custom ops that M2.1 declares, and {places} places of its legacy tables, with {rows} rows.

Types are those that rows feed or expect. Every row runs on NumPy, and on a strict stand-in of CuPy where the devices
column says `strict`; no GPU has run them yet. `waits`: the shape of the answer hangs on values, so the host waits for
them. The batch axis column names the rule by which callers' rows are proven independent, `own` where it stands beside
the kernel; `mixes` means that nothing is proven, and requests run alone.
"""
COLUMNS = "| {} | rows | types | devices | batch axis |"


def kernels() -> list[Kernel]:
    """Every kernel once, by name."""
    registry = load_all()
    found = {one.name: one for table in (registry.by_name, registry.by_number) for one in table.values()}
    return sorted(found.values(), key=lambda one: (one.name.lower(), one.name))


def page(rows: dict[str, list[Row]]) -> str:
    """The whole document."""
    custom = [one for one in kernels() if not one.name.startswith("legacy:")]
    legacy = [one for one in kernels() if one.name.startswith("legacy:")]
    places = sum(len(one.legacy) for one in kernels())
    head = HEAD.format(
        custom=sum(one.name in DECLARED for one in custom), declared=len(DECLARED), places=places, rows=len(ROWS)
    )
    of_custom = table(
        "op (aliases) | hash | legacy", custom, rows, lambda one: f"{names(one)} | {op_hash(one.name)} | {numbers(one)}"
    )
    of_legacy = table(
        "legacy op | place", legacy, rows, lambda one: f"{one.name.removeprefix('legacy:')} | {numbers(one)}"
    )
    return "\n".join(
        [head, "## Custom ops", "", *of_custom, "", "## Ops of the legacy tables alone", "", *of_legacy, ""]
    )


def table(first: str, chosen: list[Kernel], rows: dict[str, list[Row]], own: Callable[[Kernel], str]) -> Iterator[str]:
    """A table of kernels; `own` gives the first columns, named by `first`."""
    yield (titles := COLUMNS.format(first))
    yield "|" + "---|" * (titles.count("|") - 1)
    for one in chosen:
        mine = rows[one.name]
        yield f"| {own(one)} | {len(mine)} | {types(mine)} | {devices(one, mine)} | {rule(one.rows)} |"


def names(one: Kernel) -> str:
    """Name and aliases."""
    return f"{one.name} ({', '.join(one.aliases)})" if one.aliases else one.name


def numbers(one: Kernel) -> str:
    """Places in the legacy tables."""
    return ", ".join(f"{kind.name} {number}" for kind, number in one.legacy)


def types(mine: list[Row]) -> str:
    """DL4J's names of the types that good rows feed or expect, in the order of their numbers."""
    good = [row for row in mine if not isinstance(row.expected, type)]
    seen = {of(x) for row in good for x in (*row.inputs, *row.expected)}
    return " ".join(dtype.dl4j for dtype in TABLE if dtype in seen)


def devices(one: Kernel, mine: list[Row]) -> str:
    """Where its rows run."""
    words = ["numpy", *(["strict"] if any(map(runs_on_devices, mine)) else [])]
    return " ".join([*words, *(["waits"] if one.name in SHAPED_BY_VALUES else [])])


def rule(function: Any) -> str:
    """The name of a rule; `maker(inner)` for one made of another, `own` for one that stands beside its kernel."""
    if ".kernels.ops." in function.__module__:
        return "own"
    name = function.__qualname__.partition(".<locals>")[0].lstrip("_")
    cells: tuple[CellType, ...] = function.__closure__ or ()
    inner = [cell.cell_contents for cell in cells if callable(cell.cell_contents)]
    return f"{name}({rule(inner[0])})" if inner else name


def main() -> int:
    """1 when the table is not what it should be."""
    rows = defaultdict[str, list[Row]](list)
    for row in ROWS:
        rows[row.kernel.name].append(row)
    few = [f"{one.name} has {len(rows[one.name])}" for one in kernels() if len(rows[one.name]) < LEAST_ROWS]
    made = page(rows)
    stale = not TARGET.exists() or TARGET.read_text() != made
    if "--check" not in sys.argv:
        TARGET.write_text(made)
    elif stale:
        print("docs/coverage.md is stale: run PYTHONPATH=dev:tests .venv/bin/python dev/coverage_table.py")
    if few:
        print(f"fewer than {LEAST_ROWS} rows: {', '.join(few)}")
    return bool(few) or ("--check" in sys.argv and stale)


if __name__ == "__main__":
    sys.exit(main())
