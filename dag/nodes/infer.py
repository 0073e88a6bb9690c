"""Node kind `infer`: runs a model."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..node import Arrived, Effect, Emit, Fail, Inputs, Run


@dataclass(frozen=True, slots=True)
class Infer:
    """Gives its input rows to `target` and passes on what the model answers."""

    target: str

    def advance(self, state: None, arrived: Arrived) -> tuple[None, Sequence[Effect]]:
        """Inputs run the model; its result leaves by the ports of the same names."""
        if isinstance(arrived, Inputs):
            return state, [Run("model", self.target, arrived.rows)]
        if arrived.error is not None:
            return state, [Fail(arrived.error)]
        return state, [Emit(port, rows) for port, rows in (arrived.rows or {}).items()]
