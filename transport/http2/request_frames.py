"""Requests as frames: DATA, HEADERS, CONTINUATION, and what they mean where they may not be (RFC 9113 §5.1, §8.1)."""

from .errors import (
    ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR,
    PROTOCOL_ERROR,
    REFUSED_STREAM,
    STREAM_CLOSED,
    ConnectionFault,
)
from .fields import REQUEST, TOO_LARGE, TRAILERS
from .frames import END_HEADERS, END_STREAM, PADDED, WITH_PRIORITY, rst_stream
from .header_blocks import HeaderBlocks
from .patience import Patience
from .payloads import PRIORITY_BYTES, check_priority, unpadded
from .sending import Sending
from .settings import Limits
from .stream import HALF_CLOSED, OPEN, Headers, Owner, Stream
from .stream_table import ENDED, RESET_BY_PEER, RESET_BY_US


class Requests(Sending):
    """Opens streams and hands their requests to the owner."""

    def __init__(self, owner: Owner, limits: Limits, patience: Patience) -> None:
        super().__init__(owner, limits, patience)
        self._blocks = HeaderBlocks(limits.header_table_size, limits.max_header_list_bytes)
        self._fragments: list[bytes] | None = None
        self._fragments_of = (0, 0)
        self._last_id = 0

    def _on_data(self, flags: int, stream_id: int, data: bytes, start: int, stop: int) -> None:
        size = stop - start
        self._recv_window -= size
        if self._recv_window < 0:
            raise ConnectionFault(FLOW_CONTROL_ERROR, f"{size} bytes of DATA are beyond the connection's window")
        stream = self.streams.get(stream_id)
        if stream is None or stream.state != OPEN:
            self._on_stray_data(stream_id, size)
            return
        stream.recv_window -= size
        stream.held += size
        if flags & PADDED:
            start, stop = unpadded(data, start, stop)
            self.consumed(stream, size - (stop - start))
        ended = bool(flags & END_STREAM)
        if stream.recv_window < 0:
            self._fault(stream, FLOW_CONTROL_ERROR)
        elif stream.expected >= 0 and not _as_expected(stream, stop - start, ended):
            self._fault(stream, PROTOCOL_ERROR)
        else:
            if ended:
                stream.state = HALF_CLOSED
            elif start == stop:
                self._patience.strike(len(self.out))
            # A small part of what was read is copied, so that keeping it does not keep all.
            small = size << 2 < len(data)
            view = memoryview(data[start:stop]) if small else memoryview(data)[start:stop]
            self._owner.on_data(stream, view, ended)

    def _on_stray_data(self, stream_id: int, size: int) -> None:
        """DATA where no request is coming in: an error, but on its way when we reset the stream (§5.1)."""
        self._give_back(size)
        stream = self.streams.get(stream_id)
        if stream is not None:
            self._fault(stream, STREAM_CLOSED)
        elif self._is_idle(stream_id):
            raise ConnectionFault(PROTOCOL_ERROR, f"DATA on stream {stream_id}, which is idle")
        elif not self._was(stream_id, RESET_BY_US):
            self._refuse(stream_id, STREAM_CLOSED)

    def _on_headers(self, flags: int, stream_id: int, payload: bytes) -> None:
        if flags & PADDED:
            start, stop = unpadded(payload, 0, len(payload))
            payload = payload[start:stop]
        if flags & WITH_PRIORITY:
            check_priority(stream_id, payload[:PRIORITY_BYTES])
            payload = payload[PRIORITY_BYTES:]
        if flags & END_HEADERS:
            self._on_block(flags, stream_id, payload)
        else:
            self._fragments, self._fragments_of = [payload], (stream_id, flags)

    def _on_continuation(self, flags: int, stream_id: int, payload: bytes) -> None:
        fragments, (of_id, first_flags) = self._fragments, self._fragments_of
        if fragments is None or stream_id != of_id:
            raise ConnectionFault(PROTOCOL_ERROR, f"CONTINUATION on stream {stream_id} continues no header block")
        fragments.append(payload)
        # Checked before the block's end: there may be none (a CONTINUATION flood).
        if len(fragments) > 1 + self._limits.max_continuations:
            raise ConnectionFault(ENHANCE_YOUR_CALM, f"a header block has over {len(fragments) - 2} CONTINUATIONs")
        self._check_block_size(sum(map(len, fragments)))
        if flags & END_HEADERS:
            self._fragments = None
            self._on_block(first_flags, stream_id, b"".join(fragments))

    def _check_block_size(self, size: int) -> None:
        if size > self._limits.max_block_bytes:
            most = self._limits.max_block_bytes
            raise ConnectionFault(ENHANCE_YOUR_CALM, f"a header block has {size} bytes, at most {most} are taken")

    def _on_block(self, flags: int, stream_id: int, block: bytes) -> None:
        """A whole header block. It is decoded whatever it is for: the next one may refer to it."""
        self._check_block_size(len(block))
        headers, kind, length = self._blocks.read(block)
        ended = bool(flags & END_STREAM)
        if stream_id <= self._last_id or not stream_id & 1:
            self._on_later_block(stream_id, headers, kind, ended)
            return
        self._last_id = stream_id
        if kind != REQUEST or (ended and length > 0):
            self._refuse(stream_id, ENHANCE_YOUR_CALM if kind == TOO_LARGE else PROTOCOL_ERROR)
        elif self._refusing or len(self.streams) >= self._limits.max_concurrent_streams:
            self._refuse(stream_id, REFUSED_STREAM)
        else:
            stream = Stream(stream_id, self._initial_window, self._limits.initial_window, length)
            if ended:
                stream.state = HALF_CLOSED
            self.streams[stream_id] = stream
            self._owner.on_request(stream, headers, ended)

    def _on_later_block(self, stream_id: int, headers: Headers, kind: int, ended: bool) -> None:
        """HEADERS that open no stream: trailers, or an error."""
        stream = self.streams.get(stream_id)
        if stream is None:
            self._on_late_block(stream_id)
        elif stream.state != OPEN:
            self._fault(stream, STREAM_CLOSED)
        elif not ended or kind != TRAILERS or stream.expected > 0:
            self._fault(stream, ENHANCE_YOUR_CALM if kind == TOO_LARGE else PROTOCOL_ERROR)
        else:
            stream.state = HALF_CLOSED
            self._owner.on_trailers(stream, headers)

    def _on_late_block(self, stream_id: int) -> None:
        """HEADERS on a stream that is closed, or that may not be opened any more (§5.1, §5.1.1)."""
        if self._was(stream_id, RESET_BY_US):
            return  # sent before our RST_STREAM was read
        if self._was(stream_id, RESET_BY_PEER):
            self._refuse(stream_id, STREAM_CLOSED)
        elif self._was(stream_id, ENDED):
            raise ConnectionFault(STREAM_CLOSED, f"HEADERS on stream {stream_id}, which is closed")
        else:
            raise ConnectionFault(PROTOCOL_ERROR, f"HEADERS on stream {stream_id}, expected odd ids that grow")

    def _is_idle(self, stream_id: int) -> bool:
        """Never opened; ids that a client cannot open (0, even ones) count as such."""
        return stream_id > self._last_id or not stream_id & 1

    def _fault(self, stream: Stream, code: int) -> None:
        """Reset a stream for the peer's fault (§5.4.2)."""
        self.reset(stream, code)
        self._owner.on_reset(stream, code)
        self._patience.strike(len(self.out))

    def _refuse(self, stream_id: int, code: int) -> None:
        """Reset what is no stream of ours (yet, or any more)."""
        self.out.append(rst_stream(stream_id, code))
        self._closed.append(stream_id << 2 | RESET_BY_US)
        self._patience.strike(len(self.out))


def _as_expected(stream: Stream, size: int, ended: bool) -> bool:
    """Whether DATA keeps to the request's content-length (§8.1.1)."""
    stream.expected -= size
    return stream.expected == 0 if ended else stream.expected >= 0
