"""HPACK's Huffman code, decoded byte by byte through a table for each state of the code's tree (RFC 7541 §5.2)."""

from functools import lru_cache

from .errors import HpackError

# The code is canonical, so the lengths say all of it: symbols in order of (length, symbol) have consecutive codes.
# Symbol 256 is the end of a string, whose first bits pad the last byte (appendix B).
# fmt: off
_LENGTHS = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
     6, 10, 10, 12, 13,  6,  8, 11, 10, 10,  8, 11,  8,  6,  6,  6,
     5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8, 15,  6, 12, 10,
    13,  6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
     7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8, 13, 19, 13, 14,  6,
    15,  5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,
     6,  7,  6,  5,  5,  6,  7,  7,  7,  7,  7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
]
# fmt: on
_END_OF_STRING = 256
_PADDING_BITS = 7
_CACHED_BYTES = 128


class _State:
    """A place inside the tree: what has been read of a symbol."""

    __slots__ = ("children", "may_end", "row")

    def __init__(self) -> None:
        self.children: list[_State | int] = []
        self.may_end = False
        self.row: list[tuple[_State, bytes]] = []

    def learn(self) -> list[tuple["_State", bytes]]:
        """Where each byte leads from here and the symbols it completes; kept, since few states are ever seen."""
        self.row = [_walk(self, byte) for byte in range(256)]
        return self.row


def _walk(state: _State, byte: int) -> tuple[_State, bytes]:
    symbols = bytearray()
    for bit in range(7, -1, -1):
        following = state.children[byte >> bit & 1]
        if isinstance(following, _State):
            state = following
        elif following == _END_OF_STRING:
            return _FAILED, b""
        else:
            symbols.append(following)
            state = _ROOT
    return state, bytes(symbols)


def _tree() -> _State:
    """The code's tree, grown level by level: the first places of each level are its symbols, the rest go deeper."""
    root = _State()
    level = [root]
    for length in range(1, max(_LENGTHS) + 1):
        symbols = [symbol for symbol, bits in enumerate(_LENGTHS) if bits == length]
        places: list[_State | int] = [*symbols, *(_State() for _ in range(2 * len(level) - len(symbols)))]
        for number, parent in enumerate(level):
            parent.children = places[2 * number : 2 * number + 2]
        level = [place for place in places if isinstance(place, _State)]
    return root


def _mark_ends(root: _State) -> None:
    """A string may end where nothing was read of a symbol but up to seven ones, the padding."""
    state: _State | int = root
    for _ in range(_PADDING_BITS + 1):
        if isinstance(state, _State):
            state.may_end = True
            state = state.children[1]


_ROOT = _tree()
_mark_ends(_ROOT)
_FAILED = _State()
_FAILED.children = [_FAILED, _FAILED]


def _decode(data: bytes) -> bytes:
    state, parts = _ROOT, [b""]
    for byte in data:
        state, symbols = (state.row or state.learn())[byte]
        parts.append(symbols)
    if not state.may_end:
        raise HpackError("a Huffman string ends in bits that are neither a symbol nor padding")
    return b"".join(parts)


_decode_short = lru_cache(4096)(_decode)


def decode_huffman(data: bytes) -> bytes:
    """The string behind its code; short ones are remembered. Raises HpackError for bad padding and end-of-string."""
    return _decode_short(data) if len(data) <= _CACHED_BYTES else _decode(data)
