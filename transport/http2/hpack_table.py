"""HPACK's tables of header fields (RFC 7541 §2.3, appendix A)."""

Field = tuple[bytes, bytes]

_OVERHEAD = 32

_STATIC = """
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate
"""


def _field(line: str) -> Field:
    name, _, value = line.partition(" ")
    return name.encode(), value.encode()


STATIC: tuple[Field, ...] = ((b"", b""), *map(_field, _STATIC.split("\n")[1:-1]))
"""The static table, from index 1; index 0 names nothing."""


def size_of(field: Field) -> int:
    """Bytes that a field counts as, in a table (§4.1) and in a list (RFC 9113 §6.5.2)."""
    return len(field[0]) + len(field[1]) + _OVERHEAD


_STATIC_SIZES = tuple(map(size_of, STATIC))


class FieldTable:
    """The static table and behind it the dynamic one, newest entry first: an index is a place in `fields`.

    sizes: of the fields, at the same places. size: of the dynamic entries.
    """

    __slots__ = ("capacity", "fields", "size", "sizes")

    def __init__(self, capacity: int) -> None:
        self.fields: list[Field] = list(STATIC)
        self.sizes: list[int] = list(_STATIC_SIZES)
        self.capacity = capacity
        self.size = 0

    def add(self, field: Field) -> None:
        """Insert an entry; one that is larger than the table empties it (§4.4)."""
        size = size_of(field)
        self._evict(self.capacity - size)
        if size <= self.capacity:
            self.fields.insert(len(STATIC), field)
            self.sizes.insert(len(STATIC), size)
            self.size += size

    def resize(self, capacity: int) -> None:
        """Change the capacity, evicting what no longer fits (§4.3)."""
        self.capacity = capacity
        self._evict(capacity)

    def _evict(self, room: int) -> None:
        """Drop oldest entries until the rest takes at most `room` bytes."""
        while self.size > max(room, 0):
            self.fields.pop()
            self.size -= self.sizes.pop()
