"""`graphserver client`: a running server from the shell, with arrays in .npy files."""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..client import Client
from ..server.settings_sources import did_you_mean
from . import npy
from .usage import Parser, UsageError

DEFAULT_ADDRESS = "127.0.0.1:40123"
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Action:
    """One word after `graphserver client`. run: returns the exit code."""

    usage: str
    help: str
    declare: Callable[[Parser], None]
    run: Callable[[Client, Namespace], int]


def main(argv: Sequence[str]) -> int:
    """Run one action. Raises UsageError, GraphServerError or OSError."""
    if not argv or argv[0] in ("-h", "--help"):
        print(_help(), end="")
        return 0
    word, *rest = argv
    if word not in ACTIONS:
        raise UsageError(f"unknown action '{word}', expected {', '.join(ACTIONS)}{did_you_mean(word, ACTIONS)}")
    action = ACTIONS[word]
    parser = Parser(f"graphserver client {word}", action.help)
    action.declare(parser)
    parser.add_argument("--address", metavar="HOST:PORT", default=DEFAULT_ADDRESS, help="default: %(default)s")
    parser.add_argument("--timeout", metavar="SECONDS", type=_seconds, default=_TIMEOUT, help="default: %(default)s")
    given = parser.read(rest)
    with Client(given.address) as client:
        return action.run(client, given)


def _register(client: Client, given: Namespace) -> int:
    client.register(given.graph, given.id, timeout=given.timeout)
    return 0


def _replace(client: Client, given: Namespace) -> int:
    client.replace(given.graph, given.id, timeout=given.timeout)
    return 0


def _forget(client: Client, given: Namespace) -> int:
    client.forget(given.id, timeout=given.timeout)
    return 0


def _infer(client: Client, given: Namespace) -> int:
    inputs = {name: npy.read(file) for name, file in _pairs(given.inputs).items()}
    outputs = given.outputs.split(",") if given.outputs else None
    answer = client.infer(given.id, inputs, outputs, given.timeout)
    for name, array in answer.items():
        print(npy.summary(name, array))
    if given.out:
        for name, array in answer.items():
            npy.write(given.out, name, array)
    return 0


def _health(client: Client, given: Namespace) -> int:
    serving = client.health(given.service, given.timeout)
    print(f"{given.address} is {'serving' if serving else 'not serving'}")
    return 0 if serving else 1


def _pairs(words: Sequence[str]) -> Mapping[str, Path]:
    """`["x=a.npy"]` as `{"x": Path("a.npy")}`."""
    pairs: dict[str, Path] = {}
    for word in words:
        name, equals, file = word.rpartition("=")
        if not (name and equals and file):
            raise UsageError(f"input '{word}', expected NAME=FILE.npy")
        if name in pairs:
            raise UsageError(f"input '{name}' is given twice")
        pairs[name] = Path(file)
    return pairs


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def _takes_graph(parser: Parser) -> None:
    parser.add_argument("graph", type=Path, metavar="FILE", help="a SameDiff graph (.fb)")
    parser.add_argument("--id", type=int, metavar="N", help="the id it gets (default: the one inside the file)")


def _takes_id(parser: Parser) -> None:
    parser.add_argument("id", type=int, metavar="ID", help="id of the graph; the one given by -f is 0")


def _takes_arrays(parser: Parser) -> None:
    _takes_id(parser)
    parser.add_argument("inputs", nargs="*", metavar="NAME=FILE.npy", help="an input and the array it is fed")
    parser.add_argument("--outputs", metavar="NAMES", help="what to answer, by commas (default: the server's choice)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder to save the answer in, NAME.npy each")


def _takes_service(parser: Parser) -> None:
    parser.add_argument("--service", default="", metavar="NAME", help="one service (default: the server as a whole)")


ACTIONS = {
    "register": Action("FILE [--id N]", "load a graph", _takes_graph, _register),
    "replace": Action("FILE [--id N]", "swap a graph for a new one, without a gap", _takes_graph, _replace),
    "forget": Action("ID", "unload a graph", _takes_id, _forget),
    "infer": Action("ID NAME=FILE.npy …", "run a graph on arrays", _takes_arrays, _infer),
    "health": Action("", "say whether the server serves; exit code 0 or 1", _takes_service, _health),
}


def _help() -> str:
    actions = "\n".join(f"  {name:<9}{action.usage:<21}{action.help}" for name, action in ACTIONS.items())
    return f"""\
usage: graphserver client ACTION … [--address {DEFAULT_ADDRESS}] [--timeout {_TIMEOUT:g}]

{actions}

example:
  graphserver client infer 0 input=x.npy --outputs probs --out answers

`graphserver client ACTION --help` tells more.
"""
