"""What CuPy offers, from tests/data/cupy_names.txt: names, parameters and type loops."""

from dataclasses import dataclass
from functools import cache
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

FILE = Path(__file__).parents[1] / "data" / "cupy_names.txt"


@dataclass(frozen=True)
class Fact:
    """One name. kind: def, ufunc, type, value or module. details: parameters, or loops and methods."""

    kind: str
    details: tuple[str, ...]

    @property
    def loops(self) -> tuple[str, ...]:
        """The type loops of a ufunc, in the order in which CuPy tries them."""
        return tuple(word for word in self.details if "->" in word)

    @property
    def methods(self) -> frozenset[str]:
        """The methods of a ufunc that work."""
        return frozenset(word[1:] for word in self.details if word.startswith("."))


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def _version_and_facts() -> tuple[str, dict[str, Fact]]:
    head, *lines = FILE.read_text().splitlines()
    rows = [line.split(" ") for line in lines]
    return head.split(" ")[2].rstrip(":"), {name: Fact(kind, tuple(details)) for name, kind, *details in rows}


VERSION, FACTS = _version_and_facts()


def offered(space: str) -> dict[str, Fact]:
    """The names directly in `space`, such as "cupy.linalg"."""
    return {name.rpartition(".")[2]: fact for name, fact in FACTS.items() if name.rpartition(".")[0] == space}


def find(name: str) -> Fact:
    """The fact about a full name. Raises AttributeError for what CuPy lacks."""
    if name not in FACTS:
        raise AttributeError(f"CuPy {VERSION} has no {name}")
    return FACTS[name]


def arguments(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What a call binds, by parameter. Raises TypeError for a call that CuPy would not take."""
    signature = _signature(name)
    if signature is None:
        return {}
    try:
        return dict(signature.bind(*args, **kwargs).arguments)
    except TypeError as error:
        raise TypeError(f"CuPy {VERSION}: {name}{signature} {error}") from None


@cache
def _signature(name: str) -> Signature | None:
    fact = find(name)
    if fact.kind != "def" or fact.details == ("?",):
        return None
    stars = [i for i, word in enumerate(fact.details) if word.startswith("*") and not word.startswith("**")]
    after = stars[0] if stars else len(fact.details)
    return Signature([_parameter(word, i > after) for i, word in enumerate(fact.details) if word != "*"])


def _parameter(word: str, keyword_only: bool) -> Parameter:
    stars, name = word.count("*"), word.strip("*=")
    plain = Parameter.KEYWORD_ONLY if keyword_only else Parameter.POSITIONAL_OR_KEYWORD
    kind = (plain, Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)[stars]
    return Parameter(name, kind, default=None if word.endswith("=") else Parameter.empty)


def result_types(name: str, operands: list[Any]) -> tuple[np.dtype[Any], ...]:
    """The types in which ufunc `name` answers: those of its first loop to which all operands cast safely.

    operands: dtypes, and Python numbers, which take the type of the arrays they meet. Raises TypeError as CuPy does.
    """
    strong = [one for one in operands if isinstance(one, np.dtype)]
    return _result_types(name, tuple(one if isinstance(one, np.dtype) else _met(one, strong) for one in operands))


def _met(number: Any, strong: list[np.dtype[Any]]) -> np.dtype[Any]:
    """The type of a Python number among arrays: theirs, unless it is a float and they are whole."""
    if not strong:
        return np.result_type(number)
    together = np.result_type(*strong)
    return together if together.kind in "fcV" and not isinstance(number, complex) else np.result_type(together, number)


@cache
def _result_types(name: str, types: tuple[np.dtype[Any], ...]) -> tuple[np.dtype[Any], ...]:
    for loop in find(name).loops:
        takes, gives = loop.split("->")
        if len(takes) == len(types) and all(map(_casts, types, takes)):
            return tuple(map(_dtype, gives))
    raise TypeError(f"CuPy {VERSION}: {name} has no loop for {', '.join(map(str, types))}")


def _casts(given: np.dtype[Any], char: str) -> bool:
    return np.can_cast(given, _dtype(char), "safe")


def _dtype(char: str) -> np.dtype[Any]:
    return np.dtype(ml_dtypes.bfloat16 if char == "E" else char)
