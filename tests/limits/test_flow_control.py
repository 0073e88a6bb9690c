"""Peers that open windows too far, or not at all, or do not read what they asked for."""

import pytest
from limits import frames
from limits.rawclient import RawClient
from limits.siege import SLACK
from limits.victim import INFLIGHT_BYTES

LARGEST = 2**31 - 1
ANSWERS = (("/a.B/Endless", b""), ("/a.B/Large", b"200000"))
ASKED = 900
"""Answers asked for at once. Those of 200 kB are 180 MB: more than five times what all bytes in flight may be."""


def test_a_stream_window_beyond_the_largest_ends_the_stream(victim):
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.send(frames.request(1, "/a.B/Silent"), frames.window_update(1, LARGEST))
        assert attacker.await_frame(frames.RST_STREAM, 1).code == frames.FLOW_CONTROL_ERROR
        attacker.send(frames.request(3), frames.message(3, b"abc"))
        attacker.await_frame(frames.DATA, 3)


def test_a_connection_window_beyond_the_largest_ends_the_connection(victim):
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.send(frames.window_update(0, LARGEST))
        assert attacker.farewell() == frames.FLOW_CONTROL_ERROR


def test_settings_that_push_a_stream_window_beyond_the_largest_end_the_connection(victim):
    with victim.siege(), RawClient(victim.address) as attacker:
        attacker.send(frames.request(1, "/a.B/Silent"), frames.window_update(1, LARGEST - 65535))
        attacker.send(frames.settings({frames.INITIAL_WINDOW_SIZE: 65536}))
        assert attacker.farewell() == frames.FLOW_CONTROL_ERROR


@pytest.mark.parametrize(("path", "body"), ANSWERS)
def test_answers_behind_a_closed_window_do_not_pile_up(victim, path, body):
    with (
        victim.siege(slack=INFLIGHT_BYTES + SLACK),
        RawClient(victim.address, hello={frames.INITIAL_WINDOW_SIZE: 0}) as attacker,
    ):
        for n in range(1, 2 * ASKED, 2):
            attacker.send(frames.request(n, path), frames.message(n, body))
        assert frames.DATA not in {found.kind for found in attacker.frames(1)}


@pytest.mark.parametrize(("path", "body"), ANSWERS)
def test_a_slow_reader_with_open_windows_is_not_waited_for(victim, path, body):
    with (
        victim.siege(slack=2 * INFLIGHT_BYTES + SLACK),  # answers, and their bytes once more on the way to the socket
        RawClient(victim.address, hello={frames.INITIAL_WINDOW_SIZE: LARGEST}, buffer=4096) as attacker,
    ):
        attacker.send(frames.window_update(0, LARGEST - 65535))
        for n in range(1, 2 * ASKED, 2):
            attacker.send(frames.request(n, path), frames.message(n, body))
        attacker.pause(2)
        attacker.read(0.5)
        assert attacker.closed, "a peer that reads nothing is cut off"


def test_a_slow_reader_that_reads_on_gets_everything(victim):
    with victim.siege(), RawClient(victim.address, hello={frames.INITIAL_WINDOW_SIZE: LARGEST}, buffer=4096) as slow:
        slow.send(frames.window_update(0, LARGEST - 65535), frames.request(1, "/a.B/Large"))
        slow.send(frames.message(1, b"4000000"))
        slow.pause(0.5)
        assert b"".join(slow.data(1))[5:] == b"\1" * 4_000_000
