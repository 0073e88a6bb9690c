"""`graphserver`: five verbs, each loaded when it is called."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..server.settings_sources import SettingsError, did_you_mean
from ..spec.errors import GraphServerError
from ..spec.loading import load
from ..spec.text import as_line
from . import logs
from .usage import UsageError

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after `graphserver`. run: "module:function" from arguments to exit code, None when not built yet."""

    help: str
    run: str | None = None


VERBS = {
    "serve": Verb("serve model files and model repositories", "graphserver.cli.serve:main"),
    "inspect": Verb("say what a model file takes, gives, and whether it batches", "graphserver.cli.inspect:main"),
    "client": Verb("register, query or forget graphs on a running server", "graphserver.cli.client:main"),
    "convert": Verb("turn other model formats into graphs (not built yet)"),
    "kv": Verb("serve a key-value store to pipelines (not built yet)"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns 0, 1 after a failure, or 2 when it makes no sense."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(words)
    except (UsageError, SettingsError) as error:
        return _say(error, USAGE)
    except (GraphServerError, OSError) as error:
        return _say(error, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as end:  # how argparse ends after --help
        return int(end.code or OK)


def help_text() -> str:
    """What `graphserver --help` prints."""
    verbs = "\n".join(f"  {name:<9}{verb.help}" for name, verb in VERBS.items())
    return f"""\
graphserver {__version__}: serves SameDiff graphs to the clients you already have.

{verbs}

examples:
  graphserver -p 40123 -f graph.fb          serve one graph (no verb: serve)
  graphserver client infer 0 input=x.npy    ask it

More: graphserver VERB --help, graphserver --version
"""


def _run(words: list[str]) -> int:
    first = words[0] if words else "--help"
    if first in ("-h", "--help"):
        print(help_text(), end="")
        return OK
    if first == "--version":
        print(f"graphserver {__version__}")
        return OK
    if first.startswith("-"):  # the form of DL4J's own GraphServer: flags and no verb
        return _call("serve", words)
    return _call(first, words[1:])


def _call(name: str, argv: list[str]) -> int:
    if name not in VERBS:
        hint = f"; did you mean 'graphserver serve {name}'?" if Path(name).exists() else did_you_mean(name, VERBS)
        raise UsageError(f"unknown verb '{name}', expected {', '.join(VERBS)}{hint}")
    run = VERBS[name].run
    if run is None:
        raise UsageError(f"{name} is not built yet")
    logs.set_up("text", "error")  # `serve` sets up its own; the other verbs say what matters themselves
    return load(run)(argv)


def _say(error: Exception, code: int) -> int:
    """One line, whatever the error's own text looks like."""
    text = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    print("graphserver:", as_line(text), file=sys.stderr)
    return code
