"""Where settings come from: flags over the environment over graphserver.toml, all read by one table.

Everything here is pure: texts in, values out, and an error that says where the value came from.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

from ..spec.errors import InvalidArgument

PREFIX = "GRAPHSERVER_"
CONFIG = "config"
"""The flag and the environment name that say which TOML file to read; not a setting itself."""

PLANNED = frozenset({"admin", "device", "listen", "memory-limit", "model-control-mode", "triton-ports"})
"""Names that are promised and whose mechanism is not there yet."""


class SettingsError(InvalidArgument):
    """A setting that cannot be: its name, its value, or two that contradict each other."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How one field of Settings is given from outside.

    name: `--name`, GRAPHSERVER_NAME and the key in graphserver.toml. flags: as typed; none for a positional.
    parse: one text to its value, or ValueError saying what was expected.
    many: may be given several times, the field is a tuple. commas: one text may hold several.
    """

    name: str
    flags: tuple[str, ...]
    metavar: str
    help: str
    parse: Callable[[str], Any]
    many: bool = False
    commas: bool = False

    @property
    def variable(self) -> str:
        """The environment name."""
        return PREFIX + self.name.replace("-", "_").upper()

    def value(self, given: "Given") -> Any:
        """What the field becomes. Raises SettingsError."""
        texts = [part for text in given.texts for part in self._split(text, given.commas)]
        if self.many:
            return tuple(self._one(text, given) for text in texts)
        if len(texts) != 1:
            raise SettingsError(f"{self.name} is given {len(texts)} times, expected once (from {given.source})")
        return self._one(texts[0], given)

    def checked(self, value: Any) -> Any:
        """A value that Python code gives; all but finished tuples go through the parser. Raises SettingsError."""
        given = Given((), "Python")
        if not self.many:
            return self._one(str(value), given)
        items = cast("Sequence[object]", value) if isinstance(value, list | tuple) else [value]
        return tuple(cast("object", each) if isinstance(each, tuple) else self._one(str(each), given) for each in items)

    def _split(self, text: str, commas: bool) -> list[str]:
        if not self.many or not (self.commas or commas):
            return [text]
        return [part.strip() for part in text.split(",") if part.strip()]

    def _one(self, text: str, given: "Given") -> Any:
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingsError(f"{self.name} is '{text}', {error} (from {given.source})") from None


@dataclass(frozen=True, slots=True)
class Given:
    """A setting as somebody wrote it. commas: the source has no other way to hold several (the environment)."""

    texts: tuple[str, ...]
    source: str
    commas: bool = False


def merge(
    settings: Sequence[Setting],
    flags: Mapping[str, Sequence[str]],
    environ: Mapping[str, str],
    toml: Mapping[str, Any],
    toml_file: str,
) -> dict[str, Given]:
    """The winning text of each setting by name. Raises SettingsError for a name that nobody knows."""
    names = [setting.name for setting in settings]
    return {
        **_from_toml(names, toml, toml_file),
        **_from_environ(settings, environ),
        **_from_flags(names, flags),
    }


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`"; did you mean 'port'?"` with the nearest known word, or nothing when none is near."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def refuse_flag(flag: str, known: Iterable[str]) -> SettingsError:
    """The error for a flag that is not in the table, as typed (`--prot`)."""
    if flag.lstrip("-") in PLANNED:
        return SettingsError(f"{flag} is not built yet")
    return SettingsError(f"unknown flag {flag}{did_you_mean(flag, known)}")


def _from_flags(names: Sequence[str], flags: Mapping[str, Sequence[str]]) -> dict[str, Given]:
    for name in flags:
        if name not in names:
            raise refuse_flag(f"--{name}", [f"--{known}" for known in names])
    return {name: Given(tuple(texts), "the command line") for name, texts in flags.items()}


def _from_environ(settings: Sequence[Setting], environ: Mapping[str, str]) -> dict[str, Given]:
    names = {setting.variable: setting.name for setting in settings}
    planned = {PREFIX + name.replace("-", "_").upper() for name in PLANNED}
    given: dict[str, Given] = {}
    for variable, text in environ.items():
        if variable in names:
            given[names[variable]] = Given((text,), variable, commas=True)
        elif variable in planned:
            raise SettingsError(f"{variable} is not built yet (from the environment)")
        elif variable.startswith(PREFIX) and variable != PREFIX + CONFIG.upper():
            raise SettingsError(f"unknown environment variable {variable}{did_you_mean(variable, names)}")
    return given


def _from_toml(names: Sequence[str], toml: Mapping[str, Any], file: str) -> dict[str, Given]:
    for key in toml:
        if key in PLANNED:
            raise SettingsError(f"{key} is not built yet (from {file})")
        if key not in names:
            raise SettingsError(f"unknown key '{key}' in {file}{did_you_mean(key, names)}")
    return {key: Given(_texts(key, value, file), f"{key} in {file}") for key, value in toml.items()}


def _texts(key: str, value: Any, file: str) -> tuple[str, ...]:
    """TOML values in the words of a command line, so that one parser reads them all."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) for item in items):
        raise SettingsError(f"{key} is not a text, a number or a list of them, as expected in {file}")
    return tuple(map(str, items))
