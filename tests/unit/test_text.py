"""Text from outside, made fit for a log and a terminal."""

import pytest

from graphserver.spec.text import as_line, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("in/features:0", "in/features:0"),
        ("größe 日本 🙂", "größe 日本 🙂"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31mred\x9b0m\x7f", r"\x1b[31mred\x9b0m\x7f"),
        ("\u202eevil\u2028", r"\u202eevil\u2028"),
        ("\ud800\0", r"\ud800\x00"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_a_sentence_stays_on_its_line() -> None:
    assert as_line(" node 'a\x00'\n  has\tno\u2028input\r\n") == r"node 'a\x00' has no input"
