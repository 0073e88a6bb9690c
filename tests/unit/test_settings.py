"""The settings table: every source, which one wins, and what a wrong name or value is answered."""

import re
from pathlib import Path

import pytest

from graphserver.server.setting_values import MAX_MESSAGE_BYTES
from graphserver.server.settings import TABLE, Settings
from graphserver.server.settings_sources import PLANNED, SettingsError

# name, text, field, value: one row per setting.
ROWS = [
    ("models", "a.fb", "models", (Path("a.fb"),)),
    ("file", "a.fb", "file", Path("a.fb")),
    ("model-repository", "repo", "model_repositories", (Path("repo"),)),
    ("port", "0", "port", 0),
    ("host", "::1", "host", "::1"),
    ("metrics-port", "9090", "metrics_port", 9090),
    ("state-dir", "state", "state_dir", Path("state")),
    ("outputs", "probs", "outputs", ("probs",)),
    ("id", "mlp=-3", "ids", (("mlp", -3),)),
    ("compat", "dl4j", "compat", ("dl4j",)),
    ("max-message-bytes", "64M", "max_message_bytes", 64 << 20),
    ("max-inflight-bytes", "8G", "max_inflight_bytes", 8 << 30),
    ("grpcio-port", "50051", "grpcio_port", 50051),
    ("drain-seconds", "1.5", "drain_seconds", 1.5),
    ("log-format", "json", "log_format", "json"),
    ("log-level", "debug", "log_level", "debug"),
]


def test_the_rows_above_are_the_whole_table() -> None:
    assert [(name, field) for name, _, field, _ in ROWS] == [(each.name, field) for field, each in TABLE.items()]


@pytest.mark.parametrize(("name", "text", "field", "value"), ROWS)
def test_each_setting_is_read_from_every_source(name: str, text: str, field: str, value: object) -> None:
    variable = "GRAPHSERVER_" + name.replace("-", "_").upper()
    for loaded in (
        Settings.load(flags={name: [text]}),
        Settings.load(environ={variable: text, "HOME": "/"}),
        Settings.load(toml={name: text}),
    ):
        assert getattr(loaded, field) == value
        assert getattr(loaded, field) != getattr(Settings(), field)


def test_a_flag_wins_over_the_environment_over_the_file_over_the_default() -> None:
    flags, environ, toml = {"port": ["1"]}, {"GRAPHSERVER_PORT": "2"}, {"port": 3}
    assert Settings.load(flags, environ, toml).port == 1
    assert Settings.load({}, environ, toml).port == 2
    assert Settings.load({}, {}, toml).port == 3
    assert Settings.load().port == 40123


def test_several_values() -> None:
    assert Settings.load({"id": ["a=1", "b=2"]}).ids == (("a", 1), ("b", 2))
    assert Settings.load({"outputs": ["a, b", "c"]}).outputs == ("a", "b", "c")
    assert Settings.load({"models": ["a,b.fb"]}).models == (Path("a,b.fb"),)  # a comma is a letter of a file name
    assert Settings.load({}, {"GRAPHSERVER_MODELS": "a.fb,b.fb"}).models == (Path("a.fb"), Path("b.fb"))
    assert Settings.load(toml={"id": ["a=1"], "drain-seconds": 2}) == Settings(ids=(("a", 1),), drain_seconds=2.0)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("4KiB", 4096), ("64m", 64 << 20), ("1 GB", 1 << 30), ("2G", MAX_MESSAGE_BYTES)],
)
def test_sizes(text: str, size: int) -> None:
    assert Settings.load({"max-message-bytes": [text]}).max_message_bytes == size


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("port", "65536", "expected a port from 0 to 65535"),
        ("port", "4_0", "expected a port from 0 to 65535"),
        ("port", "9" * 30, "expected a port from 0 to 65535"),
        ("metrics-port", "", "expected a port from 0 to 65535"),
        ("host", " ", "expected some text"),
        ("id", "mlp", "expected NAME=N"),
        ("id", f"mlp={2**63}", "expected NAME=N"),
        ("compat", "triton", "which is not built yet"),
        ("compat", "dl3j", "expected dl4j"),
        ("max-message-bytes", "3G", "up to 2G"),
        ("max-message-bytes", "0", "up to 2G"),
        ("drain-seconds", "nan", "expected seconds, 0 or more"),
        ("drain-seconds", "soon", "expected seconds, 0 or more"),
        ("log-format", "xml", "expected text or json"),
        ("log-level", "loud", "expected debug or info or warning or error"),
    ],
)
def test_a_wrong_value_says_what_was_expected(name: str, text: str, expected: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(expected)):
        Settings.load({name: [text]})


def test_a_wrong_value_says_where_it_came_from() -> None:
    for source, loading in {
        "the command line": {"flags": {"port": ["x"]}},
        "GRAPHSERVER_PORT": {"environ": {"GRAPHSERVER_PORT": "x"}},
        "port in my.toml": {"toml": {"port": "x"}, "toml_file": "my.toml"},
    }.items():
        with pytest.raises(SettingsError, match=rf"^port is 'x', expected .* \(from {source}\)$"):
            Settings.load(**loading)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    for text, loading in {
        "unknown flag --prot; did you mean '--port'?": {"flags": {"prot": ["1"]}},
        "unknown environment variable GRAPHSERVER_PROT; did you mean 'GRAPHSERVER_PORT'?": {
            "environ": {"GRAPHSERVER_PROT": "1"}
        },
        "unknown key 'log_format' in graphserver.toml; did you mean 'log-format'?": {"toml": {"log_format": "json"}},
        "unknown key 'zzz' in graphserver.toml": {"toml": {"zzz": 1}},
    }.items():
        with pytest.raises(SettingsError, match=f"^{re.escape(text)}$"):
            Settings.load(**loading)


@pytest.mark.parametrize("name", sorted(PLANNED))
def test_what_is_promised_but_not_there_says_so(name: str) -> None:
    for loading in (
        {"flags": {name: ["1"]}},
        {"environ": {"GRAPHSERVER_" + name.replace("-", "_").upper(): "1"}},
        {"toml": {name: 1}},
    ):
        with pytest.raises(SettingsError, match="is not built yet"):
            Settings.load(**loading)


def test_no_planned_name_is_already_a_setting() -> None:
    assert not PLANNED & {each.name for each in TABLE.values()}


def test_python_code_may_write_texts_and_lists_and_is_checked_as_well() -> None:
    written = Settings(file="a.fb", models=["b.fb"], port="7", compat="dl4j", ids=[("a", 1), "b=2"], drain_seconds=2)  # pyright: ignore
    assert written == Settings(
        file=Path("a.fb"), models=(Path("b.fb"),), port=7, compat=("dl4j",), ids=(("a", 1), ("b", 2)), drain_seconds=2.0
    )
    for wrong in ({"port": 70000}, {"port": None}, {"log_level": "loud"}, {"compat": ("triton",)}, {"ids": ["a"]}):
        with pytest.raises(SettingsError, match=r"\(from Python\)$"):
            Settings(**wrong)


def test_values_that_contradict() -> None:
    with pytest.raises(SettingsError, match="port and metrics-port are both 80"):
        Settings(port=80, metrics_port=80)
    assert Settings(port=0, metrics_port=0).metrics_port == 0  # two free ones
    with pytest.raises(SettingsError, match="id 7 is given to two models, expected one"):
        Settings(ids=(("a", 7), ("b", 7)))
    with pytest.raises(SettingsError, match="-f takes id 0"):
        Settings(ids=(("a", 0),), file=Path("b.fb"))
    with pytest.raises(SettingsError, match="host is given 2 times, expected once"):
        Settings.load({"host": ["a", "b"]})
    with pytest.raises(SettingsError, match="port is not a text, a number or a list of them"):
        Settings.load(toml={"port": {"http": 1}})
