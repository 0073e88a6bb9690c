"""A gRPC server that speaks DL4J's messages and shares no code with ours but the codec."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc

from graphserver.proto import messages
from graphserver.proto.messages import NamedArray


class Answers(grpc.GenericRpcHandler):
    """Graphs that answer their inputs doubled; graph 13 is slow until `hold` is set."""

    def __init__(self) -> None:
        self.graphs: dict[int, bytes] = {}
        self.metadata: dict[str, str] = {}
        self.hold = threading.Event()

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        self.metadata = dict(details.invocation_metadata)
        method = details.method.rpartition("/")[2]
        return grpc.unary_unary_rpc_method_handler(getattr(self, method)) if hasattr(self, method) else None

    def RegisterGraph(self, body: bytes, context: grpc.ServicerContext) -> bytes:
        id = messages.read_graph_id(body)
        if id in self.graphs:
            context.abort(grpc.StatusCode.ALREADY_EXISTS, f"graph {id} is registered")
        return self.ReplaceGraph(body, context)

    def ReplaceGraph(self, body: bytes, context: grpc.ServicerContext) -> bytes:
        self.graphs[messages.read_graph_id(body)] = body
        return bytes(messages.write_response())

    def ForgetGraph(self, body: bytes, context: grpc.ServicerContext) -> bytes:
        if self.graphs.pop(messages.read_drop_request(body), None) is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such graph")
        return bytes(messages.write_response())

    def InferenceRequest(self, body: bytes, context: grpc.ServicerContext) -> bytes:
        request = messages.read_inference_request(body)
        if request.id == 13:
            self.hold.wait(20)
        outputs = [NamedArray(f"{each.name}2", each.key, each.array * 2) for each in request.inputs]
        return bytes(messages.write_result(0, outputs))

    def Check(self, body: bytes, context: grpc.ServicerContext) -> bytes:
        if body:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
        return b"\x08\x01"


@contextmanager
def answering() -> Iterator[tuple[str, Answers]]:
    """The address of a running one, and the server itself."""
    handler = Answers()
    server = grpc.server(ThreadPoolExecutor(4), [handler], options=[("grpc.max_receive_message_length", -1)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}", handler
    finally:
        handler.hold.set()
        server.stop(None).wait()
