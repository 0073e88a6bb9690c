"""A gRPC door, on either transport, asked by grpc's own client over loopback."""

import asyncio
import math

import grpc
import pytest
from doors import LIMIT, Kept, echo, until


def test_a_unary_call_is_delivered_once_and_answered(run):
    kept = Kept()

    def handler(call):
        def answer(body, last):
            kept.events.append((bytes(body), last))
            call.reply(b"first")
            call.reply(b"late")
            call.finish(13, "late")

        call.on_message = answer

    async def scenario(channel, transport):
        assert await channel.unary_unary("/a.B/C")(b"abc") == b"first"
        assert kept.events == [(b"abc", True)]

    run(scenario, handler)


def test_a_call_tells_path_metadata_peer_and_deadline(run):
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
        assert left == pytest.approx(5, abs=0.5), "grpcio counts on another clock"
        assert unbounded.deadline == math.inf

    run(scenario, handler)


def test_metadata_status_and_trailers_reach_the_caller(run):
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


def test_an_error_carries_no_message(run):
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


def test_an_answer_may_come_later(run):
    kept = Kept()

    async def scenario(channel, transport):
        asked = asyncio.ensure_future(channel.unary_unary("/a.B/C")(b"abc"))
        await kept.arrived.wait()
        kept.calls[0].reply(memoryview(b"later"))
        assert await asked == b"later"

    run(scenario, kept)


def test_a_cancelled_call_tells_its_holder_once(run):
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


def test_a_passed_deadline_cancels_the_call(run):
    kept = Kept()

    async def scenario(channel, transport):
        with pytest.raises(grpc.aio.AioRpcError) as late:
            await channel.unary_unary("/a.B/C")(b"abc", timeout=0.2)
        assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        await until(lambda: "cancel" in kept.events)

    run(scenario, kept)


def test_a_caller_that_closes_its_connection_cancels(run):
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
def test_messages_are_bounded(run, size, code):
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


def test_answers_are_not_bounded_by_the_limit_for_requests(run):
    async def scenario(channel, transport):
        async with grpc.aio.insecure_channel(
            transport.address, options=(("grpc.max_receive_message_length", -1),)
        ) as wide:
            assert len(await wide.unary_unary("/a.B/C")(b"")) == 8 << 20

    run(scenario, lambda call: call.reply(bytes(8 << 20)))


def test_a_port_in_use_is_refused_by_name(run):
    async def scenario(channel, transport):
        second = type(transport)(echo, transport.address, max_message_bytes=LIMIT)
        with pytest.raises(OSError, match=f"cannot listen on {transport.address}: Address already in use"):
            await second.start()
        assert await channel.unary_unary("/a.B/C")(b"ab") == b"ba"

    run(scenario, echo)


def test_stopping_lets_a_running_call_end(run):
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


def test_stopping_cuts_what_does_not_end(run):
    kept = Kept()

    async def scenario(channel, transport):
        asked = asyncio.ensure_future(channel.unary_unary("/a.B/C")(b"abc"))
        await kept.arrived.wait()
        await transport.stop(0.1)
        with pytest.raises(grpc.aio.AioRpcError):
            await asked
        await until(lambda: "cancel" in kept.events)

    run(scenario, kept)
