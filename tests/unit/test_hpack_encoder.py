"""The encoder against another implementation's decoder, and ours."""

import pytest
from hpack import Decoder
from hpack.table import HeaderTable
from hypothesis import given
from hypothesis import strategies as st

from graphserver.transport.http2.hpack_decoder import HeaderDecoder
from graphserver.transport.http2.hpack_encoder import encode
from graphserver.transport.http2.hpack_table import STATIC

fields = st.tuples(st.sampled_from([name for name, _ in STATIC]) | st.binary(max_size=40), st.binary(max_size=300))


def test_the_static_table_is_the_rfcs():
    assert STATIC[1:] == tuple((bytes(name), bytes(value)) for name, value in HeaderTable.STATIC_TABLE)


@given(st.lists(fields | st.sampled_from(STATIC[1:]), max_size=20))
def test_others_read_what_is_written(written):
    block = encode(written)
    assert Decoder().decode(block, raw=True) == written
    assert HeaderDecoder(4096, 1 << 20).decode(block) == written


@pytest.mark.parametrize(
    ("field", "block"),
    [
        ((b":status", b"200"), b"\x88"),
        ((b":status", b"404"), b"\x8d"),
        ((b":status", b"418"), b"\x08\x03418"),
        ((b"content-type", b"a"), b"\x0f\x10\x01a"),
        ((b"grpc-status", b"0"), b"\x00\x0bgrpc-status\x010"),
    ],
)
def test_a_field_is_an_index_or_a_literal_that_no_table_keeps(field, block):
    assert encode([field]) == block
    decoder = Decoder()
    decoder.decode(block)
    assert not decoder.header_table.dynamic_entries
