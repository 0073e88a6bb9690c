"""What we announce to a peer, and what it announces to us (RFC 9113 §6.5.2)."""

from dataclasses import dataclass

from .errors import FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, PROTOCOL_ERROR, ConnectionFault
from .frames import DEFAULT_FRAME_SIZE, DEFAULT_WINDOW, MAX_WINDOW, settings, unpack_settings, window_update

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = (
    range(1, 7)
)
DEFAULT_TABLE_SIZE = 4096
LARGEST_FRAME = (1 << 24) - 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may ask of us. Sizes are bytes.

    The announced ones are never below the protocol's defaults: so it does not matter when a peer has read them.
    initial_window: DATA of one stream that may be under way or held by its owner; connection_window: of all streams.
    max_header_list_bytes: a request's headers, decoded, 32 more per field; max_block_bytes: encoded.
    max_strikes: frames per `strike_seconds` that make work and serve nothing, beyond one for each finished answer.
    """

    max_concurrent_streams: int = 1000
    initial_window: int = 1 << 20
    connection_window: int = 64 << 20
    max_frame_size: int = 1 << 20
    header_table_size: int = DEFAULT_TABLE_SIZE
    max_header_list_bytes: int = 16 << 10
    max_block_bytes: int = 64 << 10
    max_continuations: int = 8
    max_strikes: int = 1000
    strike_seconds: float = 10.0
    max_unread_controls: int = 4096

    def __post_init__(self) -> None:
        ranges = {
            "initial_window": (DEFAULT_WINDOW, MAX_WINDOW),
            "connection_window": (DEFAULT_WINDOW, MAX_WINDOW),
            "max_frame_size": (DEFAULT_FRAME_SIZE, LARGEST_FRAME),
            "header_table_size": (DEFAULT_TABLE_SIZE, 1 << 20),
        }
        for name, (least, most) in ranges.items():
            if not least <= (value := getattr(self, name)) <= most:
                raise ValueError(f"{name} is {value}, expected {least} to {most}")

    def announcement(self) -> bytes:
        """The server's connection preface: SETTINGS, and the connection's window beyond its default."""
        announced = settings(
            (
                (HEADER_TABLE_SIZE, self.header_table_size),
                (MAX_CONCURRENT_STREAMS, self.max_concurrent_streams),
                (INITIAL_WINDOW_SIZE, self.initial_window),
                (MAX_FRAME_SIZE, self.max_frame_size),
                (MAX_HEADER_LIST_SIZE, self.max_header_list_bytes),
            )
        )
        more = self.connection_window - DEFAULT_WINDOW
        return announced + window_update(0, more) if more else announced


def read_settings(payload: bytes) -> dict[int, int]:
    """The settings of a SETTINGS frame by identifier, the last of each. Raises ConnectionFault."""
    if len(payload) % 6:
        raise ConnectionFault(FRAME_SIZE_ERROR, f"SETTINGS has {len(payload)} bytes, expected a multiple of 6")
    found: dict[int, int] = {}
    for name, value in unpack_settings(payload):
        if name == ENABLE_PUSH and value > 1:
            raise ConnectionFault(PROTOCOL_ERROR, f"ENABLE_PUSH is {value}, expected 0 or 1")
        if name == INITIAL_WINDOW_SIZE and value > MAX_WINDOW:
            raise ConnectionFault(FLOW_CONTROL_ERROR, f"INITIAL_WINDOW_SIZE is {value}, expected at most {MAX_WINDOW}")
        if name == MAX_FRAME_SIZE and not DEFAULT_FRAME_SIZE <= value <= LARGEST_FRAME:
            expected = f"{DEFAULT_FRAME_SIZE} to {LARGEST_FRAME}"
            raise ConnectionFault(PROTOCOL_ERROR, f"MAX_FRAME_SIZE is {value}, expected {expected}")
        found[name] = value
    return found
