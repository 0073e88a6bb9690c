"""The door for scrapes and probes, asked by http.client and by raw sockets."""

import asyncio
import http.client
import socket
from contextlib import contextmanager
from threading import Thread

import pytest

from graphserver.transport.http_door import HttpDoor


def pages(call):
    if call.path == "/slow":
        loop = asyncio.get_running_loop()
        call.on_message = lambda body, last: loop.call_later(0.2, call.reply, b"slow")
    elif call.path == "/missing":
        call.finish(404, "no page /missing")
    else:
        call.start({":status": "200", "content-type": "text/plain", "x-method": call.method})
        call.reply(f"{call.path}|{call.query}|{call.metadata.get('x-a', '')}".encode())


@contextmanager
def door(handler=pages, **settings):
    """A door in a loop of its own; yields (transport, loop)."""
    loop = asyncio.new_event_loop()
    transport = HttpDoor(handler, "127.0.0.1:0", **settings)
    thread = Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(transport.start(), loop).result(10)
    try:
        yield transport, loop
    finally:
        asyncio.run_coroutine_threadsafe(transport.stop(0.1), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def transport():
    with door() as (transport, _):
        yield transport


def raw(transport, request: bytes) -> bytes:
    """Everything that the door answers to these bytes until it closes."""
    host, port = transport.address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@contextmanager
def client(transport):
    connection = http.client.HTTPConnection(transport.address, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def ask(connection, path, method="GET", **headers):
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read(), response


def test_one_connection_carries_many_requests(transport):
    with client(transport) as connection:
        status, body, response = ask(connection, "/a%20b?c=d", **{"X-A": "e"})
        assert (status, body, response.getheader("content-type")) == (200, b"/a b|c=d|e", "text/plain")
        own = connection.sock
        assert ask(connection, "/missing")[:2] == (404, b"no page /missing\n")
        assert ask(connection, "/slow")[:2] == (200, b"slow")
        assert connection.sock is own


def test_a_head_request_has_no_body(transport):
    with client(transport) as connection:
        status, body, response = ask(connection, "/x", method="HEAD")
        assert (status, body, response.getheader("content-length")) == (200, b"", "4")
        assert ask(connection, "/x")[1] == b"/x||"


@pytest.mark.parametrize(
    ("request_line", "keeps"),
    [
        ("GET / HTTP/1.1\r\nconnection: close", False),
        ("GET / HTTP/1.0", False),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive", True),
    ],
)
def test_a_connection_stays_as_asked(transport, request_line, keeps):
    request = f"{request_line}\r\n\r\n".encode()
    ending = b"GET /2 HTTP/1.1\r\nconnection: close\r\n\r\n" if keeps else b""
    assert raw(transport, request + ending).count(b"HTTP/1.1 200 OK") == 1 + keeps


@pytest.mark.parametrize(
    ("request_bytes", "status", "reason"),
    [
        (b"nonsense\r\n\r\n", 400, b"'nonsense' is not an HTTP/1.1 request line"),
        (b"PRI * HTTP/2.0\r\n\r\n", 400, b"is not an HTTP/1.1 request line"),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400, b"'no header' is not a header"),
        (b"GET / HTTP/1.1\r\ncontent-length: 5\r\n\r\n", 400, b"takes no request bodies"),
        (b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", 400, b"takes no request bodies"),
        (b"GET / HTTP/1.1\r\na: " + b"x" * 9000 + b"\r\n\r\n", 431, b"at most 8192 bytes"),
    ],
)
def test_what_is_no_request_is_answered_and_cut(transport, request_bytes, status, reason):
    answer = raw(transport, request_bytes)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert reason in answer
    assert raw(transport, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_a_silent_connection_is_closed():
    with door(idle_seconds=0.1) as (transport, _):
        assert raw(transport, b"GET / HT") == b""


def test_connections_are_bounded(transport):
    host, port = transport.address.rsplit(":", 1)
    held = [socket.create_connection((host, int(port)), timeout=10) for _ in range(64)]
    try:
        for connection in held:
            connection.sendall(b"GET /x HTTP/1.1\r\n\r\n")
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200")
        with socket.create_connection((host, int(port)), timeout=10) as one_more:
            assert one_more.recv(1) == b""
    finally:
        for connection in held:
            connection.close()


def test_a_port_in_use_is_refused_by_name(transport):
    second = HttpDoor(pages, transport.address)
    with pytest.raises(OSError, match=f"cannot listen on {transport.address}: .*in use"):
        asyncio.run(second.start())


def test_stopping_lets_a_running_call_end():
    with door() as (transport, loop), client(transport) as connection:
        connection.request("GET", "/slow")
        wait_until(lambda: transport._busy)
        stopping = asyncio.run_coroutine_threadsafe(transport.stop(10), loop)
        assert connection.getresponse().read() == b"slow"
        stopping.result(5)
        with pytest.raises(ConnectionRefusedError):
            raw(transport, b"")


def test_stopping_cuts_and_cancels_what_does_not_end():
    events = []

    def never(call):
        call.on_message = lambda body, last: events.append("message")
        call.on_cancel = lambda: events.append("cancel")

    with door(never) as (transport, loop), client(transport) as connection:
        connection.request("GET", "/")
        wait_until(lambda: events)
        asyncio.run_coroutine_threadsafe(transport.stop(0.05), loop).result(5)
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
        assert events == ["message", "cancel"]


def wait_until(condition):
    async def poll():
        while not condition():
            await asyncio.sleep(0.005)

    asyncio.run(asyncio.wait_for(poll(), 10))
