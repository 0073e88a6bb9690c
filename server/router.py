"""Which protocol takes a call: a table of paths."""

import logging
from collections.abc import Callable
from typing import Literal

from ..transport.call import Call, Handler

_log = logging.getLogger(__name__)

_Wire = Literal["grpc", "http"]
_UNIMPLEMENTED, _INTERNAL = 12, 13


class Router:
    """A Handler that finds the Handler of a path: exact paths first, then the longest prefix.

    A handler that raises is answered INTERNAL (500) and logged; no other call is affected.
    streams: the paths on which more than one message may travel in a direction.
    """

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], Handler] = {}
        self._prefixes: list[tuple[str, str, Handler]] = []
        self.streams: set[str] = set()

    def add(self, path: str, handler: Handler, *, wire: _Wire = "grpc", stream: bool = False) -> None:
        """Give calls on `path` to `handler`; "/v2/*" stands for all that begins with "/v2/".

        Raises ValueError when the path is taken: two protocols would be one too many.
        """
        if (wire, path) in self._exact or any(row[:2] == (wire, path[:-1]) for row in self._prefixes):
            raise ValueError(f"{wire} path {path} is taken")
        if path.endswith("*"):
            self._prefixes.append((wire, path[:-1], handler))
            self._prefixes.sort(key=lambda row: len(row[1]), reverse=True)
        else:
            self._exact[wire, path] = handler
        if stream:
            self.streams.add(path)

    def services(self) -> list[str]:
        """The gRPC services that have a path, sorted."""
        return sorted({path.split("/")[1] for wire, path in self._exact if wire == "grpc"})

    def __call__(self, call: Call) -> None:
        handler = self._exact.get((call.protocol, call.path)) or self._by_prefix(call) or _unknown
        guarded = _Guarded(call)
        guarded.run(handler, call)
        call.on_message = guarded.around(call.on_message)

    def _by_prefix(self, call: Call) -> Handler | None:
        rows = self._prefixes
        return next((own for wire, prefix, own in rows if wire == call.protocol and call.path.startswith(prefix)), None)


class _Guarded:
    """Runs a protocol's code for one call; what it raises ends this call alone."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def run(self, step: Callable[..., None], *args: object) -> None:
        try:
            step(*args)
        except Exception:
            _log.exception("%s %s failed", self._call.protocol, self._call.path)
            self._call.finish(_INTERNAL if self._call.protocol == "grpc" else 500, "internal error; the log says more")

    def around(self, step: Callable[[memoryview, bool], None]) -> Callable[[memoryview, bool], None]:
        return lambda body, last: self.run(step, body, last)


def _unknown(call: Call) -> None:
    if call.protocol == "grpc":
        call.finish(_UNIMPLEMENTED, f"unknown method {call.path}")
    else:
        call.finish(404, f"no page {call.path}")
