"""A small HPACK encoder of its own for tests: it uses the dynamic table in every way that a peer may."""

STATIC_NAMES = {b":authority": 1, b":method": 2, b":path": 4, b":scheme": 6, b"content-type": 31, b"user-agent": 58}
INDEXING, PLAIN, NEVER = "indexing", "plain", "never"


def integer(value, bits, first=0):
    most = 2**bits - 1
    if value < most:
        return bytes([first + value])
    value, tail = value - most, []
    while value >= 128:
        tail.append(value % 128 + 128)
        value //= 128
    return bytes([first + most, *tail, value])


class HpackWriter:
    """Keeps its own table: newest entry first, 62 is the first index."""

    def __init__(self, capacity=4096):
        self.capacity = capacity
        self.entries = []

    def resize(self, capacity):
        self.capacity = capacity
        self._shrink()
        return integer(capacity, 5, 0x20)

    def field(self, name, value, how=INDEXING):
        """One field; an entry that is in the table is always referred to."""
        if (name, value) in self.entries:
            return integer(62 + self.entries.index((name, value)), 7, 0x80)
        names = [entry[0] for entry in self.entries]
        index = 62 + names.index(name) if name in names else STATIC_NAMES.get(name, 0)
        bits, first = {INDEXING: (6, 0x40), PLAIN: (4, 0), NEVER: (4, 0x10)}[how]
        if how == INDEXING:
            self.entries.insert(0, (name, value))
            self._shrink()
        return integer(index, bits, first) + (b"" if index else self._string(name)) + self._string(value)

    def _string(self, text):
        return integer(len(text), 7) + text

    def _shrink(self):
        while sum(len(n) + len(v) + 32 for n, v in self.entries) > self.capacity:
            self.entries.pop()
