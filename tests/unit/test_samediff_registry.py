"""Formats are told apart by content, and a person learns what a file is and what helps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import case, names

from graphserver.formats import registry
from graphserver.formats.registry import FORMATS, read, reader, recognise
from graphserver.spec.artifact import Artifact
from graphserver.spec.errors import InvalidArgument, NotFound, Unsupported
from graphserver.spec.tensor import Signature

ONNX = bytes.fromhex("08081206736b6c326f6e78")

KNOWN_BY = {
    "samediff": case("identity").graph.read_bytes(),
    "onnx": ONNX,
    "zip": b"PK\x03\x04rest",
    "sdnb": b"SDNB\0\0\0\1",
    "keras": b"\x89HDF\r\n\x1a\n",
    "tflite": b"\x1c\0\0\0TFL3",
}

NOT_YET = {
    "onnx": r"pip install graphserver\[cpu\]",
    "zip": "not served yet",
    "sdnb": "save it with M2.1",
    "keras": "convert it",
    "tflite": "convert it",
}


@pytest.mark.parametrize(("name", "content"), KNOWN_BY.items())
def test_a_format_is_recognised_by_its_head(name: str, content: bytes) -> None:
    assert recognise(content[: registry.HEAD]).name == name


@pytest.mark.parametrize("name", names())
def test_every_recorded_graph_is_recognised(name: str) -> None:
    assert recognise(case(name).graph.read_bytes()[: registry.HEAD]).name == "samediff"


@pytest.mark.parametrize(("name", "text"), NOT_YET.items())
def test_a_format_of_later_is_called_by_its_name(name: str, text: str) -> None:
    with pytest.raises(Unsupported, match=rf"^model\.bin: .*{text}"):
        read(KNOWN_BY[name], "model.bin")


@pytest.mark.parametrize(
    ("content", "seen"),
    [(b"", "it is empty"), (b"hello world", "it begins with 68 65 6c 6c 6f 20 77 6f"), (bytes(100), "00 00 00 00")],
)
def test_anything_else_is_refused_with_what_was_seen(content: bytes, seen: str) -> None:
    with pytest.raises(InvalidArgument, match=f"^model: unknown model format: .*{seen}.*; known formats: samediff"):
        read(content, "model")


def test_a_missing_file_is_not_found() -> None:
    with pytest.raises(NotFound, match="there is no file"):
        read(Path(__file__).parent / "no such file", "model")


def test_a_folder_is_no_file() -> None:
    with pytest.raises(InvalidArgument, match="cannot read"):
        read(Path(__file__).parent, "model")


@pytest.fixture
def toy_format() -> Iterator[None]:
    @reader("toy", lambda head: head.startswith(b"TOY"))
    def read_toy(content: registry.Content) -> Artifact:
        return Artifact("toy", "toy", Signature(()), content)

    yield
    del FORMATS["toy"]


@pytest.mark.usefixtures("toy_format")
def test_a_reader_of_ones_own() -> None:
    assert read(b"TOY box", "model").content == b"TOY box"
    assert read(KNOWN_BY["samediff"], "model").format == "samediff"


@pytest.mark.usefixtures("toy_format")
def test_a_taken_name_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="'toy' is registered already"):
        reader("toy", lambda _head: True)(lambda _content: Artifact("", "", Signature(()), None))
