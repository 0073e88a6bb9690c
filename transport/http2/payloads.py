"""What the payloads of frames must look like, whatever the stream (RFC 9113 §6). All raise ConnectionFault."""

from .errors import FRAME_SIZE_ERROR, PROTOCOL_ERROR, ConnectionFault
from .frames import MAX_ID, unpack_long

PRIORITY_BYTES = 5


def unpadded(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """Where the padded payload between start and stop begins and ends without its padding (§6.1)."""
    if start == stop:
        raise ConnectionFault(FRAME_SIZE_ERROR, "a padded frame is empty")
    padding = data[start]
    if padding >= stop - start:
        raise ConnectionFault(PROTOCOL_ERROR, f"{padding} bytes of padding in a payload of {stop - start}")
    return start + 1, stop - padding


def check_priority(stream_id: int, payload: bytes) -> None:
    """Priority fields, at the beginning of a payload."""
    if len(payload) < PRIORITY_BYTES:
        raise ConnectionFault(FRAME_SIZE_ERROR, f"priority fields have {len(payload)} bytes, expected {PRIORITY_BYTES}")
    if unpack_long(payload)[0] & MAX_ID == stream_id:
        raise ConnectionFault(PROTOCOL_ERROR, f"stream {stream_id} depends on itself")


def check_connection_frame(name: str, stream_id: int) -> None:
    """A frame that is about no stream."""
    if stream_id:
        raise ConnectionFault(PROTOCOL_ERROR, f"{name} on stream {stream_id}, expected 0")


def read_long(name: str, payload: bytes) -> int:
    """A payload that is one unsigned number of four bytes."""
    if len(payload) != 4:
        raise ConnectionFault(FRAME_SIZE_ERROR, f"{name} has {len(payload)} bytes, expected 4")
    value: int = unpack_long(payload)[0]
    return value
