"""RegisterGraph, ReplaceGraph and ForgetGraph: graphs come and go while others are served."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from ...formats.registry import HEAD, recognise
from ...proto.messages import read_drop_request, read_graph_id, write_response
from ...spec.errors import GraphServerError, NotFound, Unsupported
from ...transport.call import Call, Handler
from ..service import InferenceService
from .answer import Answer, Context

_Change = Callable[[Answer, memoryview], Awaitable[None]]


class GraphChanges:
    """The Handlers of the three methods. A change that has begun is carried through, even if its caller leaves."""

    def __init__(self, service: InferenceService, context: Context) -> None:
        self._service = service
        self._context = context
        self._running: set[asyncio.Task[None]] = set()

    def handlers(self) -> dict[str, Handler]:
        """By method name."""
        return {
            "RegisterGraph": partial(self._take, self._register),
            "ReplaceGraph": partial(self._take, self._replace),
            "ForgetGraph": partial(self._take, self._forget),
        }

    def _take(self, change: _Change, call: Call) -> None:
        def start(body: memoryview, _last: bool) -> None:
            task = asyncio.ensure_future(self._carry_out(change, Answer(self._context, call), body))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

        call.on_message = start

    async def _carry_out(self, change: _Change, answer: Answer, body: memoryview) -> None:
        try:
            await change(answer, body)
        except GraphServerError as error:
            answer.refuse(error)
        except Exception:
            answer.crash()
        else:
            answer.send(write_response())

    async def _register(self, answer: Answer, body: memoryview) -> None:
        answer.graph = _graph_id(body)
        await self._service.register(answer.graph, bytes(body))

    async def _replace(self, answer: Answer, body: memoryview) -> None:
        answer.graph = _graph_id(body)
        await self._service.replace(answer.graph, bytes(body))

    async def _forget(self, answer: Answer, body: memoryview) -> None:
        answer.graph = read_drop_request(body)
        try:
            await self._service.forget(answer.graph)
        except NotFound:
            if not self._context.dl4j_compat:  # the original says OK to forgetting what it never knew
                raise


def _graph_id(body: memoryview) -> int:
    """Raises InvalidArgument, or Unsupported for another format of models: only a FlatGraph carries an id."""
    known = recognise(bytes(body[:HEAD]))
    if known.name != "samediff":
        raise Unsupported(f"the message begins like a model in {known.name.upper()} format, expected a FlatGraph")
    return read_graph_id(body)
