"""HPACK blocks from hand-written ones, the RFC and an encoder of the tests' own."""

import pytest
from hpack_writer import INDEXING, NEVER, PLAIN, HpackWriter, integer
from hypothesis import given
from hypothesis import strategies as st

from graphserver.transport.http2.errors import COMPRESSION_ERROR, HpackError
from graphserver.transport.http2.hpack_decoder import HeaderDecoder, read_integer

LARGE = 1 << 20


def decoder(list_bytes=LARGE, table_size=4096):
    return HeaderDecoder(table_size, list_bytes)


@pytest.mark.parametrize(
    "blocks",
    [
        ["828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865"],
        ["828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf"],
    ],
    ids=["C.3 plain", "C.4 Huffman"],
)
def test_requests_of_the_rfc(blocks):
    first, second = (bytes.fromhex(block) for block in blocks)
    decoding = decoder()
    request = [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/"), (b":authority", b"www.example.com")]
    assert decoding.decode(first) == request
    assert decoding.decode(second) == [*request, (b"cache-control", b"no-cache")]


def test_eviction_as_in_the_rfc():
    """C.5: a table of 256 bytes, of which the second response evicts the oldest entry."""
    decoding = decoder()
    first = (
        "3fe101"  # the example's table size, which it takes as agreed
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54"
        "6e1768747470733a2f2f7777772e6578616d706c652e636f6d"
    )
    fields = [
        (b":status", b"302"),
        (b"cache-control", b"private"),
        (b"date", b"Mon, 21 Oct 2013 20:13:21 GMT"),
        (b"location", b"https://www.example.com"),
    ]
    assert decoding.decode(bytes.fromhex(first)) == fields
    assert decoding.decode(bytes.fromhex("4803333037c1c0bf")) == [(b":status", b"307"), *fields[1:]]
    assert decoding.decode(b"\xbe\xc1") == [(b":status", b"307"), (b"cache-control", b"private")]
    with pytest.raises(HpackError):
        decoding.decode(b"\xc2")


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (b"\x80", "index 0"),
        (b"\xbe", "beyond the tables"),
        (b"\xff\xff\xff\x7f", "beyond the tables"),
        (b"\x7f\x80\x01\x01a", "beyond the tables"),
        (b"\xff", "cut off"),
        (b"\x40", "cut off"),
        (b"\x40\x01a", "cut off"),
        (b"\x00\x05ab", "5 bytes has 2"),
        (b"\x00\x01a\x7f", "cut off"),
        (b"\x82\x20", "after a header field"),
        (b"\x3f\xe2\x1f", "4097 bytes"),
        (b"\xff\x80\x80\x80\x80\x80\x00", "28 bits"),
        (b"\x3f\xff\xff\xff\xff\xff\x0f", "28 bits"),
        (b"\x00\x81\x00\x00", "Huffman"),
    ],
)
def test_what_no_block_says(block, reason):
    with pytest.raises(HpackError, match=reason) as caught:
        decoder().decode(block)
    assert caught.value.code == COMPRESSION_ERROR


@given(st.integers(0, (1 << 28) - 1), st.integers(1, 8))
def test_integers_come_back(value, bits):
    written = integer(value, bits) + b"after"
    assert read_integer(written, 0, (1 << bits) - 1) == (value, len(written) - 5)


def test_a_table_size_may_be_as_large_as_announced():
    assert decoder(table_size=8192).decode(integer(8192, 5, 0x20)) == []
    with pytest.raises(HpackError):
        decoder(table_size=8192).decode(integer(8193, 5, 0x20))


def test_an_entry_larger_than_the_table_empties_it():
    decoding, writer = decoder(), HpackWriter()
    decoding.decode(writer.field(b"a", b"b"))
    assert decoding.decode(writer.field(b"c", b"x" * 5000)) == [(b"c", b"x" * 5000)]
    with pytest.raises(HpackError):
        decoding.decode(b"\xbe")


def test_a_list_over_its_limit_is_not_handed_on_but_followed():
    decoding, writer = decoder(list_bytes=100), HpackWriter()
    assert decoding.decode(writer.field(b"a", b"x" * 67)) == [(b"a", b"x" * 67)]
    assert decoding.decode(writer.field(b"b", b"x" * 68) + writer.field(b"c", b"d")) is None
    assert decoding.decode(writer.field(b"c", b"d")) == [(b"c", b"d")]


def test_a_bomb_of_references_is_not_unfolded():
    decoding, writer = decoder(list_bytes=16 << 10), HpackWriter()
    decoding.decode(writer.field(b"a", b"x" * 3000))
    assert decoding.decode(b"\xbe" * 60_000) is None


def test_the_version_tells_whether_a_block_changed_the_table():
    decoding, writer = decoder(), HpackWriter()
    before = decoding.version
    decoding.decode(b"\x82" + writer.field(b"a", b"b", PLAIN))
    assert decoding.version == before
    decoding.decode(writer.field(b"a", b"b", INDEXING))
    assert decoding.version != before


names = st.sampled_from([b":method", b":path", b"content-type", b"user-agent", b"x-a", b"x-b"]) | st.binary(max_size=20)
fields = st.tuples(names, st.sampled_from([b"", b"1", b"2"]) | st.binary(max_size=600))
written = st.tuples(fields, st.sampled_from([INDEXING, INDEXING, PLAIN, NEVER]))


@given(st.lists(st.tuples(st.none() | st.integers(0, 4096), st.lists(written, max_size=12)), max_size=12))
def test_any_use_of_the_table_comes_back(blocks):
    decoding, writer = decoder(), HpackWriter()
    for size, contents in blocks:
        block = b"" if size is None else writer.resize(size)
        block += b"".join(writer.field(*field, how) for field, how in contents)
        assert decoding.decode(block) == [field for field, _ in contents]


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_random_blocks_are_read_or_refused(blocks):
    decoding = decoder(list_bytes=1000)
    for block in blocks:
        try:
            read = decoding.decode(block)
        except HpackError:
            break
        assert read is None or sum(len(n) + len(v) + 32 for n, v in read) <= 1000
