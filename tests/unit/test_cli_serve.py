"""`graphserver serve` without a server: where settings come from, and how it starts and ends."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from graphserver.cli import serve
from graphserver.cli.main import main
from graphserver.cli.serve import parser, settings_from
from graphserver.server.settings import TABLE, Settings
from graphserver.server.settings_sources import SettingsError
from graphserver.spec.errors import InvalidArgument


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GRAPHSERVER_")]:
        monkeypatch.delenv(name)


def test_flags_and_files_in_any_order() -> None:
    settings = settings_from(["a.fb", "-p", "1", "b.fb", "--id", "a=-4", "--id=b=5"], {})
    assert settings == Settings(models=(Path("a.fb"), Path("b.fb")), port=1, ids=(("a", -4), ("b", 5)))
    assert settings_from(["-p", "40123", "-f", "x.fb"], {}) == Settings(file=Path("x.fb"))
    assert settings_from([], {}) == Settings()


def test_the_file_beside_is_read_unless_another_is_named() -> None:
    Path("graphserver.toml").write_text("port = 1")
    Path("other.toml").write_text('port = 2\nid = ["a=1"]')
    Path("third.toml").write_text("port = 3")
    assert settings_from([], {}).port == 1
    assert settings_from(["--config", "other.toml"], {}) == Settings(port=2, ids=(("a", 1),))
    assert settings_from([], {"GRAPHSERVER_CONFIG": "third.toml"}).port == 3
    assert settings_from(["--config", "other.toml"], {"GRAPHSERVER_CONFIG": "third.toml"}).port == 2
    assert settings_from(["-p", "4"], {"GRAPHSERVER_PORT": "5"}).port == 4


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"port = \n", "bad.toml is not TOML: .*line 1"),
        (b"\xff", "bad.toml is not TOML"),
        (b"prot = 1", r"unknown key 'prot' in bad.toml; did you mean 'port'\?"),
        (b"port = 'x'", r"port is 'x', expected a port .* \(from port in bad.toml\)"),
    ],
)
def test_a_wrong_file_is_named(content: bytes, text: str) -> None:
    Path("bad.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=text):
        settings_from(["--config", "bad.toml"], {})


def test_help_shows_every_flag_and_its_default(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = parser().format_help()
    for field, setting in TABLE.items():
        default = getattr(Settings(), field)
        said = setting.help if default in (None, ()) else f"{setting.help} (default: {default})"
        assert said in shown
        assert all(flag in shown for flag in setting.flags)


class FakeServer:
    """Follows a script: `at_start` is awaited, then the signal comes."""

    last: "FakeServer"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.happened: list[str] = []
        FakeServer.last = self

    async def start(self) -> None:
        self.happened.append("start")
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)

    def ready_line(self) -> str:
        return "graphserver ready: 127.0.0.1:1 models=0 in 0.0 s"

    async def drain(self) -> None:
        self.happened.append("drain")


class SlowServer(FakeServer):
    """Is told to stop while it loads."""

    async def start(self) -> None:
        await super().start()
        try:
            await asyncio.Event().wait()
        finally:
            self.happened.append("cancelled")


class BrokenServer(FakeServer):
    """Cannot start."""

    async def start(self) -> None:
        raise InvalidArgument("x.fb: not a model")


class ImpatientServer(FakeServer):
    """Gets a second signal while it drains."""

    async def drain(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()


def serving(monkeypatch, kind: type[FakeServer]) -> int:
    """Run the verb with this server in the place of ours."""
    monkeypatch.setattr(serve, "load", lambda _path: kind)
    monkeypatch.setattr(serve, "_loop_factory", lambda: None)
    return main(["-p", "7"])


def test_one_ready_line_and_a_quiet_end(monkeypatch, capsys) -> None:
    assert serving(monkeypatch, FakeServer) == 0
    assert FakeServer.last.settings.port == 7
    assert FakeServer.last.happened == ["start", "drain"]
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "graphserver ready: 127.0.0.1:1 models=0 in 0.0 s\n")


def test_a_stop_while_loading_ends_the_start_and_says_nothing(monkeypatch, capsys) -> None:
    assert serving(monkeypatch, SlowServer) == 0
    assert FakeServer.last.happened == ["start", "cancelled"]
    assert capsys.readouterr().err == ""


def test_a_start_that_fails_is_one_line(monkeypatch, capsys) -> None:
    assert serving(monkeypatch, BrokenServer) == 1
    assert capsys.readouterr().err == "graphserver: x.fb: not a model\n"


def test_a_second_signal_does_not_wait(monkeypatch) -> None:
    assert serving(monkeypatch, ImpatientServer) == 130
