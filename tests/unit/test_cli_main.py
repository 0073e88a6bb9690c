"""The command line as typed: verbs, help, exit codes, and one line for whatever goes wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

import graphserver
from graphserver import __version__
from graphserver.cli import main as cli
from graphserver.cli.main import VERBS, main
from graphserver.spec.errors import ExecutionFailed


def test_help_names_every_verb_and_fits_a_terminal(capsys) -> None:
    for words in ([], ["-h"], ["--help"]):
        assert main(words) == 0
        shown = capsys.readouterr().out
        assert all(f"\n  {verb} " in shown for verb in VERBS)
        assert "graphserver -p 40123 -f graph.fb" in shown
        assert max(map(len, shown.splitlines())) <= 80


def test_version(capsys) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"graphserver {__version__}\n"


@pytest.mark.parametrize("verb", [verb for verb, each in VERBS.items() if each.run])
def test_every_verb_has_its_own_help(verb: str, capsys) -> None:
    assert main([verb, "--help"]) == 0
    assert f"graphserver {verb}" in capsys.readouterr().out


@pytest.mark.parametrize("verb", [verb for verb, each in VERBS.items() if not each.run])
def test_a_promised_verb_says_that_it_is_not_there(verb: str, capsys) -> None:
    assert main([verb, "x"]) == 2
    assert capsys.readouterr().err == f"graphserver: {verb} is not built yet\n"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["srve"], "unknown verb 'srve', expected serve, inspect, client, convert, kv; did you mean 'serve'?"),
        ([__file__], f"did you mean 'graphserver serve {__file__}'?"),
        (["--prot", "1"], "unknown flag --prot; did you mean '--port'?"),
        (["serve", "--prot=1"], "unknown flag --prot; did you mean '--port'?"),
        (["serve", "--listen", "a:1"], "--listen is not built yet"),
        (["serve", "--compat", "dl4j,triton"], "compat is 'triton', which is not built yet (from the command line)"),
        (["-p"], "expected one argument"),
        (["-p", "70000"], "port is '70000', expected a port from 0 to 65535 (from the command line)"),
        (["-p", "1", "-p", "2"], "port is given 2 times, expected once (from the command line)"),
        (["inspect"], "the following arguments are required: FILE"),
        (["inspect", "--jsn", "x"], "unknown flag --jsn; did you mean '--json'?"),
        (["client", "helth"], "did you mean 'health'?"),
        (["client", "infer", "0", "x"], "input 'x', expected NAME=FILE.npy"),
        (["client", "infer", "0", "x=a", "x=b"], "input 'x' is given twice"),
        (["client", "infer", "zero"], "invalid int value: 'zero'"),
        (["client", "health", "--timeout", "-1"], "argument --timeout: invalid"),
        (["client", "forget", "1", "--adress=x"], "unknown flag --adress; did you mean '--address'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_makes_no_sense_exits_with_2_and_one_line(words: list[str], text: str, capsys) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("graphserver: ")
    assert text in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["inspect", "nowhere.fb"], "there is no file nowhere.fb"),
        (["inspect", __file__], "unknown model format"),
        (["serve", "--config", "nowhere.toml"], "nowhere.toml: No such file or directory"),
        (["client", "register", "nowhere.fb"], "nowhere.fb: No such file or directory"),
        (["client", "infer", "0", f"x={__file__}"], "is no .npy file"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_what_fails_exits_with_1_and_one_line(words: list[str], text: str, capsys) -> None:
    assert main(words) == 1
    shown = capsys.readouterr()
    assert text in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code", "shown"),
    [
        (ExecutionFailed("two\nlines"), 1, "graphserver: two lines\n"),
        (OSError(98, "Address already in use"), 1, "graphserver: Address already in use\n"),
        (OSError("cannot listen"), 1, "graphserver: cannot listen\n"),
        (ExecutionFailed(), 1, "graphserver: ExecutionFailed\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_failures_of_a_verb(error: BaseException, code: int, shown: str, capsys, monkeypatch) -> None:
    def fail(_argv: list[str]) -> int:
        raise error

    monkeypatch.setattr(cli, "load", lambda _path: fail)
    assert main(["inspect", "x"]) == code
    assert capsys.readouterr().err == shown


def test_help_imports_neither_numpy_nor_grpc() -> None:
    program = "import sys; from graphserver.cli.main import main; main(['--help']); print(sorted(sys.modules))"
    path = {"PYTHONPATH": str(Path(graphserver.__file__).parents[1])}
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=path).stdout
    assert "'graphserver.cli.main'" in shown
    assert "'numpy'" not in shown
    assert "'grpc'" not in shown
