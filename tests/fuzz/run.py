"""The long run: `PYTHONPATH=tests python -P -m fuzz.run TARGET EXECUTIONS [SEED]` (make fuzz, make nightly).

With atheris (the extra `fuzz`) the inputs are those that reach new code; without it they are by chance. What fails is
kept in tests/fuzz/found; once mended it belongs into tests/fuzz/seeds, where every `make test` tries it again. There
the corpus is kept as well, so that the next run begins where this one ended.
"""

import argparse
import faulthandler
import hashlib
import logging
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

try:
    import atheris
except ImportError:
    atheris: Any = None

with atheris.instrument_imports(include=["graphserver"]) if atheris else nullcontext():
    from fuzz import chance
    from fuzz.allocations import Watch, watched
    from fuzz.targets import TARGETS, seeds
    from fuzz.trying import Finding, Tally, attempt

    from graphserver.kernels.catalog import load_all

    load_all()

FOUND = Path(__file__).parent / "found"
HANGS = 60
"""Seconds after which an execution is given up, with the stack printed."""

EVERY = 10_000
"""Executions after which the tally is printed."""

BEGIN = 200
"""Inputs by chance that a target without honest ones begins with."""

MEGABYTES = 4096
"""Of the whole process."""

Execute = Callable[[bytes], None]


def main() -> None:
    """Run one target; ends at the first finding, with another status than 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("executions", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    given = parser.parse_args()
    logging.disable()
    run = by_coverage if atheris else by_chance
    with watched() as watch:
        run(given.target, given.executions, given.seed, executor(given.target, given.executions, watch))


def by_chance(target: str, executions: int, seed: int, execute: Execute) -> None:
    """Inputs that know nothing of the code."""
    say("atheris is not installed (pip install '.[fuzz]', CPython 3.11 to 3.13): inputs are by chance")
    for data in chance.inputs(TARGETS[target].honest(), executions, seed):
        faulthandler.dump_traceback_later(HANGS, exit=True)
        execute(data)
    faulthandler.cancel_dump_traceback_later()


def by_coverage(target: str, executions: int, seed: int, execute: Execute) -> None:
    """Inputs that libFuzzer makes of what reached new code before; it ends the process."""
    corpus = FOUND / f"corpus-{target}"
    honest = TARGETS[target].honest() or chance.inputs([], BEGIN, seed)
    for data in (*honest, *(path.read_bytes() for path in seeds(target))):
        keep(corpus.name, data)
    limits = (f"-timeout={HANGS}", f"-rss_limit_mb={MEGABYTES}", "-max_len=131072")
    options = (f"-runs={executions}", f"-seed={seed}", f"-artifact_prefix={FOUND}/", *limits)
    atheris.Setup([sys.argv[0], *options, str(corpus)], execute)
    atheris.Fuzz()


def executor(name: str, executions: int, watch: Watch) -> Execute:
    """Executes, counts, tells from time to time, and keeps what fails before it raises."""
    target, tally = TARGETS[name], Tally()

    def execute(data: bytes) -> None:
        try:
            attempt(target, data, watch, tally)
        except Finding as finding:
            kept, of = target.kept
            say(f"{name}: {finding}; kept as {keep(of, kept(data))}")
            raise
        if tally.executions == executions or not tally.executions % EVERY:
            say(f"{name}: {tally}")

    return execute


def keep(name: str, data: bytes) -> Path:
    """Write what failed, named by its content."""
    path = FOUND / name / hashlib.sha256(data).hexdigest()[:16]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def say(text: str) -> None:
    """To whoever waits."""
    sys.stderr.write(f"fuzz: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
