"""Whatever bytes arrive in whatever pieces: the same happens, nothing is raised, little is kept."""

from itertools import pairwise

from fakes_http2 import (
    ACK,
    BLOCK,
    CONTINUATION,
    DATA,
    END_HEADERS,
    PADDED,
    PING,
    PREFACE,
    TRAILERS,
    Client,
    data,
    frame,
    headers,
    rst_stream,
    settings,
    window_update,
)
from hypothesis import given
from hypothesis import strategies as st

from graphserver.transport.http2.settings import Limits

ids = st.sampled_from([1, 3, 5, 7])
good_frames = st.one_of(
    st.builds(headers, ids, end=st.booleans()),
    st.builds(data, ids, st.binary(max_size=300), end=st.booleans()),
    st.builds(lambda i, body: frame(DATA, PADDED, i, b"\2" + body + b"\0\0"), ids, st.binary(max_size=20)),
    st.builds(
        lambda i, cut: (
            headers(i, end=False, flags=0, block=BLOCK[:cut]) + frame(CONTINUATION, END_HEADERS, i, BLOCK[cut:])
        ),
        ids,
        st.integers(0, len(BLOCK)),
    ),
    st.builds(lambda i: headers(i, block=TRAILERS), ids),
    st.builds(rst_stream, ids),
    st.builds(window_update, ids, st.integers(0, 1000)),
    st.builds(lambda value: settings(_4=value), st.integers(0, 70_000)),
    st.builds(lambda body: frame(PING, 0, 0, body), st.binary(min_size=8, max_size=8)),
    st.builds(lambda body: frame(0x20, 0xFF, 0, body), st.binary(max_size=40)),
)
any_frames = st.builds(frame, st.integers(0, 11), st.integers(0, 255), st.integers(0, 9), st.binary(max_size=40))
scripts = st.lists(good_frames | good_frames | good_frames | any_frames, max_size=25).map(b"".join)


def answering_client():
    """Answers each request when it ends, in frames that wait for windows."""
    client = Client(opening=b"", limits=Limits(max_concurrent_streams=3))
    tell = client.on_data

    def on_data(stream, body, ended):
        tell(stream, body, ended)
        if ended:
            client.connection.send_data(stream, bytes(100), end=True)

    client.on_data = on_data
    return client


def happened(client, chunks):
    client.connection.out.clear()
    for chunk in chunks:
        client.connection.receive(chunk)
    return client.events, b"".join(client.connection.out), client.closing, sorted(client.connection.streams)


def cut(written, places):
    bounds = [0, *sorted({place % (len(written) + 1) for place in places}), len(written)]
    return [written[start:stop] for start, stop in pairwise(bounds)]


@given(scripts, st.lists(st.integers(0, 10_000), max_size=12))
def test_pieces_make_no_difference(script, places):
    script = PREFACE + settings() + script
    whole = happened(answering_client(), [script])
    assert happened(answering_client(), cut(script, places)) == whole


@given(scripts)
def test_byte_by_byte(script):
    script = PREFACE + settings() + script
    whole = happened(answering_client(), [script])
    assert happened(answering_client(), [bytes([byte]) for byte in script]) == whole


@given(st.lists(st.one_of(st.binary(max_size=200), any_frames, scripts), max_size=30), st.booleans())
def test_random_bytes_do_no_harm(chunks, opened):
    client = Client(limits=Limits(max_concurrent_streams=3), opening=PREFACE + settings() if opened else b"")
    for chunk in chunks:
        client.connection.receive(chunk)
        assert len(client.connection._rest) <= 1 << 20
        assert len(client.connection.streams) <= 3
    assert len(b"".join(client.connection.out)) <= 200 + 40 * sum(map(len, chunks))


def test_an_ack_is_enough_to_begin_with_nothing_else_waiting():
    """The first SETTINGS are answered as soon as their last byte is there, even when they are empty."""
    client = Client(opening=b"")
    for byte in PREFACE + settings():
        answers = client.send(bytes([byte]))
    assert [each.flags for each in answers] == [ACK]
