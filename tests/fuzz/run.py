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
from pathlib import Path
from typing import Any

try:
    import atheris
except ImportError:
    atheris: Any = None

FOUND = Path(__file__).parent / "found"
HANGS = 60
"""Seconds after which an execution is given up, with the stack printed."""

EVERY = 10_000
"""Executions after which the tally is printed."""

BEGIN = 200
"""Inputs by chance that a target without honest ones begins with."""

MEGABYTES = 4096
"""Of the whole process."""


def main() -> None:
    """Run one target; ends at the first finding, with another status than 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=("graph", "message", "plan"))
    parser.add_argument("executions", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    logging.disable()
    run = by_chance if atheris is None else by_coverage
    run(**vars(parser.parse_args()))


def by_chance(target: str, executions: int, seed: int) -> None:
    """Inputs that know nothing of the code."""
    from fuzz import chance, targets

    say("atheris is not installed (pip install '.[fuzz]', CPython 3.11 to 3.13): inputs are by chance")
    execute = executor(target, executions)
    for data in chance.inputs(targets.TARGETS[target].honest(), executions, seed):
        faulthandler.dump_traceback_later(HANGS, exit=True)
        execute(data)
    faulthandler.cancel_dump_traceback_later()


def by_coverage(target: str, executions: int, seed: int) -> None:
    """Inputs that libFuzzer makes of what reached new code before."""
    with atheris.instrument_imports(include=["graphserver"]):
        from fuzz import chance, targets

        from graphserver.kernels.catalog import load_all

        load_all()
    corpus = FOUND / f"corpus-{target}"
    honest = targets.TARGETS[target].honest() or chance.inputs([], BEGIN, seed)
    for data in (*honest, *(path.read_bytes() for path in targets.seeds(target))):
        keep(corpus.name, data)
    limits = (f"-timeout={HANGS}", f"-rss_limit_mb={MEGABYTES}", "-max_len=131072")
    options = (f"-runs={executions}", f"-seed={seed}", f"-artifact_prefix={FOUND}/", *limits)
    atheris.Setup([sys.argv[0], *options, str(corpus)], executor(target, executions))
    atheris.Fuzz()  # libFuzzer ends the process


def executor(name: str, executions: int) -> Callable[[bytes], None]:
    """Executes, counts, tells from time to time, and keeps what fails before it raises."""
    from fuzz import allocations, targets, trying

    target, tally = targets.TARGETS[name], trying.Tally()
    watch = allocations.watched().__enter__()  # until the process ends

    def execute(data: bytes) -> None:
        try:
            trying.attempt(target, data, watch, tally)
        except trying.Finding as finding:
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
