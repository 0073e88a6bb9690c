"""Which lists of header fields are a request, and which are trailers (RFC 9113 §8.2, §8.3)."""

import pytest

from graphserver.transport.http2.fields import MALFORMED, REQUEST, TRAILERS, classify

METHOD, SCHEME, PATH, HOST = (b":method", b"POST"), (b":scheme", b"https"), (b":path", b"/a?b"), (b":authority", b"h")
PSEUDO = (METHOD, SCHEME, PATH)


def length(value):
    return (b"content-length", value)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (PSEUDO, REQUEST),
        ((HOST, PATH, METHOD, SCHEME), REQUEST),
        ((*PSEUDO, (b"te", b"trailers"), (b"x-a", b""), (b"cookie", b"a=b; c=\xff")), REQUEST),
        (((b":method", b"OPTIONS"), SCHEME, (b":path", b"*")), REQUEST),
        (((b":method", b"CONNECT"), HOST), REQUEST),
        ((), TRAILERS),
        (((b"grpc-status", b"0"), (b"x", b"y")), TRAILERS),
        ((METHOD, SCHEME), MALFORMED),
        ((METHOD, PATH), MALFORMED),
        ((SCHEME, PATH), MALFORMED),
        ((*PSEUDO, METHOD), MALFORMED),
        ((*PSEUDO, HOST, HOST), MALFORMED),
        (((b":method", b"CONNECT"), SCHEME, PATH), MALFORMED),
        (((b":method", b"CONNECT"),), MALFORMED),
        ((METHOD, SCHEME, (b"x", b"y"), PATH), MALFORMED),
        ((METHOD, SCHEME, (b":path", b"")), MALFORMED),
        ((METHOD, SCHEME, (b":path", b"a/b")), MALFORMED),
        ((METHOD, (b":scheme", b""), PATH), MALFORMED),
        (((b":method", b"PO ST"), SCHEME, PATH), MALFORMED),
        ((*PSEUDO, (b":status", b"200")), MALFORMED),
        ((*PSEUDO, (b":protocol", b"websocket")), MALFORMED),
        ((*PSEUDO, (b":other", b"x")), MALFORMED),
    ],
)
def test_kind(fields, expected):
    assert classify(fields) == (expected, -1)


@pytest.mark.parametrize(
    "field",
    [
        (b"", b"x"),
        (b"X-A", b"x"),
        (b"x a", b"x"),
        (b"x:a", b"x"),
        (b"x\0a", b"x"),
        (b"x\x7f", b"x"),
        (b"x\xe9", b"x"),
        (b"x", b"a\0"),
        (b"x", b"a\rb"),
        (b"x", b"a\n"),
        (b"x", b" a"),
        (b"x", b"a\t"),
        (b"connection", b"close"),
        (b"proxy-connection", b"close"),
        (b"keep-alive", b"1"),
        (b"transfer-encoding", b"chunked"),
        (b"upgrade", b"h2c"),
        (b"te", b"gzip"),
    ],
)
def test_a_field_that_may_not_be_there(field):
    assert classify((*PSEUDO, field)) == (MALFORMED, -1)
    assert classify((field,)) == (MALFORMED, -1)


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([b"0"], (REQUEST, 0)),
        ([b"17"], (REQUEST, 17)),
        ([b"17", b"17"], (REQUEST, 17)),
        ([b"17", b"18"], (MALFORMED, -1)),
        ([b""], (MALFORMED, -1)),
        ([b"-1"], (MALFORMED, -1)),
        ([b"+1"], (MALFORMED, -1)),
        ([b"1_0"], (MALFORMED, -1)),
        ([b"1" * 19], (MALFORMED, -1)),
    ],
)
def test_content_length(lengths, expected):
    assert classify((*PSEUDO, *map(length, lengths))) == expected
