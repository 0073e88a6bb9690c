"""Log lines: ours as text or JSON, other people's not at all."""

import io
import json
import logging
import re

import pytest

from graphserver.cli import logs


def test_text() -> None:
    stream = io.StringIO()
    logs.set_up("text", "info", stream)
    logging.getLogger("graphserver.server.router").info("took %d", 3)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:,]+ INFO graphserver\.server\.router: took 3\n", stream.getvalue())


def test_json() -> None:
    stream = io.StringIO()
    logs.set_up("json", "debug", stream)
    try:
        raise ValueError("no\nway")
    except ValueError:
        logging.getLogger("graphserver.dag").exception("é")
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert (found["level"], found["logger"], found["message"]) == ("ERROR", "graphserver.dag", "é")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found["time"])
    assert "ValueError: no\nway" in found["exception"]


FORGED = "'x\n2024-01-01 00:00:00 INFO graphserver: all is well\x1b[2J\u202e'"
"""A name as a hostile file has it."""


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_name_forges_no_line_and_steers_no_terminal(form: str) -> None:
    stream = io.StringIO()
    logs.set_up(form, "info", stream)
    try:
        raise ValueError(FORGED)
    except ValueError:
        logging.getLogger("graphserver.dag").exception("input %s", FORGED)
    first, *below = stream.getvalue().splitlines()
    assert r"input 'x\n2024-01-01 00:00:00 INFO graphserver: all is well" in first
    assert all(line.startswith("  ") for line in below)
    assert bool(below) == (form == "text")
    assert stream.getvalue().replace("\n", "").isprintable()


def test_less_than_the_level_and_the_names_of_others_are_not_printed() -> None:
    stream = io.StringIO()
    logs.set_up("text", "warning", stream)
    logging.getLogger("graphserver.server").info("too little")
    logging.getLogger("somebody.else").error("not ours")
    assert stream.getvalue() == ""


def test_setting_up_twice_prints_once() -> None:
    first, second = io.StringIO(), io.StringIO()
    logs.set_up("text", "error", first)
    logs.set_up("text", "error", second)
    logging.getLogger("graphserver").error("x")
    assert first.getvalue() == ""
    assert second.getvalue().count("\n") == 1
