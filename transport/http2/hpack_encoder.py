"""Header fields → HPACK without a dynamic table (RFC 7541 §6): a block is a constant, whoever it is sent to."""

from collections.abc import Iterable

from .hpack_table import STATIC, Field

_FIELD_INDEX = {field: index for index, field in enumerate(STATIC) if index}
_NAME_INDEX = {name: index for index, (name, _) in reversed(tuple(enumerate(STATIC))) if index}

SIZE_UPDATE_TO_ZERO = b"\x20"
"""Before the first block after a peer that shrank the table: we have none (§4.2)."""


def encode(fields: Iterable[Field]) -> bytes:
    """A header block. Names must be in lower case; names and values are written as they are."""
    return b"".join(map(_encode_field, fields))


def _encode_field(field: Field) -> bytes:
    index = _FIELD_INDEX.get(field)
    if index is not None:
        return bytes((0x80 | index,))
    name, value = field
    index = _NAME_INDEX.get(name)
    written = _encode_string(name) if index is None else b""
    return b"".join((encode_integer(index or 0, 4, 0), written, _encode_string(value)))


def _encode_string(text: bytes) -> bytes:
    return encode_integer(len(text), 7, 0) + text


def encode_integer(value: int, bits: int, first: int) -> bytes:
    """An integer in the low `bits` of a byte that holds `first` above them, and in as many as it takes (§5.1)."""
    most = (1 << bits) - 1
    if value < most:
        return bytes((first | value,))
    written = bytearray((first | most,))
    value -= most
    while value >= 0x80:
        written.append(0x80 | value & 0x7F)
        value >>= 7
    written.append(value)
    return bytes(written)
