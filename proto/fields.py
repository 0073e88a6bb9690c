"""Fields of FlatBuffers tables, declared once: each knows its slot, its type in the schema, and how it is read."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Generic, TypeVar, overload

from ..spec.dtype import Array
from .flatbuffer import Table

T = TypeVar("T")
V = TypeVar("V", bound=Table)


class Field(Generic[T]):
    """`table.field` reads it; `View.field` is the declaration. kind: its type in the schema, enums being bytes."""

    __slots__ = ("kind", "read", "slot")

    def __init__(self, slot: int, kind: str, read: Callable[[Table], T]) -> None:
        self.slot = slot
        self.kind = kind
        self.read = read

    @overload
    def __get__(self, table: None, view: type[Table]) -> "Field[T]": ...
    @overload
    def __get__(self, table: Table, view: type[Table]) -> T: ...
    def __get__(self, table: Table | None, view: type[Table]) -> "Field[T] | T":
        return self if table is None else self.read(table)

    def present(self, table: Table) -> bool:
        """Whether the message has the field (an empty vector is one)."""
        return table.place(self.slot) != 0


@cache
def fields(view: type[Table]) -> dict[str, Field[Any]]:
    """The declared fields of a view by name."""
    return {name: field for name, field in vars(view).items() if isinstance(field, Field)}


def scalar(slot: int, kind: str) -> Field[int]:
    """A "byte", "bool", "int" or "long"; 0 by default."""
    return Field(slot, kind, lambda table: table.read_scalar(slot, kind))


def text(slot: int) -> Field[str]:
    """A string; empty by default."""
    return Field(slot, "string", lambda table: table.read_text(slot))


def texts(slot: int) -> Field[Iterator[str]]:
    """Strings, to be gone through once."""
    return Field(slot, "[string]", lambda table: table.read_texts(slot))


def blob(slot: int) -> Field[memoryview]:
    """Bytes, a view on the message."""
    return Field(slot, "[byte]", lambda table: table.read_bytes(slot))


def vector(slot: int, kind: str) -> Field[Array]:
    """A vector of "byte", "bool" (0 or 1 by intention), "int", "long" or "double", a view on the message."""
    return Field(slot, f"[{kind}]", lambda table: table.read_numbers(slot, kind))


def child(slot: int, view: type[V]) -> Field[V | None]:
    """A table, or None."""
    return Field(slot, view.__name__, lambda table: table.read_table(slot, view))


def children(slot: int, view: type[V]) -> Field[Iterator[V]]:
    """Tables, to be gone through once."""
    return Field(slot, f"[{view.__name__}]", lambda table: table.read_tables(slot, view))
