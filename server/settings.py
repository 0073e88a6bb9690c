"""Every setting of the server, once: its flag, environment name, key in graphserver.toml and help derive from here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from . import setting_values as a
from .settings_sources import Setting, SettingsError, merge

_NOTHING: Mapping[str, Any] = {}


def _by(flags: str, metavar: str, parse: Callable[[str], Any], help: str, many: str = "") -> Mapping[str, Setting]:
    """How a field is given. `flags` ends with the long one, whose name it has everywhere (positional: a bare name).

    many: "" for a single value, "repeated" for one text each, "listed" when a text may also hold several, by commas.
    """
    *short, long = flags.split("/")
    typed = (*short, long) if long.startswith("--") else ()
    return {"setting": Setting(long.removeprefix("--"), typed, metavar, help, parse, bool(many), many == "listed")}


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server runs. Times in seconds, sizes in bytes. Raises SettingsError for values that contradict."""

    models: tuple[Path, ...] = field(
        default=(),
        metadata=_by("models", "FILE|DIR", a.path, "a model file, or a folder that is a model repository", "repeated"),
    )
    file: Path | None = field(
        default=None,
        metadata=_by("-f/--file", "FILE", a.path, "a model file that answers to id 0, as with DL4J's GraphServer"),
    )
    model_repositories: tuple[Path, ...] = field(
        default=(),
        metadata=_by("--model-repository", "DIR", a.path, "a folder of models, MODEL/VERSION/model.fb", "repeated"),
    )
    port: int = field(
        default=40123,
        metadata=_by("-p/--port", "N", a.port, "port for gRPC and HTTP; 0 takes a free one"),
    )
    host: str = field(
        default="127.0.0.1",
        metadata=_by("--host", "ADDRESS", a.filled, "address to listen on; 0.0.0.0 opens it to every machine"),
    )
    metrics_port: int | None = field(
        default=None,
        metadata=_by("--metrics-port", "N", a.port, "port for /metrics, /live and /ready alone; closed unless given"),
    )
    state_dir: Path | None = field(
        default=None,
        metadata=_by("--state-dir", "DIR", a.path, "folder that keeps registered graphs over a restart"),
    )
    outputs: tuple[str, ...] = field(
        default=(),
        metadata=_by("--outputs", "NAMES", a.filled, "answered to requests that name no outputs, by commas", "listed"),
    )
    ids: tuple[tuple[str, int], ...] = field(
        default=(),
        metadata=_by("--id", "NAME=N", a.named_id, "the id by which DL4J clients ask for a model", "repeated"),
    )
    compat: tuple[str, ...] = field(
        default=(),
        metadata=_by(
            "--compat",
            "dl4j",
            a.one_of("dl4j", planned=("triton",)),
            "answer with the original's status codes, texts and outputs",
            "listed",
        ),
    )
    max_message_bytes: int = field(
        default=a.MAX_MESSAGE_BYTES,
        metadata=_by("--max-message-bytes", "SIZE", a.message_bytes, "largest request, such as 64M"),
    )
    max_inflight_bytes: int | None = field(
        default=None,
        metadata=_by(
            "--max-inflight-bytes",
            "SIZE",
            a.size,
            "all requests and answers under way (default: a quarter of the memory)",
        ),
    )
    grpcio_port: int | None = field(
        default=None,
        metadata=_by("--grpcio-port", "N", a.port, "port for gRPC by the grpcio library; closed unless given"),
    )
    drain_seconds: float = field(
        default=30.0,
        metadata=_by("--drain-seconds", "SECONDS", a.seconds, "how long running requests may take when stopping"),
    )
    log_format: str = field(
        default="text",
        metadata=_by("--log-format", "text|json", a.one_of("text", "json"), "form of the log lines on stderr"),
    )
    log_level: str = field(
        default="info",
        metadata=_by("--log-level", "LEVEL", a.one_of(*a.LOG_LEVELS), f"least to log: {', '.join(a.LOG_LEVELS)}"),
    )

    def __post_init__(self) -> None:
        """Check every value, so that Python code may also write paths and numbers as texts."""
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not each.default:
                object.__setattr__(self, each.name, TABLE[each.name].checked(value))
        self._check_together()

    def _check_together(self) -> None:
        ports = {"port": self.port, "metrics-port": self.metrics_port, "grpcio-port": self.grpcio_port}
        taken = {number: name for name, number in reversed(ports.items()) if number}
        for name, number in ports.items():
            if number and taken[number] != name:
                raise SettingsError(f"{taken[number]} and {name} are both {number}, expected two different ports")
        numbers = [number for _, number in self.ids] + ([0] if self.file else [])
        twice = next((number for number in numbers if numbers.count(number) > 1), None)
        if twice is not None:
            owner = " (-f takes id 0)" if twice == 0 and self.file else ""
            raise SettingsError(f"id {twice} is given to two models, expected one{owner}")

    @classmethod
    def load(
        cls,
        flags: Mapping[str, Sequence[str]] = _NOTHING,
        environ: Mapping[str, str] = _NOTHING,
        toml: Mapping[str, Any] = _NOTHING,
        toml_file: str = "graphserver.toml",
    ) -> "Settings":
        """Settings from texts: a flag wins over the environment, that over the file, that over the default.

        flags: texts by setting name ("port": ["40123"]). toml: the parsed file, `toml_file` its name in errors.
        Raises SettingsError, which says where the wrong value or name came from.
        """
        given = merge(list(TABLE.values()), flags, environ, toml, toml_file)
        return cls(**{field: each.value(given[each.name]) for field, each in TABLE.items() if each.name in given})


TABLE: Mapping[str, Setting] = {each.name: each.metadata["setting"] for each in fields(Settings)}
"""The settings by field name, in the order in which help shows them."""
