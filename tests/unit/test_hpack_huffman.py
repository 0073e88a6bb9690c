"""Huffman strings: the RFC's examples, the code of another implementation, and what must be refused."""

import pytest
from hpack.huffman import HuffmanEncoder
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH
from hypothesis import given
from hypothesis import strategies as st

from graphserver.transport.http2.errors import HpackError
from graphserver.transport.http2.huffman import decode_huffman

ORACLE = HuffmanEncoder(REQUEST_CODES, REQUEST_CODES_LENGTH)


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        ("", b""),
        ("f1e3c2e5f23a6ba0ab90f4ff", b"www.example.com"),
        ("a8eb10649cbf", b"no-cache"),
        ("25a849e95ba97d7f", b"custom-key"),
        ("25a849e95bb8e8b4bf", b"custom-value"),
        ("6402", b"302"),
        ("d07abe941054d444a8200595040b8166e082a62d1bff", b"Mon, 21 Oct 2013 20:13:21 GMT"),
        (
            "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
            b"foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ),
    ],
)
def test_examples_of_the_rfc(coded, text):
    """RFC 7541, C.4 and C.6."""
    assert decode_huffman(bytes.fromhex(coded)) == text


@given(st.binary(max_size=400))
def test_any_bytes_come_back(text):
    assert decode_huffman(ORACLE.encode(text)) == text


@pytest.mark.parametrize(
    ("coded", "what"),
    [
        ("ff", "eight bits of padding"),
        ("1fff", "padding of more than seven bits behind a symbol"),
        ("00", "padding of zeros (symbol 0 and three bits)"),
        ("1e", "padding that does not begin with ones"),
        ("ffffffff", "the end-of-string symbol"),
        ("1fffffffff1f", "the end-of-string symbol in the middle"),
        ("fffffffe", "a symbol that is cut off"),
    ],
)
def test_bad_ends(coded, what):
    with pytest.raises(HpackError, match="Huffman"):
        decode_huffman(bytes.fromhex(coded))
