"""The gRPC door, asked by grpc's own client over loopback."""

import asyncio
import math
from contextlib import asynccontextmanager

import grpc
import pytest

from graphserver.transport.grpcio import GrpcioTransport

LIMIT = 1 << 16


def run(scenario, handler, streams=()):
    """Run `scenario(channel, transport)` against a door that hands its calls to `handler`."""

    async def main():
        async with serving(handler, streams) as (channel, transport):
            await asyncio.wait_for(scenario(channel, transport), 20)

    asyncio.run(main())


@asynccontextmanager
async def serving(handler, streams=()):
    transport = GrpcioTransport(handler, "127.0.0.1:0", max_message_bytes=LIMIT, streams=frozenset(streams))
    await transport.start()
    async with grpc.aio.insecure_channel(transport.address) as channel:
        yield channel, transport
    await transport.stop(0)


def echo(call):
    call.on_message = lambda body, last: call.reply(bytes(body)[::-1])


class Kept:
    """A handler that answers nothing and remembers its calls."""

    def __init__(self):
        self.calls = []
        self.events = []
        self.arrived = asyncio.Event()

    def __call__(self, call):
        self.calls.append(call)
        call.on_message = self._message
        call.on_cancel = lambda: self.events.append("cancel")

    def _message(self, body, last):
        self.events.append((bytes(body), last))
        self.arrived.set()


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def test_a_unary_call_is_delivered_once_and_answered():
    kept = Kept()

    def handler(call):
        kept(call)
        call.reply(b"first")
        call.reply(b"late")
        call.finish(13, "late")

    async def scenario(channel, transport):
        assert await channel.unary_unary("/a.B/C")(b"abc") == b"first"
        assert kept.events == [(b"abc", True)]

    run(scenario, handler)


def test_a_call_tells_path_metadata_peer_and_deadline():
    seen = []

    def handler(call):
        seen.append((call, call.deadline - asyncio.get_running_loop().time()))
        echo(call)

    async def scenario(channel, transport):
        metadata = (("key", "1"), ("key", "2"), ("raw-bin", b"\x00\xff"))
        await channel.unary_unary("/a.B/C")(b"", metadata=metadata, timeout=5)
        await channel.unary_unary("/a.B/C")(b"")
        (call, left), (unbounded, _) = seen
        assert (call.protocol, call.method, call.path) == ("grpc", "POST", "/a.B/C")
        assert (call.metadata["key"], call.metadata["raw-bin"]) == ("1,2", b"\x00\xff")
        assert call.peer.startswith("127.0.0.1:")
        assert 4 < left <= 5
        assert unbounded.deadline == math.inf

    run(scenario, handler)


def test_metadata_status_and_trailers_reach_the_caller():
    def handler(call):
        call.start({"first": "1"})
        call.finish(5, "no such thing: é", {"why-bin": b"\x01"})

    async def scenario(channel, transport):
        asked = channel.unary_unary("/a.B/C")(b"")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await asked
        assert (refused.value.code(), refused.value.details()) == (grpc.StatusCode.NOT_FOUND, "no such thing: é")
        assert dict(refused.value.trailing_metadata())["why-bin"] == b"\x01"
        assert dict(await asked.initial_metadata())["first"] == "1"

    run(scenario, handler)


def test_an_error_carries_no_message():
    """Java's client reads a message before the status, and an empty one is no FlatResult."""
    read = []

    def ask(address):
        with grpc.insecure_channel(address) as channel, pytest.raises(grpc.RpcError) as refused:
            channel.unary_unary("/a.B/C", response_deserializer=read.append)(b"", timeout=10)
        return refused.value.code()

    async def scenario(channel, transport):
        assert await asyncio.to_thread(ask, transport.address) is grpc.StatusCode.NOT_FOUND
        assert read == []

    run(scenario, lambda call: call.finish(5, "no such thing"))


def test_an_answer_may_come_later():
    kept = Kept()

    async def scenario(channel, transport):
        asked = asyncio.ensure_future(channel.unary_unary("/a.B/C")(b"abc"))
        await kept.arrived.wait()
        kept.calls[0].reply(memoryview(b"later"))
        assert await asked == b"later"

    run(scenario, kept)


def test_a_cancelled_call_tells_its_holder_once():
    kept = Kept()

    async def scenario(channel, transport):
        asked = channel.unary_unary("/a.B/C")(b"abc")
        waiting = asyncio.ensure_future(asyncio.wait_for(asked, 10))
        await kept.arrived.wait()
        asked.cancel()
        await until(lambda: "cancel" in kept.events)
        kept.calls[0].reply(b"too late")
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert kept.events == [(b"abc", True), "cancel"]

    run(scenario, kept)


def test_a_passed_deadline_cancels_the_call():
    kept = Kept()

    async def scenario(channel, transport):
        with pytest.raises(grpc.aio.AioRpcError) as late:
            await channel.unary_unary("/a.B/C")(b"abc", timeout=0.2)
        assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        await until(lambda: "cancel" in kept.events)

    run(scenario, kept)


def test_a_caller_that_closes_its_connection_cancels():
    kept = Kept()

    async def scenario(channel, transport):
        other = grpc.aio.insecure_channel(transport.address)
        asked = other.unary_unary("/a.B/C")(b"abc")
        await kept.arrived.wait()
        await other.close()
        await until(lambda: "cancel" in kept.events)
        assert asked.cancelled()

    run(scenario, kept)


@pytest.mark.parametrize(("size", "code"), [(LIMIT, None), (LIMIT + 1, grpc.StatusCode.RESOURCE_EXHAUSTED)])
def test_messages_are_bounded(size, code):
    async def scenario(channel, transport):
        asked = channel.unary_unary("/a.B/C")
        if code is None:
            assert len(await asked(bytes(size))) == size
            return
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await asked(bytes(size))
        assert refused.value.code() is code
        assert await asked(b"ab") == b"ba", "the connection goes on"

    run(scenario, echo)


def test_answers_are_not_bounded_by_the_limit_for_requests():
    async def scenario(channel, transport):
        async with grpc.aio.insecure_channel(
            transport.address, options=(("grpc.max_receive_message_length", -1),)
        ) as wide:
            assert len(await wide.unary_unary("/a.B/C")(b"")) == 8 << 20

    run(scenario, lambda call: call.reply(bytes(8 << 20)))


STREAM = "/a.B/Stream"


def test_a_server_stream_sends_each_reply():
    def handler(call):
        call.start({"first": "1"})
        for i in range(3):
            call.reply(b"%d" % i, final=i == 2)

    async def scenario(channel, transport):
        asked = channel.unary_stream(STREAM)(b"go")
        assert [body async for body in asked] == [b"0", b"1", b"2"]
        assert dict(await asked.initial_metadata())["first"] == "1"

    run(scenario, handler, [STREAM])


def test_a_stream_may_fail_after_replies():
    def handler(call):
        call.reply(b"part", final=False)
        call.finish(13, "broke")

    async def scenario(channel, transport):
        asked = channel.unary_stream(STREAM)(b"go")
        assert await asked.read() == b"part"
        with pytest.raises(grpc.aio.AioRpcError, match="broke"):
            await asked.read()

    run(scenario, handler, [STREAM])


def test_a_client_stream_delivers_each_message_and_then_its_end():
    events = []

    def handler(call):
        def on_message(body, last):
            events.append((bytes(body), last))
            if last:
                call.reply(b"%d" % len(events))

        call.on_message = on_message

    async def scenario(channel, transport):
        assert await channel.stream_unary(STREAM)(iter([b"a", b"", b"c"])) == b"4"
        assert events == [(b"a", False), (b"", False), (b"c", False), (b"", True)]

    run(scenario, handler, [STREAM])


def test_both_sides_of_a_stream_take_turns():
    def handler(call):
        call.on_message = lambda body, last: call.reply(bytes(body).upper(), final=last)

    async def scenario(channel, transport):
        asked = channel.stream_stream(STREAM)()
        for word in (b"a", b"b"):
            await asked.write(word)
            assert await asked.read() == word.upper()
        await asked.done_writing()
        assert await asked.read() == b""
        assert await asked.read() is grpc.aio.EOF

    run(scenario, handler, [STREAM])


def test_a_stream_tells_when_its_caller_lags_and_when_it_is_ready_again():
    kept = Kept()

    async def scenario(channel, transport):
        asked = channel.unary_stream(STREAM)(b"go")
        await kept.arrived.wait()
        call = kept.calls[0]
        call.on_ready = lambda: kept.events.append("ready")
        for _ in range(40):
            call.reply(bytes(LIMIT), final=False)
        assert not call.ready
        call.reply(b"end")
        assert sum([len(body) async for body in asked]) == 40 * LIMIT + 3
        assert call.ready
        assert kept.events.count("ready") == 1

    run(scenario, kept, [STREAM])


def test_a_cancelled_stream_tells_its_holder():
    kept = Kept()

    async def scenario(channel, transport):
        asked = channel.unary_stream(STREAM)(b"go")
        await kept.arrived.wait()
        asked.cancel()
        await until(lambda: "cancel" in kept.events)

    run(scenario, kept, [STREAM])


def test_a_port_in_use_is_refused_by_name():
    async def scenario(channel, transport):
        second = GrpcioTransport(echo, transport.address, max_message_bytes=LIMIT)
        with pytest.raises(OSError, match=f"cannot listen on {transport.address}: Address already in use"):
            await second.start()
        assert await channel.unary_unary("/a.B/C")(b"ab") == b"ba"

    run(scenario, echo)


def test_stopping_lets_a_running_call_end():
    kept = Kept()

    async def scenario(channel, transport):
        asked = asyncio.ensure_future(channel.unary_unary("/a.B/C")(b"abc"))
        await kept.arrived.wait()
        stopping = asyncio.ensure_future(transport.stop(10))
        await asyncio.sleep(0.05)
        with pytest.raises(grpc.aio.AioRpcError):
            async with grpc.aio.insecure_channel(transport.address) as other:
                await other.unary_unary("/a.B/C")(b"new", timeout=5)
        kept.calls[0].reply(b"done")
        assert await asked == b"done"
        await stopping
        assert len(kept.calls) == 1

    run(scenario, kept)


def test_stopping_cuts_what_does_not_end():
    kept = Kept()

    async def scenario(channel, transport):
        asked = asyncio.ensure_future(channel.unary_unary("/a.B/C")(b"abc"))
        await kept.arrived.wait()
        await transport.stop(0.1)
        with pytest.raises(grpc.aio.AioRpcError):
            await asked
        await until(lambda: "cancel" in kept.events)

    run(scenario, kept)
