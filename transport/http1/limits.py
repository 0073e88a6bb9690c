"""What one HTTP/1.1 connection may cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a connection; what goes beyond is answered with the status in brackets, then the connection is closed.

    max_message_bytes: a request body as it travels (413). max_inflated_bytes: a compressed one once inflated (413);
    lower, because inflating keeps the loop thread. max_head_bytes: request line and headers together (431, or 414
    when the line alone is too long). max_unanswered: pipelined requests waiting for answers; further ones are not
    read. head_seconds: from a head's first byte to its last (408). body_seconds, body_bytes: each body_seconds must
    bring body_bytes of a body, or its end (408). idle_seconds: between requests; then the connection is just closed.
    """

    max_message_bytes: int = (2 << 30) - 1
    max_inflated_bytes: int = 64 << 20
    max_head_bytes: int = 16 << 10
    max_unanswered: int = 64
    head_seconds: float = 10.0
    body_seconds: float = 10.0
    body_bytes: int = 4 << 10
    idle_seconds: float = 75.0
