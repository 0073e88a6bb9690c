"""HTTP/1.1 asked by clients that others wrote: http.client, urllib, curl, over the least of asyncio protocols."""

import asyncio
import gzip
import http.client
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from contextlib import contextmanager
from threading import Thread

import pytest

from graphserver.transport.http1.connection import Http1Connection
from graphserver.transport.http1.limits import Limits

LIMIT = 4 << 20
EVENTS = 2000


class Socket(asyncio.Protocol):
    """Carries an Http1Connection: one write a tick, reading only while it accepts, a lingering close."""

    def __init__(self):
        self.writable = True
        self.loop = asyncio.get_running_loop()

    def connection_made(self, transport):
        self.transport = transport
        limits = Limits(max_message_bytes=LIMIT, max_inflated_bytes=LIMIT, max_unanswered=4)
        self.connection = Http1Connection(serve, limits, self.loop.time, "peer:1")
        self.connection.on_output = lambda: self.loop.call_soon(self.flush)

    def data_received(self, data):
        self.connection.receive(data)

    def connection_lost(self, exc):
        self.connection.lost()

    def pause_writing(self):
        self.writable = False

    def resume_writing(self):
        self.writable = True
        self.flush()

    def flush(self):
        connection = self.connection
        if not self.writable or self.transport.is_closing():
            return
        out, connection.out = connection.out, []
        if out:
            self.transport.writelines(out)
        (self.transport.resume_reading if connection.accepting else self.transport.pause_reading)()
        if connection.closing and not connection.out:
            # Closing over unread bytes would reset the connection, and the answer with it.
            self.transport.write_eof()
            self.loop.call_later(2, self.transport.close)
        elif self.writable:
            connection.flushed()


def serve(call):
    """/events streams with back-pressure, /later answers in the next tick, the rest is told what it sent."""
    if call.path == "/events":
        call.on_message = lambda body, last: stream(call)
    elif call.path == "/later":
        call.on_message = lambda body, last: asyncio.get_running_loop().call_later(0.02, call.reply, b"later")
    elif call.path == "/v2/missing":
        call.on_message = lambda body, last: call.finish(404, "no model 'missing'")
    else:
        call.on_message = lambda body, last: answer(call, body)


def answer(call, body):
    call.start({":status": "200", "content-type": "application/octet-stream", "x-method": call.method})
    call.reply(bytes(body)[::-1])


def stream(call):
    numbers = iter(range(EVENTS))

    def more():
        while call.ready:
            number = next(numbers)
            call.reply(b"data: %d %s\n\n" % (number, b"x" * 500), final=number == EVENTS - 1)
            if number == EVENTS - 1:
                return

    call.start({":status": "200", "content-type": "text/event-stream"})
    call.on_ready = more
    more()


@pytest.fixture(scope="module")
def address():
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def listen():
        return await loop.create_server(Socket, "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def stop():
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@contextmanager
def client(address):
    connection = http.client.HTTPConnection(address, timeout=20)
    try:
        yield connection
    finally:
        connection.close()


def ask(connection, *request, **options):
    connection.request(*request, **options)
    response = connection.getresponse()
    return response.status, response.read(), response


def curl(*arguments, stdin=b""):
    """What curl prints; a tool that is not there is a skip by name."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = ["curl", "--silent", "--show-error", "--max-time", "20", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout


@pytest.mark.parametrize("size", [0, 1, 1000, 70_000, LIMIT])
def test_bodies_of_any_size_go_both_ways(address, size):
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    with client(address) as connection:
        for _ in range(3):
            assert ask(connection, "POST", "/echo", body)[:2] == (200, body[::-1])


def test_one_connection_carries_every_kind_of_request(address):
    with client(address) as connection:
        assert ask(connection, "GET", "/a")[0] == 200
        own = connection.sock
        chunks = iter([b"abc", b"def"])
        assert ask(connection, "POST", "/a", chunks, encode_chunked=True)[:2] == (200, b"fedcba")
        assert ask(connection, "HEAD", "/a")[:2] == (200, b"")
        status, body, response = ask(connection, "GET", "/v2/missing")
        assert (status, json.loads(body)) == (404, {"error": "no model 'missing'"})
        assert response.getheader("content-type") == "application/json"
        assert ask(connection, "GET", "/later")[:2] == (200, b"later")
        assert connection.sock is own


def test_a_stream_longer_than_any_buffer_arrives_whole(address):
    with client(address) as connection:
        status, body, response = ask(connection, "GET", "/events")
        assert (status, response.getheader("transfer-encoding")) == (200, "chunked")
        assert [int(event.split()[1]) for event in body.split(b"\n\n")[:-1]] == list(range(EVENTS))
        assert ask(connection, "GET", "/a")[0] == 200


def test_codings_both_ways(address):
    body = b"abcd" * 5000
    with client(address) as connection:
        headers = {"Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
        status, got, response = ask(connection, "POST", "/a", gzip.compress(body), headers)
        assert (status, response.getheader("content-encoding")) == (200, "gzip")
        assert gzip.decompress(got) == body[::-1]


def test_a_bomb_is_refused(address):
    with client(address) as connection:
        bomb = gzip.compress(bytes(20 * LIMIT))
        assert ask(connection, "POST", "/a", bomb, {"Content-Encoding": "gzip"})[0] == 413
        assert ask(connection, "GET", "/a")[0] == 200, "over a connection of its own"


def test_an_upload_beyond_the_limit_reads_why(address):
    with client(address) as connection:
        connection.putrequest("POST", "/a")
        connection.putheader("Content-Length", str(LIMIT + 1))
        connection.endheaders()
        connection.send(bytes(LIMIT // 2))
        response = connection.getresponse()
        assert (response.status, response.read()) == (
            413,
            b"a request body is at most %d bytes, not %d\n" % (LIMIT, LIMIT + 1),
        )


def test_urllib(address):
    with urllib.request.urlopen(f"http://{address}/a", b"xyz", timeout=20) as response:
        assert (response.status, response.read()) == (200, b"zyx")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://{address}/v2/missing", timeout=20)
    with refused.value as response:
        assert (response.code, json.load(response)) == (404, {"error": "no model 'missing'"})


def test_curl(address):
    url = f"http://{address}/a"
    body = b"abcd" * (300 << 10)  # large enough for Expect: 100-continue
    post = ("--data-binary", "@-", "-H", "Content-Type: application/octet-stream")
    assert curl(*post, url, stdin=body) == body[::-1]
    assert curl(*post, "-H", "Expect: 100-continue", url, stdin=body) == body[::-1]
    assert curl(*post, "-H", "Transfer-Encoding: chunked", url, stdin=body) == body[::-1]
    assert curl(*post, "--http1.0", url, stdin=body) == body[::-1]
    assert curl(*post, "--compressed", url, stdin=body[:5000]) == body[:5000][::-1]
    assert curl("--head", url).startswith(b"HTTP/1.1 200 OK\r\n")
    assert curl("--http2", url, "-o", "/dev/null", "-w", "%{http_code} %{http_version}") == b"200 1.1"
    assert curl("--http2", *post, url, stdin=b"xyz") == b"zyx", "an offer to upgrade is passed over"
    assert curl("-w", "%{num_connects} ", url, url, url, "-o", "/dev/null", "-o", "/dev/null").split() == [
        b"1",
        b"0",
        b"0",
    ]
    assert len(curl("--no-buffer", f"http://{address}/events").split(b"\n\n")) == EVENTS + 1
