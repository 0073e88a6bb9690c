"""An HTTP/1.1 connection without a socket, for tests: a clock to turn, bytes to send, answers to read."""

from graphserver.transport.http1.connection import Http1Connection
from graphserver.transport.http1.limits import Limits

HOST = b"Host: a\r\n"


def request(line=b"GET /", headers=b"", body=b"") -> bytes:
    """A request in HTTP/1.1 with a Host and the length of its body."""
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    return line + b" HTTP/1.1\r\n" + HOST + headers + length + b"\r\n" + body


class Peer:
    """The far end of a connection whose calls `handler` takes (default: kept in `calls`, unanswered)."""

    def __init__(self, handler=None, **limits):
        self.now = 0.0
        self.calls = []
        self.bodies = []
        self.cancelled = []
        self.outputs = 0
        self.connection = Http1Connection(handler or self._keep, Limits(**limits), lambda: self.now, "peer:1")
        self.connection.on_output = self._on_output

    def send(self, data: bytes, size: int | None = None) -> bytes:
        """Send, in pieces of `size` bytes; what is answered at once."""
        size = size or len(data) or 1
        for at in range(0, len(data), size):
            self.connection.receive(data[at : at + size])
        return self.read()

    def read(self) -> bytes:
        """What was answered since, as a socket that takes everything would carry it."""
        out, self.connection.out = self.connection.out, []
        if out:
            self.connection.flushed()
        return b"".join(out)

    def wait(self, seconds: float) -> bytes:
        """Let time pass, with the alarms that the connection has set."""
        until = self.now + seconds
        while (alarm := self.connection.next_timeout) is not None and alarm <= until:
            self.now = alarm
            self.connection.on_time(self.now)
        self.now = until
        return self.read()

    @property
    def closed(self) -> bool:
        return self.connection.closing

    def _keep(self, call):
        self.calls.append(call)
        call.on_message = lambda body, last: self.bodies.append(bytes(body))
        call.on_cancel = lambda: self.cancelled.append(call)

    def _on_output(self):
        self.outputs += 1


def echo(call):
    """Answer method, path, query and body."""
    call.on_message = lambda body, last: call.reply(
        b"|".join((call.method.encode(), call.path.encode(), call.query.encode(), bytes(body)))
    )


def status(answer: bytes) -> int:
    """Of the first answer in these bytes."""
    return int(answer.split(b" ", 2)[1])


def text(answer: bytes) -> str:
    """What follows the head of the first answer."""
    return answer.partition(b"\r\n\r\n")[2].decode()
