"""What a model takes and gives: named tensors with a type and a shape."""

from collections.abc import Mapping
from dataclasses import dataclass

from .dtype import Array, DType
from .dtype import of as dtype_of
from .errors import InvalidArgument

Shape = tuple[int | None, ...]
"""Dimensions; None is one that each request chooses."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One input or output. `shape` None: even the rank is the request's choice."""

    name: str
    dtype: DType
    shape: Shape | None = None

    def __str__(self) -> str:
        return f"{self.name}: {self.dtype}{format_shape(self.shape)}"

    def check(self, array: Array) -> None:
        """Raise InvalidArgument unless `array` has this type and fits this shape."""
        if array.dtype != self.dtype.numpy:
            raise InvalidArgument(f"input '{self.name}' is {dtype_of(array)}, expected {self.dtype}")
        if self.shape is not None and not _fits(array.shape, self.shape):
            got, expected = format_shape(array.shape), format_shape(self.shape)
            raise InvalidArgument(f"input '{self.name}' has shape {got}, expected {expected}")


@dataclass(frozen=True, slots=True)
class Signature:
    """The inputs and outputs of a model, in the order the model file names them."""

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...] = ()

    def input(self, name: str) -> TensorSpec | None:
        """The input of this name, or None."""
        return next((spec for spec in self.inputs if spec.name == name), None)

    def check(self, inputs: Mapping[str, Array]) -> None:
        """Raise InvalidArgument if a name is unknown, or a type or shape does not fit.

        Missing inputs are not judged here: which ones are needed depends on the asked outputs.
        """
        unknown = [name for name in inputs if self.input(name) is None]
        if unknown:
            expected = "; ".join(map(str, self.inputs)) or "no inputs"
            raise InvalidArgument(f"unknown input {_quoted(unknown)}; expected {expected}")
        for spec in self.inputs:
            if spec.name in inputs:
                spec.check(inputs[spec.name])


def format_shape(shape: Shape | None) -> str:
    """`[-1,784]`, as DL4J and Triton print shapes; an unknown rank is `[?]`."""
    if shape is None:
        return "[?]"
    return "[" + ",".join("-1" if dim is None else str(dim) for dim in shape) + "]"


def _fits(got: tuple[int, ...], expected: Shape) -> bool:
    return len(got) == len(expected) and all(
        want is None or want == have for have, want in zip(got, expected, strict=True)
    )


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
