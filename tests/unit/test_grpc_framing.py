"""gRPC's messages and headers: bytes in, messages out, in whatever pieces they come."""

import gzip
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphserver.transport.grpc.framing import FramingError, MessageReader
from graphserver.transport.grpc.metadata import read_head, read_message, read_timeout, write_message, write_metadata


def framed(body: bytes, flag: int = 0) -> bytes:
    return pack(">BI", flag, len(body)) + body


def fed(data: bytes, cuts: list[int], encoding: str = "identity", limit: int = 1 << 16) -> list[bytes]:
    reader, messages, at = MessageReader(limit, encoding), list[bytes](), 0
    for end in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        messages += [bytes(message) for message in reader.feed(memoryview(data[at:end]))]
        at = end
    assert reader.held == 0
    return messages


@given(st.lists(st.binary(max_size=300), max_size=6), st.lists(st.integers(0, 2000), max_size=12))
def test_any_pieces_give_the_same_messages(bodies: list[bytes], cuts: list[int]) -> None:
    assert fed(b"".join(map(framed, bodies)), cuts) == bodies


@given(st.binary(max_size=2000), st.lists(st.integers(0, 2000), max_size=4))
def test_gzip(body: bytes, cuts: list[int]) -> None:
    data = framed(gzip.compress(body), 1) + framed(body)
    assert fed(data, cuts, "gzip") == [body, body]


@pytest.mark.parametrize(
    ("data", "encoding", "status", "words"),
    [
        (pack(">BI", 0, 1 << 17), "identity", 8, "131072 bytes, at most 65536"),
        (framed(b"x", 2), "identity", 13, "flag is 2"),
        (framed(gzip.compress(b"x"), 1), "identity", 12, "not gzip"),
        (framed(b"not gzip at all", 1), "gzip", 13, "is not gzip"),
        (framed(gzip.compress(b"x" * 100)[:-9], 1), "gzip", 13, "cut off"),
        (framed(gzip.compress(bytes(1 << 24)), 1), "gzip", 8, "more than 65536"),
    ],
)
def test_what_cannot_be_read(data: bytes, encoding: str, status: int, words: str) -> None:
    reader = MessageReader(1 << 16, encoding)
    with pytest.raises(FramingError, match=words) as error:
        list(reader.feed(memoryview(data)))
    assert error.value.status == status


def test_the_length_of_an_unfinished_message_is_known_early() -> None:
    reader = MessageReader(1 << 20, "identity")
    assert list(reader.feed(memoryview(b"\0\0\1"))) == []
    assert reader.needed() == 0
    assert list(reader.feed(memoryview(b"\0\0abc"))) == []
    assert reader.needed() == 65536 + 5


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (b"1H", 3600),
        (b"2M", 120),
        (b"3S", 3),
        (b"250m", 0.25),
        (b"10u", 1e-5),
        (b"99999999n", 0.099999999),
        (None, None),
    ],
)
def test_timeouts(written: bytes | None, seconds: float | None) -> None:
    assert read_timeout(written) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("written", [b"", b"5", b"m", b"123456789S", b"-1S", b"1.5S", b"1x"])
def test_what_is_no_timeout(written: bytes) -> None:
    with pytest.raises(ValueError, match="grpc-timeout"):
        read_timeout(written)


def test_a_head() -> None:
    head = read_head(
        (
            (b":method", b"POST"),
            (b":path", b"/a.B/C?q=1"),
            (b"content-type", b"application/grpc+proto"),
            (b"grpc-timeout", b"1S"),
            (b"grpc-encoding", b"gzip"),
            (b"te", b"trailers"),
            (b"k", b"1"),
            (b"k", b"2"),
            (b"b-bin", b"AAE"),
        )
    )
    assert (head.method, head.path, head.query, head.is_grpc) == ("POST", "/a.B/C", "q=1", True)
    assert (head.timeout, head.encoding, head.wrong) == (1.0, "gzip", "")
    assert head.metadata == {"k": "1,2", "b-bin": b"\0\1"}


def test_a_head_that_is_wrong_says_so() -> None:
    assert "base64" in read_head(((b"x-bin", b"***"),)).wrong
    assert "grpc-timeout" in read_head(((b"grpc-timeout", b"soon"),)).wrong


@given(st.text(max_size=60))
def test_messages_survive_percent_encoding(text: str) -> None:
    message = text.encode("utf-8", "replace").decode()
    written = write_message(message)
    assert all(32 <= byte < 127 for byte in written)
    assert read_message(written) == message


def test_metadata_cannot_split_headers() -> None:
    assert write_metadata({"A": "x\r\nb: 1", "c-bin": b"\0\1"}) == [(b"a", b"x  b: 1"), (b"c-bin", b"AAE")]
