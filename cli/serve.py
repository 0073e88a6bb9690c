"""`graphserver serve`: settings in, one ready line out, and a quiet end on SIGTERM."""

import asyncio
import gc
import os
import signal
import sys
import tomllib
from argparse import SUPPRESS
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..server.settings import TABLE, Settings
from ..server.settings_sources import CONFIG, PREFIX, Setting, SettingsError
from ..spec.loading import load
from . import logs
from .usage import Parser

_DESCRIPTION = "Serve model files; each FILE is a model of its own, each DIR a model repository."
_EPILOG = f"""\
Every flag --some-name is also the environment variable {PREFIX}SOME_NAME and the key some-name in graphserver.toml.
A flag wins over the environment, the environment over the file. Several values: repeat the flag; commas in the
environment; a list in the file.

examples:
  graphserver -p 40123 -f graph.fb
  graphserver serve mlp.fb lenet.fb --id lenet=7 --metrics-port 9090
"""
_TOML = Path("graphserver.toml")
_DEFAULTS = Settings()


def main(argv: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT. Raises UsageError, SettingsError, GraphServerError or OSError."""
    settings = settings_from(argv, os.environ)
    logs.set_up(settings.log_format, settings.log_level)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings))
    return 0


def parser() -> Parser:
    """The flags of `serve`, one for each setting."""
    made = Parser("graphserver serve", _DESCRIPTION, _EPILOG)
    for field, setting in TABLE.items():
        _add(made, setting, getattr(_DEFAULTS, field))
    made.add_argument(f"--{CONFIG}", metavar="FILE", help=f"settings file (default: {_TOML} when there is one)")
    return made


def settings_from(argv: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """The settings that this command line means. Raises UsageError, SettingsError or OSError."""
    given = vars(parser().read(argv))
    named = given.pop(CONFIG) or environ.get(PREFIX + CONFIG.upper())
    file = Path(named) if named else _TOML
    toml = read_toml(file) if named or file.exists() else {}
    return Settings.load({name: texts for name, texts in given.items() if texts}, environ, toml, str(file))


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a settings file. Raises OSError, or SettingsError with the place where it is no TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not TOML: {error}") from None


def _add(made: Parser, setting: Setting, default: object) -> None:
    help = setting.help if default in (None, ()) else f"{setting.help} (default: {default})"
    if setting.flags:
        made.add_argument(*setting.flags, dest=setting.name, action="append", metavar=setting.metavar, help=help)
    else:
        made.add_argument(setting.name, nargs="*", default=SUPPRESS, metavar=setting.metavar, help=help)


async def _serve(settings: Settings) -> None:
    server = load("graphserver.server.server:Server")(settings)
    stopped = _stop_signal()
    if not await _first(server.start(), stopped):
        return
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not walk it again
    print(server.ready_line(), file=sys.stderr, flush=True)
    await stopped.wait()
    await server.drain()


def _stop_signal() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; the second one ends the process the hard way."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopped.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return stopped


async def _first(starting: Any, stopped: asyncio.Event) -> bool:
    """Whether `starting` came to its end before the signal; raises what it raised."""
    start, stop = asyncio.ensure_future(starting), asyncio.ensure_future(stopped.wait())
    await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if start.done():
        start.result()
        return True
    start.cancel()
    await asyncio.wait({start})
    return False


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    return load("uvloop:new_event_loop") if find_spec("uvloop") else None
