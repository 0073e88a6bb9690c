"""Ufuncs with CuPy's type loops and CuPy's few methods."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .facts import VERSION, find, result_types
from .launch import launch

KEYWORDS = frozenset({"out", "dtype", "casting", "where"})

OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "left_shift",
    "rshift": "right_shift",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
    "neg": "negative",
    "pos": "positive",
    "abs": "absolute",
    "invert": "invert",
}
"""Python's operators by the ufunc that computes them."""

PLAIN = ("lt", "le", "gt", "ge", "eq", "ne", "neg", "pos", "abs", "invert")
"""Operators that have no reflected form and none in place."""


class Ufunc:
    """One of CuPy's ufuncs, computed by its NumPy or SciPy `twin`, answering in CuPy's types."""

    def __init__(self, wrap: Callable[[Any], Any], name: str, twin: Callable[..., Any]) -> None:
        self._wrap, self._name, self._twin = wrap, name, twin
        self.__name__ = name.rpartition(".")[2]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if unknown := kwargs.keys() - KEYWORDS:
            raise TypeError(f"CuPy {VERSION}: {self._name} takes no {sorted(unknown)}")
        return self._launched(self._typed, args, kwargs)

    def at(self, target: Any, *rest: Any) -> None:
        self._launched(self._method("at"), (target, *rest), {})
        target.written()

    def reduce(self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return self._launched(self._method("reduce"), (array, axis, dtype, out, keepdims), {})

    def accumulate(self, array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        return self._launched(self._method("accumulate"), (array, axis, dtype, out), {})

    def reduceat(self, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        return self._launched(self._method("reduceat"), (array, indices, axis, dtype, out), {})

    def outer(self, x: Any, y: Any, **kwargs: Any) -> Any:
        return self(x.reshape(x.shape + (1,) * y.ndim), y, **kwargs)

    def _method(self, name: str) -> Callable[..., Any]:
        if name not in find(self._name).methods:
            raise NotImplementedError(f"CuPy {VERSION}: {self._name}.{name} is not supported")
        return getattr(self._twin, name)

    def _launched(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        result = launch(self._wrap, self._name, function, args, kwargs)
        written = kwargs.get("out")
        target = written[0] if isinstance(written, tuple) else written
        return result if target is None else target.written()

    def _typed(self, *args: Any, **kwargs: Any) -> Any:
        """The twin's answer, in the type of CuPy's loop."""
        result = self._twin(*args, **kwargs)
        if kwargs.get("out") is not None or kwargs.get("dtype") is not None:
            return result
        types = result_types(self._name, [one.dtype if hasattr(one, "dtype") else one for one in args])
        if isinstance(result, tuple):
            return tuple(np.asarray(one).astype(dtype) for one, dtype in zip(result, types, strict=True))
        return np.asarray(result).astype(types[0], copy=False)


def add_operators(cls: type, ufuncs: dict[str, Ufunc]) -> None:
    """Give a class of arrays Python's operators, plain, reflected and in place."""
    for sign, name in OPERATORS.items():
        run = ufuncs[name]
        setattr(cls, f"__{sign}__", lambda x, *y, run=run: run(x, *y))
        if sign not in PLAIN:
            setattr(cls, f"__r{sign}__", lambda x, y, run=run: run(y, x))
            setattr(cls, f"__i{sign}__", lambda x, y, run=run: run(x, y, out=x))
