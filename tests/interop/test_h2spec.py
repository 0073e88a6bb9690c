"""The own wire speaks HTTP/2 as h2spec wants it, but for listed exceptions."""

import asyncio

import pytest
from interop import go_tools, h2spec

JUNIT = """<testsuites>
  <testsuite package="http2/4.1" id="4.1">
    <testcase package="http2/4.1" classname="Sends a frame"></testcase>
    <testcase package="http2/4.1" classname="Sends another"><error>GOAWAY Frame
Timeout</error></testcase>
    <testcase package="http2/4.1" classname="Sends a third"><skipped></skipped></testcase>
  </testsuite>
</testsuites>"""

WHY = {"paragraph": "RFC 9113, 5.3.2", "why": "priorities are deprecated"}


@pytest.mark.timeout(700)  # the first build of a Go program takes minutes
def test_every_case_passes_or_is_excused(go_program):
    found = asyncio.run(h2spec.outcomes(go_program(go_tools.H2SPEC)))
    assert h2spec.judge(found, h2spec.exceptions()) == []


def test_a_report_is_read_case_by_case():
    assert h2spec.read(JUNIT) == {
        "http2/4.1/1": "",
        "http2/4.1/2": "Sends another: got Timeout",
        "http2/4.1/3": "Sends a third: got skipped",
    }


@pytest.mark.parametrize(
    ("change", "excepted", "complaints"),
    [
        ({}, {}, []),
        ({"a/1": "bad"}, {"a/1": WHY}, []),
        ({"a/1": "bad"}, {}, ["a/1: bad"]),
        ({}, {"a/1": WHY}, ["a/1: listed as an exception, but passes"]),
        ({"a/1": "bad"}, {"a/1": {"why": "so"}}, ["a/1: an exception needs 'paragraph' and 'why'"]),
        ({"z/1": ""}, {}, ["147 cases reported, expected 146"]),
    ],
)
def test_deviations_and_exceptions_must_agree(change, excepted, complaints):
    found = {f"a/{i}": "" for i in range(1, 147)} | change
    assert h2spec.judge(found, excepted) == complaints
