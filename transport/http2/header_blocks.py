"""Header blocks as requests and trailers. A client's blocks repeat: each is decoded and checked once."""

from .fields import TOO_LARGE, classify
from .hpack_decoder import HeaderDecoder
from .stream import Headers

_KNOWN_BLOCKS = 64
_KNOWN_BYTES = 512

Block = tuple[Headers, int, int]
"""Fields, what they are (fields.REQUEST …), and the content-length, −1 for none."""


class HeaderBlocks:
    """Reads the blocks of one connection in order."""

    __slots__ = ("_decoder", "_known")

    def __init__(self, table_size: int, list_bytes: int) -> None:
        self._decoder = HeaderDecoder(table_size, list_bytes)
        self._known: dict[bytes, Block] = {}

    def read(self, block: bytes) -> Block:
        """What a block says; the same object for the same block for as long as its meaning is known to hold.

        Raises HpackError.
        """
        return self._known.get(block) or self._read_new(block)

    def _read_new(self, block: bytes) -> Block:
        version = self._decoder.version
        fields = self._decoder.decode(block)
        headers = tuple(fields or ())
        found: Block = (headers, TOO_LARGE, -1) if fields is None else (headers, *classify(headers))
        if self._decoder.version != version:
            self._known.clear()
        elif len(block) <= _KNOWN_BYTES:
            if len(self._known) >= _KNOWN_BLOCKS:
                self._known.clear()
            self._known[block] = found
        return found
