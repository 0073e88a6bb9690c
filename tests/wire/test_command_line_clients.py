"""Programs of the field, and grpc's blocking client, at one and the same port of the own wire."""

import asyncio
import re
import shutil
import struct

import grpc
import pytest
from doors import door

BODY = bytes(range(256)) * 4096
FRAMED = struct.pack(">BI", 0, 3) + b"abc"
GRPC = ("-H", "content-type: application/grpc", "-H", "te: trailers")


def page_or_echo(call):
    """GET: a page. Anything else: what was sent."""
    parts = []

    def take(body, last):
        parts.append(bytes(body))
        if last:
            call.reply(b"".join(parts) if call.method == "POST" else f"{call.method} {call.path}?{call.query}".encode())

    call.on_message = take


def serve(ask):
    """What the coroutine `ask(address)` answers, asked of an open door."""

    async def main():
        opened = door("wire", page_or_echo)
        await opened.start()
        try:
            return await ask(opened.address)
        finally:
            await opened.stop(0)

    return asyncio.run(main())


def run(program, *args, stdin=b""):
    """The program's output, run against a door; "ADDRESS" in its arguments is the door's."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"NOT TESTED: {program} is not installed")

    async def ask(address):
        process = await asyncio.create_subprocess_exec(
            path,
            *(arg.replace("ADDRESS", address) for arg in args),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await asyncio.wait_for(process.communicate(stdin), 60)
        assert process.returncode == 0, output
        return output

    return serve(ask)


def curl(*args, stdin=b""):
    return run("curl", "-sS", "--max-time", "20", *args, stdin=stdin)


@pytest.mark.parametrize("protocol", ["--http2-prior-knowledge", "--http1.1"])
class TestCurl:
    def test_gets_a_page(self, protocol):
        assert curl(protocol, "http://ADDRESS/some/page?a=1") == b"GET /some/page?a=1"

    def test_gets_a_head_without_a_body(self, protocol):
        assert b" 200" in curl(protocol, "-I", "http://ADDRESS/").splitlines()[0]

    def test_posts_a_body(self, protocol):
        assert curl(protocol, "--data-binary", "@-", "http://ADDRESS/", stdin=BODY) == BODY

    def test_posts_a_body_in_chunks(self, protocol):
        assert curl(protocol, "-T", "-", "-X", "POST", "http://ADDRESS/", stdin=BODY) == BODY


def test_curl_asks_twice_on_one_connection():
    """HTTP/1.1 only: curl 7.88 cannot use a connection again that began as HTTP/2 without TLS, whatever the server."""
    assert curl("--http1.1", "-w", "%{num_connects}", "http://ADDRESS/", "http://ADDRESS/") == b"GET /?1GET /?0"


def test_nghttp_asks_for_many_pages_on_one_connection():
    pages = [f"http://ADDRESS/page{i}" for i in range(20)]
    assert sorted(run("nghttp", *pages).split(b"GET ")) == sorted([b"", *(b"/page%d?" % i for i in range(20))])


def test_curl_sees_grpc_messages_and_trailers():
    said = curl("--http2-prior-knowledge", "-i", *GRPC, "--data-binary", "@-", "http://ADDRESS/a.B/C", stdin=FRAMED)
    head, _, rest = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/2 200")
    assert rest.startswith(FRAMED)
    assert b"grpc-status: 0" in rest


@pytest.mark.parametrize("shape", [("1", "1"), ("8", "8"), ("64", "1")], ids="x".join)
def test_h2load_gets_every_answer(shape, tmp_path):
    (tmp_path / "frame").write_bytes(FRAMED)
    connections, streams = shape
    said = run(
        *("h2load", "-n", "2000", "-c", connections, "-m", streams, "-d", str(tmp_path / "frame")),
        *("-H", "content-type: application/grpc", "-H", "te: trailers", "http://ADDRESS/a.B/C"),
    ).decode()
    assert "2000 succeeded, 0 failed, 0 errored, 0 timeout" in said
    assert re.search(r"status codes: 2000 2xx", said)


@pytest.mark.parametrize("size", [0, 1, 1 << 20])
def test_the_blocking_client_gets_its_bytes_back(size):
    def ask(address):
        with grpc.insecure_channel(address) as channel:
            return channel.unary_unary("/a.B/C")(BODY[:size], timeout=20)

    assert serve(lambda address: asyncio.to_thread(ask, address)) == BODY[:size]


def test_the_blocking_client_compresses():
    def ask(address):
        with grpc.insecure_channel(address, compression=grpc.Compression.Gzip) as channel:
            return channel.unary_unary("/a.B/C")(BODY, timeout=20)

    assert serve(lambda address: asyncio.to_thread(ask, address)) == BODY
