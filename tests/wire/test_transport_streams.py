"""Calls of more than one message, on either transport, asked by grpc's own client over loopback."""

import asyncio

import grpc
import pytest
from doors import LIMIT, Kept, until

STREAM = "/a.B/Stream"


def test_a_server_stream_sends_each_reply(run):
    def handler(call):
        call.start({"first": "1"})
        for i in range(3):
            call.reply(b"%d" % i, final=i == 2)

    async def scenario(channel, transport):
        asked = channel.unary_stream(STREAM)(b"go")
        assert [body async for body in asked] == [b"0", b"1", b"2"]
        assert dict(await asked.initial_metadata())["first"] == "1"

    run(scenario, handler, [STREAM])


def test_a_stream_may_fail_after_replies(run):
    def handler(call):
        call.reply(b"part", final=False)
        call.finish(13, "broke")

    async def scenario(channel, transport):
        asked = channel.unary_stream(STREAM)(b"go")
        assert await asked.read() == b"part"
        with pytest.raises(grpc.aio.AioRpcError, match="broke"):
            await asked.read()

    run(scenario, handler, [STREAM])


def test_a_client_stream_delivers_each_message_and_then_its_end(run):
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


def test_both_sides_of_a_stream_take_turns(run):
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


async def sizes(asked):
    return [len(body) async for body in asked]


def test_a_stream_tells_when_its_caller_lags_and_when_it_is_ready_again(run):
    kept = Kept()

    async def scenario(channel, transport):
        asked = channel.unary_stream(STREAM)(b"go")
        await kept.arrived.wait()
        call = kept.calls[0]
        call.on_ready = lambda: kept.events.append("ready")
        for _ in range(40):
            call.reply(bytes(LIMIT), final=False)
        assert not call.ready
        reading = asyncio.ensure_future(sizes(asked))
        await until(lambda: call.ready)
        assert kept.events.count("ready") == 1
        call.reply(b"end")
        assert sum(await reading) == 40 * LIMIT + 3

    run(scenario, kept, [STREAM])


def test_a_cancelled_stream_tells_its_holder(run):
    kept = Kept()

    async def scenario(channel, transport):
        asked = channel.unary_stream(STREAM)(b"go")
        await kept.arrived.wait()
        asked.cancel()
        await until(lambda: "cancel" in kept.events)

    run(scenario, kept, [STREAM])
