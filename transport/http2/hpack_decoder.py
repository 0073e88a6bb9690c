"""HPACK → header fields (RFC 7541 §3.2, §6)."""

from .errors import HpackError
from .hpack_table import Field, FieldTable, size_of
from .huffman import decode_huffman
from .settings import DEFAULT_TABLE_SIZE

_INDEXED, _INDEXING = 0x80, 0x40
_INTEGER_BITS = 28


class HeaderDecoder:
    """Decodes the blocks of one connection, each of which may change what the next one means.

    table_size: the most that the peer may set its table to, as announced. list_bytes: of a list that is handed on.
    version: changes with the dynamic table, so a block that left it alone means the same until it does.
    """

    __slots__ = ("_list_bytes", "_table", "_table_size", "version")

    def __init__(self, table_size: int, list_bytes: int) -> None:
        self._table = FieldTable(DEFAULT_TABLE_SIZE)
        self._table_size = table_size
        self._list_bytes = list_bytes
        self.version = 0

    def decode(self, block: bytes) -> list[Field] | None:
        """The fields of a block in order, None when they are more than `list_bytes`. Raises HpackError.

        The table follows the block in either case.
        """
        fields: list[Field] = []
        end, room = len(block), self._list_bytes
        known, sizes = self._table.fields, self._table.sizes
        try:
            pos = self._size_updates(block)
            while pos < end:
                byte = block[pos]
                if byte & _INDEXED:
                    index, pos = (byte & 0x7F, pos + 1) if byte != 0xFF else read_integer(block, pos, 0x7F)
                    if not index:
                        raise HpackError("a header field has index 0")
                    fields.append(known[index])
                    room -= sizes[index]
                else:
                    field, pos = self._literal(block, pos, byte)
                    fields.append(field)
                    room -= size_of(field)
        except IndexError:
            raise HpackError("a header block is cut off, or refers beyond the tables") from None
        return fields if room >= 0 else None

    def _size_updates(self, block: bytes) -> int:
        """Apply the size updates that a block begins with; where its fields begin."""
        pos = 0
        while pos < len(block) and block[pos] >> 5 == 1:
            size, pos = read_integer(block, pos, 0x1F)
            if size > self._table_size:
                raise HpackError(
                    f"the dynamic table is to have {size} bytes, at most {self._table_size} were announced"
                )
            self._table.resize(size)
            self.version += 1
        return pos

    def _literal(self, block: bytes, pos: int, byte: int) -> tuple[Field, int]:
        if byte >> 5 == 1:
            raise HpackError("a dynamic table size update comes after a header field")
        indexing = byte & _INDEXING
        index, pos = read_integer(block, pos, 0x3F if indexing else 0x0F)
        if index:
            name = self._table.fields[index][0]
        else:
            name, pos = _read_string(block, pos)
        value, pos = _read_string(block, pos)
        field = (name, value)
        if indexing:
            self._table.add(field)
            self.version += 1
        return field, pos


def read_integer(block: bytes, pos: int, most: int) -> tuple[int, int]:
    """An integer in the low bits of the byte at `pos`, those of `most`, and the place after it (§5.1).

    Raises HpackError beyond 28 bits, more than any index or length means here; IndexError when it is cut off.
    """
    value = block[pos] & most
    pos += 1
    if value < most:
        return value, pos
    for shift in range(0, _INTEGER_BITS, 7):
        byte = block[pos]
        pos += 1
        value += (byte & 0x7F) << shift
        if byte < 0x80:
            return value, pos
    raise HpackError(f"an integer has more than {_INTEGER_BITS} bits")


def _read_string(block: bytes, pos: int) -> tuple[bytes, int]:
    """A string and the place after it (§5.2)."""
    coded, length = block[pos] & 0x80, block[pos] & 0x7F
    pos += 1
    if length == 0x7F:
        length, pos = read_integer(block, pos - 1, 0x7F)
    end = pos + length
    if end > len(block):
        raise HpackError(f"a string of {length} bytes has {len(block) - pos}")
    text = block[pos:end]
    return (decode_huffman(text) if coded else text), end
