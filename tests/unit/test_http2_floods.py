"""Peers that make work and take nothing: the connection ends, and holds little until then."""

import pytest
from fakes_http2 import (
    ANSWER,
    DATA,
    GOAWAY,
    PING,
    PREFACE,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    Client,
    data,
    frame,
    headers,
    kinds,
    outcome,
    rst_stream,
    settings,
    window_update,
)

from graphserver.transport.http2.errors import ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR
from graphserver.transport.http2.settings import Limits

CALM = ("connection", ENHANCE_YOUR_CALM)


def ids():
    return iter(range(3, 1 << 31, 2))


FLOODS = {
    "rapid reset": lambda number: headers(number) + rst_stream(number),
    "requests that are no requests": lambda number: headers(number, block=b"\x83"),
    "resets that we are made to send": lambda number: headers(number, end=False) + window_update(number, 0),
    "SETTINGS": lambda _: settings(_4=1),
    "PING": lambda _: frame(PING, 0, 0, bytes(8)),
    "empty DATA": lambda _: data(1, b""),
    "padding": lambda _: frame(DATA, 8, 1, b"\1\0"),
    "PRIORITY": lambda _: frame(PRIORITY, 0, 7, bytes(5)),
    "GOAWAY": lambda _: frame(GOAWAY, 0, 0, bytes(8)),
}


def flood(client, kind, seconds_between=0.0, count=1200):
    """Send `count` of a kind; the frames that came back, and how many were sent."""
    make, answers = FLOODS[kind], []
    for sent, number in zip(range(count), ids(), strict=False):
        client.now += seconds_between
        answers += client.send(make(number))
        if client.closing:
            return answers, sent
    return answers, count


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_ends_the_connection(kind):
    client = Client()
    client.request(end=False)
    answers, sent = flood(client, kind)
    assert outcome(client, answers[-1:]) == CALM
    assert 900 < sent < 1001
    assert not client.connection.streams


@pytest.mark.parametrize("kind", FLOODS)
def test_the_same_frames_in_their_time_are_no_flood(kind):
    client = Client()
    client.request(end=False)
    flood(client, kind, seconds_between=0.02, count=5000)
    assert not client.closing


def test_answers_make_up_for_pings():
    """A caller that measures the path while it is served sends many (bandwidth-delay probes)."""
    client = Client()
    for number in range(1, 10_000, 2):
        client.connection.send_data(client.request(number), b"", end=True)
        client.send(frame(PING, 0, 0, bytes(8)))
    assert not client.closing


def test_resets_of_requests_that_are_answered_in_time_are_no_flood():
    client = Client()
    for number in range(1, 10_000, 4):
        client.connection.send_data(client.request(number), b"", end=True)
        client.send(headers(number + 2), rst_stream(number + 2))
    assert not client.closing


def test_a_peer_that_reads_nothing_is_not_answered_for_ever():
    client = Client()
    for _ in range(10_000):
        client.now += 1.0
        client.connection.receive(frame(PING, 0, 0, bytes(8)))
    assert client.closing
    assert kinds(client.taken()).count(PING) < 4200


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_peer_that_reads_may_ask_for_ever(at_once):
    client = Client()
    for _ in range(6000):
        client.now += 1.0
        client.send(frame(PING, 0, 0, bytes(8)) * at_once)
    assert not client.closing


def test_patience_is_not_saved_up():
    """Thousands of slow ones before do not excuse a flood."""
    client = Client()
    flood(client, "PING", seconds_between=0.02, count=3000)
    _, sent = flood(client, "PING", count=3000)
    assert client.closing
    assert sent <= 2000


def test_window_updates_do_not_touch_streams_that_they_do_not_help():
    """Else one small frame would cost as much as a peer has streams."""
    client = Client(opening=PREFACE + settings(_4=0))
    for number in range(1, 1001, 2):
        client.connection.send_data(client.request(number), b"waits")
    assert not client.connection._starved
    assert client.send(window_update(0, 1)) == []


def test_more_data_than_a_stream_may_send():
    client = Client(limits=Limits(initial_window=100_000), consumes=False)
    client.request(end=False)
    assert outcome(client, client.send(data(1, bytes(16_384)) * 6)) == "fine"
    assert outcome(client, client.send(data(1, bytes(16_384)))) == ("stream", 1, FLOW_CONTROL_ERROR)
    assert not client.closing


def test_more_data_than_a_connection_may_send():
    client = Client(limits=Limits(connection_window=100_000), consumes=False)
    for number in (1, 3):
        answers = client.send(headers(number, end=False), data(number, bytes(16_384)) * 4)
    assert outcome(client, answers) == ("connection", FLOW_CONTROL_ERROR)


def test_a_frame_that_never_ends_is_bounded():
    client = Client()
    client.send(frame(0x16, 0, 0, bytes(1 << 20))[:-1])
    assert len(client.connection._rest) < (1 << 20) + 10
    assert not client.closing


def test_closed_streams_are_not_kept():
    client = Client()
    for number in range(1, 4001, 2):
        client.connection.send_headers(client.request(number), ANSWER, end=True)
    client.opened.clear()
    assert not client.connection.streams
    assert len(client.connection._closed) <= 512


def test_a_refused_stream_is_answered_once_per_frame():
    client = Client(limits=Limits(max_concurrent_streams=1))
    answers = client.send(headers(1), headers(3, end=False), data(3, b"x"), data(3, b"y", end=True))
    assert kinds(answers) == [RST_STREAM]


def test_settings_acks_are_struck_too():
    client = Client()
    client.send(frame(SETTINGS, 1) * 1100)
    assert client.closing


def test_window_updates_are_free():
    client = Client()
    client.request()
    client.send(window_update(1, 1) * 5000)
    assert kinds(client.send(frame(WINDOW_UPDATE, 0, 0, (5).to_bytes(4)))) == []
    assert not client.closing
