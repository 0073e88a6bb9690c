"""Frames about the connection and about streams as such, kind by kind (RFC 9113 §6)."""

from collections.abc import Callable

from .errors import FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, NO_ERROR, PROTOCOL_ERROR, ConnectionFault
from .frames import ACK, MAX_ID, MAX_WINDOW, PING, SETTINGS, frame, goaway
from .patience import Patience
from .payloads import PRIORITY_BYTES, check_connection_frame, check_priority, read_long
from .request_frames import Requests
from .settings import Limits, read_settings
from .stream import Owner
from .stream_table import RESET_BY_PEER

KEEPALIVE, DRAIN = b"keepaliv", b"draining"
"""What our PINGs carry."""

_SETTINGS_ACK = frame(SETTINGS, ACK, 0)


class Control(Requests):
    """Follows the peer's settings, windows and resets, answers its PINGs, and leaves in good order."""

    def __init__(self, owner: Owner, limits: Limits, clock: Callable[[], float]) -> None:
        super().__init__(owner, limits, Patience(limits, clock))
        self._clock = clock
        self._draining = False
        self.unanswered_ping_at: float | None = None

    def drain(self) -> None:
        """Leave in good order: GOAWAY without a last id, and with it once the peer has read that (§6.8).

        `closing` is set when the last stream is over.
        """
        if self._draining:
            return
        self._draining = True
        self.out.append(goaway(MAX_ID, NO_ERROR))
        self.out.append(frame(PING, 0, 0, DRAIN))

    def ping(self) -> None:
        """Ask the peer whether it is still there."""
        self.out.append(frame(PING, 0, 0, KEEPALIVE))
        if self.unanswered_ping_at is None:
            self.unanswered_ping_at = self._clock()

    def _on_priority(self, flags: int, stream_id: int, payload: bytes) -> None:  # noqa: ARG002 - one shape
        """Deprecated, so ignored (§5.3.2)."""
        if not stream_id:
            raise ConnectionFault(PROTOCOL_ERROR, "PRIORITY on stream 0")
        if len(payload) == PRIORITY_BYTES:
            check_priority(stream_id, payload)
            self._patience.strike(len(self.out))
        elif stream := self.streams.get(stream_id):
            self._fault(stream, FRAME_SIZE_ERROR)
        elif self._is_idle(stream_id):
            raise ConnectionFault(FRAME_SIZE_ERROR, f"PRIORITY has {len(payload)} bytes, expected {PRIORITY_BYTES}")
        else:
            self._refuse(stream_id, FRAME_SIZE_ERROR)

    def _on_rst_stream(self, flags: int, stream_id: int, payload: bytes) -> None:  # noqa: ARG002 - one shape
        code = read_long("RST_STREAM", payload)
        if self._is_idle(stream_id):
            raise ConnectionFault(PROTOCOL_ERROR, f"RST_STREAM on stream {stream_id}, which is idle")
        if stream := self.streams.get(stream_id):
            self._close(stream, RESET_BY_PEER)
            self._owner.on_reset(stream, code)
            self._patience.strike(len(self.out))

    def _on_settings(self, flags: int, stream_id: int, payload: bytes) -> None:
        check_connection_frame("SETTINGS", stream_id)
        self._patience.strike(len(self.out))
        if not flags & ACK:
            settings = read_settings(payload)
            self.out.append(_SETTINGS_ACK)  # before the DATA that they may set free
            self._apply(settings)
        elif payload:
            raise ConnectionFault(FRAME_SIZE_ERROR, f"SETTINGS with ACK has {len(payload)} bytes, expected none")

    def _on_push_promise(self, flags: int, stream_id: int, payload: bytes) -> None:  # noqa: ARG002 - one shape
        raise ConnectionFault(PROTOCOL_ERROR, "PUSH_PROMISE from a client")

    def _on_ping(self, flags: int, stream_id: int, payload: bytes) -> None:
        check_connection_frame("PING", stream_id)
        if len(payload) != 8:
            raise ConnectionFault(FRAME_SIZE_ERROR, f"PING has {len(payload)} bytes, expected 8")
        if not flags & ACK:
            self._patience.strike(len(self.out))
            self.out.append(frame(PING, ACK, 0, payload))
        elif payload == KEEPALIVE:
            self.unanswered_ping_at = None
        elif payload == DRAIN and self._draining:
            self._refuse_new()

    def _refuse_new(self) -> None:
        """The peer has read that we leave: what it sent before is here, and the last id can be told (§6.8)."""
        self.out.append(goaway(self._last_id, NO_ERROR))
        self._refusing = True
        self.closing = not self.streams

    def _on_goaway(self, flags: int, stream_id: int, payload: bytes) -> None:  # noqa: ARG002 - one shape
        """The peer opens no more streams; those it has are answered, and it closes."""
        check_connection_frame("GOAWAY", stream_id)
        if len(payload) < 8:
            raise ConnectionFault(FRAME_SIZE_ERROR, f"GOAWAY has {len(payload)} bytes, expected at least 8")
        self._patience.strike(len(self.out))

    def _on_window_update(self, flags: int, stream_id: int, payload: bytes) -> None:  # noqa: ARG002 - one shape
        increment = read_long("WINDOW_UPDATE", payload) & MAX_ID
        stream = self.streams.get(stream_id)
        if not stream_id and increment:
            self._widen_connection(increment)
        elif not stream_id or (stream is None and self._is_idle(stream_id)):
            raise ConnectionFault(PROTOCOL_ERROR, f"WINDOW_UPDATE of {increment} on stream {stream_id}")
        elif stream is None:
            pass  # it was on its way when the stream closed
        elif not increment or stream.send_window + increment > MAX_WINDOW:
            self._fault(stream, FLOW_CONTROL_ERROR if increment else PROTOCOL_ERROR)
        else:
            stream.send_window += increment
            if stream.queued:
                self._widened(stream)
