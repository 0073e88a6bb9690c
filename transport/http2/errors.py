"""Error codes of HTTP/2 and the faults of a peer (RFC 9113 §5.4, §7)."""

NO_ERROR = 0x0
PROTOCOL_ERROR = 0x1
INTERNAL_ERROR = 0x2
FLOW_CONTROL_ERROR = 0x3
SETTINGS_TIMEOUT = 0x4
STREAM_CLOSED = 0x5
FRAME_SIZE_ERROR = 0x6
REFUSED_STREAM = 0x7
CANCEL = 0x8
COMPRESSION_ERROR = 0x9
CONNECT_ERROR = 0xA
ENHANCE_YOUR_CALM = 0xB
INADEQUATE_SECURITY = 0xC
HTTP_1_1_REQUIRED = 0xD


class ConnectionFault(Exception):
    """The peer broke a rule that the whole connection hangs on: it is told with GOAWAY and left (§5.4.1)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class HpackError(ConnectionFault):
    """A header block cannot be read, and with it none that follows (§4.3)."""

    def __init__(self, reason: str) -> None:
        super().__init__(COMPRESSION_ERROR, reason)
