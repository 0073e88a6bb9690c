"""What is found on the disk: named paths must exist, a broken model in a repository stops no other."""

from pathlib import Path

import pytest

from graphserver.repository.layout import listed_models, model_file, models_in
from graphserver.repository.source import checked_name
from graphserver.spec.errors import GraphServerError, InvalidArgument, NotFound


def make(root: Path, *paths: str) -> Path:
    """Folders for names that end with a slash, else files that hold their own name."""
    for name in paths:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True) if name.endswith("/") else path.write_text(name)
    return root


def test_a_file_is_version_1_of_the_model_it_is_named_after(tmp_path: Path) -> None:
    model = model_file(make(tmp_path, "my.mlp.fb") / "my.mlp.fb")
    assert (model.name, model.version, model.graph_id) == ("my.mlp", 1, None)
    assert model.content() == tmp_path / "my.mlp.fb"


def test_the_highest_version_of_each_model_is_served(tmp_path: Path) -> None:
    make(tmp_path, "mlp/1/model.fb", "mlp/10/model.fb", "mlp/9/model.fb", "bert/2/model.fb")
    models = models_in(tmp_path)
    assert [(model.name, model.version) for model in models] == [("bert", 2), ("mlp", 10)]
    assert [model.content() for model in models] == [tmp_path / "bert/2/model.fb", tmp_path / "mlp/10/model.fb"]


def test_what_is_no_model_or_no_version_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path, ".git/1/model.fb", "README.md", "m/1/model.fb", "m/007/model.fb", "m/0/model.fb", "m/new/model.fb")
    make(tmp_path, "m/8", "m/" + "9" * 30 + "/model.fb")
    assert [(model.name, model.version) for model in models_in(tmp_path)] == [("m", 1)]


@pytest.mark.parametrize(
    ("content", "version", "reason"),
    [
        ("bad/", 0, "bad has no version folder; expected bad/1/model.fb"),
        ("bad/3/other.fb", 3, "bad/3/model.fb: no such file"),
        ("bad/3/model.fb/", 3, "bad/3/model.fb: no such file"),
        ("ba\td/1/model.fb", 0, "'ba\\td' cannot be a model name; expected 1 to 255 printable characters"),
    ],
)
def test_a_broken_model_says_why_and_stops_no_other(tmp_path: Path, content: str, version: int, reason: str) -> None:
    bad, good = models_in(make(tmp_path, content, "good/1/model.fb"))
    assert good.content() == tmp_path / "good/1/model.fb"
    assert bad.version == version
    with pytest.raises(GraphServerError) as error:
        bad.content()
    assert reason in str(error.value)


def test_a_command_line_mixes_files_and_repositories(tmp_path: Path) -> None:
    make(tmp_path, "a.fb", "repository/b/4/model.fb", "repository/c/1/model.fb")
    models = listed_models([tmp_path / "a.fb", tmp_path / "repository"])
    assert [(model.name, model.version) for model in models] == [("a", 1), ("b", 4), ("c", 1)]


def test_named_paths_must_exist(tmp_path: Path) -> None:
    make(tmp_path, "folder/")
    for find, path, error, text in (
        (model_file, "no.fb", NotFound, "no.fb: no such file"),
        (model_file, "folder", InvalidArgument, "folder is a folder; expected a model file"),
        (models_in, "no", NotFound, "no: no such model repository"),
    ):
        with pytest.raises(error, match=text):
            find(tmp_path / path)
    with pytest.raises(NotFound, match=r"no\.fb: no such file"):
        listed_models([tmp_path / "folder", tmp_path / "no.fb"])


@pytest.mark.parametrize("name", ["", ".hidden", "..", "a/b", "a\\b", "a\nb", "a\0b", "x" * 256])
def test_names_that_no_model_can_have(name: str) -> None:
    with pytest.raises(InvalidArgument, match=r"there: .* cannot be a model name"):
        checked_name(name, "there")


@pytest.mark.parametrize("name", ["mlp", "résumé v2", "graph_-5", "x" * 255, "a.b"])
def test_names_that_a_model_can_have(name: str) -> None:
    assert checked_name(name, "there") == name
