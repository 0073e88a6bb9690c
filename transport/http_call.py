"""A Call whose answer leaves in one piece over HTTP/1.1."""

import asyncio
from http import HTTPStatus
from urllib.parse import unquote

from .call import Buffer, Call, Metadata

_TEXT = {"content-type": "text/plain; charset=utf-8"}


class HttpCall(Call):
    """Collects the answer; `answered` wakes the connection that sends it."""

    __slots__ = ("answered", "body", "headers", "status")

    def __init__(self, method: str, target: str, metadata: Metadata, peer: str) -> None:
        path, _, query = target.partition("?")
        super().__init__("http", method, unquote(path), query=query, metadata=metadata, peer=peer)
        self.answered = asyncio.Event()
        self.status = 200
        self.headers: dict[str, str | bytes] = {}
        self.body = bytearray()

    def start(self, metadata: Metadata) -> None:
        if not self.answered.is_set():
            self.headers = dict(metadata)
            self.status = int(self.headers.pop(":status", 200))

    def reply(self, body: Buffer, final: bool = True) -> None:
        if not self.answered.is_set():
            self.body += body
            if final:
                self.answered.set()

    def finish(self, status: int, message: str = "", trailers: Metadata | None = None) -> None:
        if not self.answered.is_set():
            self.status, self.headers = status, {**_TEXT, **(trailers or {})}
            self.body = bytearray(f"{message}\n".encode())
            self.answered.set()

    def encode(self, keep: bool) -> bytes:
        """The whole answer as it goes out; `keep` tells the peer whether the connection stays."""
        phrase = HTTPStatus(self.status).phrase if self.status in set(HTTPStatus) else "Status"
        connection = "keep-alive" if keep else "close"
        headers = {**self.headers, "content-length": str(len(self.body)), "connection": connection}
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if self.method == "HEAD" else self.body)


def parse(head: bytes, peer: str) -> tuple[HttpCall, bool]:
    """The call in a request head, and whether its connection may stay. Raises ValueError saying what is wrong."""
    first, *rest = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, target, version = first.split(" ") if first.count(" ") == 2 else ("", "", "")
    if not target.startswith("/") or version not in ("HTTP/1.1", "HTTP/1.0"):
        raise ValueError(f"{first[:80]!r} is not an HTTP/1.1 request line")
    headers: dict[str, str | bytes] = {}
    for line in rest:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise ValueError(f"{line[:80]!r} is not a header")
        headers[name.lower()] = value.strip()
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise ValueError("this door takes no request bodies")
    asked = str(headers.get("connection", "")).lower()
    keep = asked != "close" if version == "HTTP/1.1" else asked == "keep-alive"
    return HttpCall(method, target, headers, peer), keep
