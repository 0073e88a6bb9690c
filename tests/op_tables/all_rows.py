"""All rows of all tables: those that DL4J printed, and `ROWS` of every module in this folder."""

from importlib import import_module
from pathlib import Path

from .golden import rows as golden_rows

TABLES = [
    import_module(f"{__package__}.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path.stem != Path(__file__).stem
]

ROWS = [*golden_rows(), *(row for table in TABLES for row in getattr(table, "ROWS", ()))]
