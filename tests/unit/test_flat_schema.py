"""flatgraph.fbs, which other languages compile, says the same as the Python views."""

import re
from pathlib import Path

import pytest

from graphserver.proto import flatgraph
from graphserver.proto.fields import fields
from graphserver.proto.flatbuffer import Table

SCHEMA = re.sub(r"//.*", "", (Path(flatgraph.__file__).parent / "flatgraph.fbs").read_text())
ENUMS = re.findall(r"enum (\w+) : byte", SCHEMA)
VIEWS = {name: view for name, view in vars(flatgraph).items() if isinstance(view, type) and issubclass(view, Table)}
del VIEWS["Table"]


def tables() -> dict[str, list[tuple[str, str]]]:
    """Name and type of each field by table, enums as the bytes that they are."""
    found = re.findall(r"table (\w+) \{(.*?)\}", SCHEMA, re.DOTALL)
    return {name: [_field(line) for line in body.split(";") if line.strip()] for name, body in found}


def _field(line: str) -> tuple[str, str]:
    name, kind = line.strip().split(":")
    for enum in ENUMS:
        kind = re.sub(rf"\b{enum}\b", "byte", kind)
    return re.sub("([A-Z])", r"_\1", name).lower(), kind


def test_the_same_tables() -> None:
    assert tables().keys() == VIEWS.keys()


@pytest.mark.parametrize("name", VIEWS)
def test_the_same_slots(name: str) -> None:
    declared = sorted((field.slot, field_name, field.kind) for field_name, field in fields(VIEWS[name]).items())
    assert declared == [(slot, *field) for slot, field in enumerate(tables()[name])]
