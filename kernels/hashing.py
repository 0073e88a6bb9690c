"""DL4J's op hash: the 64-bit number by which a FlatNode names a custom op.

Source: facts of libnd4j's HashHelper; equal for all 520 hashes that 1.0.0-M2.1 registers.
"""

_MASK = (1 << 64) - 1
_SEED, _START, _FACTOR = 0x544B2FBACAAF1684, 0xBB40E64DA205B064, 7664345821815920749


def _table() -> tuple[int, ...]:
    state, rows = _SEED, list[int]()
    for _ in range(256):
        for _ in range(31):
            state ^= state >> 7
            state = (state ^ (state << 11)) & _MASK
            state ^= state >> 10
        rows.append(state)
    return tuple(rows)


_TABLE = _table()


def op_hash(name: str) -> int:
    """The signed hash of an op's registered name."""
    value = _START
    for byte in name.encode():
        value = (value * _FACTOR & _MASK) ^ _TABLE[byte]
        value = (value * _FACTOR & _MASK) ^ _TABLE[0]
    return value - (1 << 64) if value >> 63 else value
