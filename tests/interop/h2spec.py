"""`python -m interop.h2spec`: the HTTP/2 conformance suite h2spec against a page on our own wire.

Where h2spec (of RFC 7540's time) and RFC 9113 differ, or a case is a choice, h2spec_exceptions.toml says which and why.
"""

import asyncio
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from doors import door

from graphserver.transport.call import Call

from . import go_tools

EXCEPTIONS = Path(__file__).with_name("h2spec_exceptions.toml")
_CASES = 146
"""Cases of the pinned version: fewer in a report mean that it broke off."""

_SECONDS = 300


def page(call: Call) -> None:
    """A Handler that answers every request with a short page once it has all of it."""

    def answer(_body: memoryview, last: bool) -> None:
        if last:
            call.start({":status": "200", "content-type": "text/plain"})
            call.reply(b"a page for h2spec\n")

    call.on_message = answer


async def outcomes(program: Path, transport: str = "wire") -> dict[str, str]:
    """Run all cases: by id ("http2/6.5/1") what went wrong, "" when nothing did."""
    opened = door(transport, page)
    await opened.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            await _run(program, opened.address, report)
            return read(report.read_text(encoding="utf-8"))
    finally:
        await opened.stop(0)


async def _run(program: Path, address: str, report: Path) -> None:
    host, _, port = address.rpartition(":")
    process = await asyncio.create_subprocess_exec(
        program,
        *("--host", host, "--port", port, "--strict", "--timeout", "1", "--junit-report", report),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.wait_for(process.wait(), _SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise


def read(junit: str) -> dict[str, str]:
    """h2spec's JUnit report as id → complaint; a case that was skipped shows nothing, and is one too."""
    found: dict[str, str] = {}
    for suite in ElementTree.fromstring(junit):
        for number, case in enumerate(suite.iter("testcase"), 1):
            wrong = [*case.iter("failure"), *case.iter("error"), *case.iter("skipped")]
            actual = (wrong[0].text or wrong[0].tag).strip().splitlines()[-1:] if wrong else []
            name = f"{case.get('classname')}: got {''.join(actual)}" if wrong else ""
            found[f"{suite.get('package')}/{number}"] = name
    return found


def judge(found: Mapping[str, str], excepted: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What is wrong: deviations that are not listed; listed ones that no longer deviate or say no reason."""
    unlisted = [f"{case}: {wrong}" for case, wrong in found.items() if wrong and case not in excepted]
    settled = [f"{case}: listed as an exception, but passes" for case in excepted if not found.get(case)]
    unexplained = [
        f"{case}: an exception needs 'paragraph' and 'why'"
        for case, entry in excepted.items()
        if not entry.get("paragraph", "").startswith("RFC 9113") or not entry.get("why")
    ]
    cut = [f"{len(found)} cases reported, expected {_CASES}"] if len(found) != _CASES else []
    return unlisted + settled + unexplained + cut


def exceptions() -> dict[str, dict[str, str]]:
    return tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))


async def report() -> int:
    """Print each complaint and a summary; the number of complaints."""
    found = await outcomes(go_tools.build(go_tools.H2SPEC))
    excepted = exceptions()
    complaints = judge(found, excepted)
    passed = sum(not wrong for wrong in found.values())
    print(*complaints, f"h2spec: {passed} of {len(found)} pass, {len(excepted)} listed exceptions", sep="\n")
    return len(complaints)


if __name__ == "__main__":
    sys.exit(asyncio.run(report()) > 0)
