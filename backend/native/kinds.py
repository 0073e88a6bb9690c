"""Values that are no arrays of numbers, followed through a graph: lists of arrays, and strings.

Which they are is known before anything runs, so ops that cannot take them are made to say so, and no run pays for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from ...spec.dtype import BYTES
from ...spec.errors import InvalidArgument
from ...spec.graph import Variable, VariableKind
from .call import Call


class Kind(Enum):
    """What a value is, when it is no array of numbers."""

    LIST = "a list of arrays"
    STRINGS = "strings"


PASSES = frozenset({"identity", "legacy:identity", "merge"})
"""Ops that answer with what they are given, whatever it is."""

KEEPS_STRINGS = PASSES | {
    *("Where", "concat", "expand_dims", "flatten", "gather", "gather_nd", "identity_n", "permute", "repeat", "reshape"),
    *("reverse", "select", "slice", "split", "split_v", "squeeze", "stack", "stop_gradient", "strided_slice", "tile"),
    *("transpose", "unstack"),
}
"""Ops that move entries without looking at them: of strings they make strings."""

JOINED = {"concat": 0, "stack": 0, "flatten": 0, "Where": 1, "select": 1}
"""Ops whose inputs from this one on are strings all of them, or none."""

READS_STRINGS = frozenset({"equals", "not_equals", "rank", "shape_of", "size", "size_at"})
"""Ops that make numbers of strings."""


class Kinds:
    """The kinds of values, by name; to be told of every call in dependency order."""

    def __init__(self, variables: Mapping[str, Variable]) -> None:
        held = (found for found in variables.values() if found.kind is not VariableKind.ARRAY)
        self._kinds = {found.name: Kind.STRINGS for found in held if found.dtype is BYTES}

    def is_list(self, name: str) -> bool:
        """Whether a value is a list of arrays: never answered."""
        return self._kinds.get(name) is Kind.LIST

    def same(self, name: str, source: str) -> None:
        """`name` is another name of `source`, or holds the same kind of value."""
        if source in self._kinds:
            self._kinds[name] = self._kinds[source]

    def through(self, call: Call) -> Call:
        """The call itself, or one that fails with InvalidArgument where it is given what it cannot take."""
        given = {self._kinds[name] for name in call.node.inputs if name in self._kinds} if self._kinds else set[Kind]()
        kind = _answered(call, given)
        if kind is not None:
            self._kinds.update(dict.fromkeys(call.node.outputs, kind))
        refused = sorted(each.value for each in given if not _takes(call, each))
        joined = call.node.inputs[JOINED.get(call.kernel.name, len(call.node.inputs)) :]
        if Kind.STRINGS in given and len({self._kinds.get(name) for name in joined}) > 1:
            refused.append("strings together with numbers")
        return replace(call, function=_refusing(refused[0])) if refused else call


def _answered(call: Call, given: set[Kind]) -> Kind | None:
    name = call.kernel.name
    if call.kernel.lists == "makes" or (Kind.LIST in given and name in PASSES):
        return Kind.LIST
    return Kind.STRINGS if Kind.STRINGS in given and name in KEEPS_STRINGS else None


def _takes(call: Call, kind: Kind) -> bool:
    name = call.kernel.name
    if kind is Kind.LIST:
        return bool(call.kernel.lists) or name in PASSES
    return name in KEEPS_STRINGS or name in READS_STRINGS


def _refusing(what: str) -> Callable[..., Any]:
    def refuse(*_inputs: Any) -> Any:
        raise InvalidArgument(f"the op does not take {what}")

    return refuse
