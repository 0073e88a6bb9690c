"""Print what the installed CuPy offers to kernels: names, parameters, type loops. Needs CuPy, but no GPU.

    pip install cupy-cuda13x && python dev/cupy_names.py > tests/data/cupy_names.txt

One name a line. `def` lists parameters (`x=` has a default); `ufunc` lists loops in the order in which CuPy tries
them, then the ufunc methods that work; `type`, `value` and `module` say no more.
"""

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import cupy
import cupyx.scipy.special
from cupy._sorting.search import _where_ufunc

SPACES: dict[str, Any] = {
    "cupy": cupy,
    "cupy.ndarray": cupy.ndarray,
    "cupy.lib.stride_tricks": cupy.lib.stride_tricks,
    "cupy.linalg": cupy.linalg,
    "cupy.random": cupy.random,
    "cupyx.scipy.special": cupyx.scipy.special,
}
METHODS = ("at", "reduce", "accumulate", "reduceat")


def lines() -> Iterator[str]:
    """A comment with the version, then a line for each public name."""
    yield f"# CuPy {cupy.__version__}: names, parameters and type loops, printed by dev/cupy_names.py."
    for space, holder in SPACES.items():
        for name in sorted(dir(holder)):
            if not name.startswith("_") and name != "annotations":
                yield f"{space}.{name} {described(getattr(holder, name))}"


def described(thing: Any) -> str:
    """Kind and details of one name."""
    if isinstance(thing, cupy.ufunc):
        return loops(thing)
    if thing is cupy.where:
        return loops(_where_ufunc)
    if isinstance(thing, ModuleType) or type(thing).__name__ == "_LazyModule":
        return "module"
    if isinstance(thing, type):
        return "type"
    return parameters(thing) if callable(thing) else "value"


def loops(thing: cupy.ufunc) -> str:
    """Loops and working methods of a ufunc."""
    return " ".join(["ufunc", *thing.types, *(f".{name}" for name in METHODS if works(thing, name))])


def works(thing: cupy.ufunc, method: str) -> bool:
    """CuPy refuses what it has not built before it looks at the arguments."""
    try:
        getattr(thing, method)(*[object()] * (3 if method == "at" else 2))
    except NotImplementedError:
        return False
    except Exception:
        return True
    return True


def parameters(thing: Any) -> str:
    """The parameters of a function, or of a method by the first line of its text; `?` when nothing tells."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        found = documented(thing)
    if found is None:
        return "def ?"
    return " ".join(["def", *words(list(found.parameters.values()))])


def documented(thing: Any) -> inspect.Signature | None:
    """What Cython wrote into the doc string: `class.name(self, int axis=-1, kind=None) -> …`."""
    text = (thing.__doc__ or "").partition("\n")[0].partition(" -> ")[0]
    inside = text.partition("(")[2].rpartition(")")[0]
    plain = ", ".join(part.split(" ")[-1] for part in inside.split(", "))
    try:
        scope: dict[str, Any] = {}
        exec(f"def found({plain}): ...", scope)  # the text is CuPy's own
        return inspect.signature(scope["found"]) if inside else None
    except SyntaxError:
        return None


def words(found: list[inspect.Parameter]) -> Iterator[str]:
    """Parameters as single words."""
    starred = False
    for one in found:
        if one.kind is one.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        starred = starred or one.kind is one.VAR_POSITIONAL
        mark = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        yield f"{mark}{one.name}{'' if one.default is one.empty else '='}"


if __name__ == "__main__":
    print("\n".join(lines()))
