"""The gates of recurrent layers: their activations as DL4J numbers them, and the LSTM cell made of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..spec.errors import InvalidArgument
from .recurrence import State, columns

Formula = Callable[[Any, Any, float, float], Any]


def _sigmoid(xp: Any, x: Any, _alpha: float, _beta: float) -> Any:
    return 1 / (1 + xp.exp(-x))


def _softplus(xp: Any, x: Any, _alpha: float, _beta: float) -> Any:
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


def _elu(xp: Any, x: Any, alpha: float, _beta: float) -> Any:
    return xp.where(x > 0, x, alpha * xp.expm1(xp.minimum(x, 0)))


_FORMULAS: tuple[Formula, ...] = (
    lambda xp, x, _alpha, _beta: xp.tanh(x),
    lambda xp, x, _alpha, _beta: xp.maximum(x, 0),
    _sigmoid,
    lambda _xp, x, alpha, beta: alpha * x + beta,
    lambda xp, x, alpha, _beta: xp.where(x < 0, alpha * x, x),
    lambda _xp, x, alpha, _beta: x * (x > alpha),
    lambda xp, x, alpha, beta: alpha * xp.tanh(beta * x),
    lambda xp, x, _alpha, _beta: xp.clip(0.2 * x + 0.5, 0, 1),
    _elu,
    lambda xp, x, _alpha, _beta: x / (1 + xp.abs(x)),
    _softplus,
)
"""tanh, relu, sigmoid, affine, leaky relu, thresholded relu, scaled tanh, hard sigmoid, elu, softsign, softplus."""

_TAKES_ALPHA = frozenset({3, 4, 5, 6, 8})
_TAKES_BETA = frozenset({3, 6})


@dataclass(frozen=True, slots=True)
class Activation:
    """One of the numbered activations with its parameters."""

    number: int
    alpha: float = 0.0
    beta: float = 0.0

    def __call__(self, xp: Any, x: Any) -> Any:
        return _FORMULAS[self.number](xp, x, self.alpha, self.beta)


SIGMOID, TANH = Activation(2), Activation(0)


def read_activations(numbers: Sequence[int], parameters: Sequence[float]) -> tuple[Activation, ...]:
    """Activations by number; those that have parameters take them from `parameters` in turn, missing ones are 0.

    Raises InvalidArgument for a number that is none.
    """
    unknown = [number for number in numbers if not 0 <= number < len(_FORMULAS)]
    if unknown:
        raise InvalidArgument(f"activation {unknown[0]} is unknown; expected 0 to {len(_FORMULAS) - 1}")
    rest = iter(parameters)
    return tuple([_with_parameters(number, rest) for number in numbers])


def _with_parameters(number: int, rest: Iterator[float]) -> Activation:
    alpha = next(rest, 0.0) if number in _TAKES_ALPHA else 0.0
    beta = next(rest, 0.0) if number in _TAKES_BETA else 0.0
    return Activation(number, alpha, beta)


@dataclass(frozen=True, slots=True)
class Cell:
    """How an LSTM cell computes. clip: bound of the cell state, 0 for none."""

    gate: Activation = SIGMOID
    inner: Activation = TANH
    outer: Activation = TANH
    clip: float = 0.0

    def step(self, xp: Any, z: Any, c: Any, peephole: Any) -> State:
        """Output and cell state from the gates' sums z [B, 4n] and the cell state before; peephole [3n] or None."""
        n = c.shape[-1]
        zi, zf, zc, zo = columns(z, n, 4)
        if peephole is not None:
            zi, zf = zi + peephole[:n] * c, zf + peephole[n : 2 * n] * c
        c = self.gate(xp, zf) * c + self.gate(xp, zi) * self.inner(xp, zc)
        if self.clip > 0:
            c = xp.clip(c, -self.clip, self.clip)
        if peephole is not None:
            zo = zo + peephole[2 * n :] * c
        return self.gate(xp, zo) * self.outer(xp, c), c
