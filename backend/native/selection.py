"""Which outputs a request gets, which inputs these need, and whether they may share a run with other callers.

The order of the choice is that of the outside contract: what is asked for; what the file lists; in mode VARIABLE_SPACE
every named ARRAY variable that the fed placeholders allow; in other modes those of them that nothing else reads.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial

from ...spec.errors import InvalidArgument
from ...spec.graph import OutputMode, Variable, VariableKind
from ...spec.tensor import Signature, TensorSpec
from ..instance import Selection
from .compile import Compiled
from .rows_proof import Proof

KEPT = 256
"""Questions, and answers, that are remembered; the least recently used goes first."""

_NAMED = 12
"""Names that an error lists before it says how many more there are."""


class Selector:
    """Answers the same question with the same Selection, so that requests group by identity."""

    def __init__(self, compiled: Compiled, proof: Proof, *, dl4j_compat: bool = False) -> None:
        answers = Answers(compiled, dl4j_compat)
        self.usual = answers.usual
        self._answers = answers
        self._outputs = lru_cache(KEPT)(answers.outputs)
        self._selection = lru_cache(KEPT)(partial(_selection, answers, proof))

    def select(self, fed: frozenset[str], asked: tuple[str, ...] | None) -> Selection:
        """See backend.instance.Instance.select; asking for nothing is asking for the default set."""
        return self._selection(self._outputs(fed, asked or None))

    def answered(self, signature: Signature) -> Signature:
        """The signature without outputs that are never answered: a file's leaves may be inside of a loop, or a list."""
        return Signature(signature.inputs, tuple(spec for spec in signature.outputs if self._answers.knows(spec.name)))


def _selection(answers: "Answers", proof: Proof, outputs: tuple[str, ...]) -> Selection:
    splits, reason = proof.splits(outputs)
    return Selection(answers.inputs(outputs), outputs, splits, reason)


class Answers:
    """What a compiled graph can answer, and the placeholders that each variable needs (a set of bits).

    dl4j_compat: weights, constants and placeholders may be answered as well, as the original does.
    usual: the placeholders that anything but a loss needs: what a caller is expected to feed.
    """

    def __init__(self, compiled: Compiled, dl4j_compat: bool = False) -> None:
        self._graph = compiled.graph
        self._placeholders = [
            found for found in self._graph.variables.values() if found.kind is VariableKind.PLACEHOLDER
        ]
        self._internal = compiled.internal
        self._nodes = [*compiled.graph.nodes, *(call.node for call in compiled.calls)]
        self._needs = _needs(compiled, self._placeholders)
        self._answerable = {
            name: None
            for name, found in self._graph.variables.items()
            if name in self._needs and name not in compiled.internal
            if dl4j_compat or found.kind is VariableKind.ARRAY
        }
        usual = [name for name in self._answerable if name not in self._graph.losses]
        self.usual = frozenset(self.inputs(usual or self._answerable))

    def outputs(self, fed: frozenset[str], asked: tuple[str, ...] | None) -> tuple[str, ...]:
        """The outputs of a request. Raises InvalidArgument as Instance.select says."""
        bits = self._bits(fed)
        if asked is None:
            return self._default(bits)
        self._check_known(asked)
        missing = self._named(self._needed(asked) & ~bits)
        if missing:
            raise InvalidArgument(f"missing input {_specs(missing)}; needed for output {_quoted(asked)}")
        return tuple(dict.fromkeys(asked))

    def knows(self, output: str) -> bool:
        """Whether a request may ask for this."""
        return output in self._answerable

    def inputs(self, outputs: Iterable[str]) -> tuple[str, ...]:
        """The placeholders that these outputs need, in the file's order."""
        return tuple(found.name for found in self._named(self._needed(outputs)))

    def _default(self, bits: int) -> tuple[str, ...]:
        chosen = tuple(name for name in self._candidates(bits) if not self._needs[name] & ~bits)
        if chosen:
            return chosen
        missing = self._named(self._bits(self.usual) & ~bits) or self._named(~bits)
        if not missing:
            raise InvalidArgument("the graph has no variable that could be answered")
        raise InvalidArgument(f"nothing can be computed from what was fed; missing input {_specs(missing)}")

    def _candidates(self, bits: int) -> Iterable[str]:
        if self._graph.outputs:
            return [name for name in self._graph.outputs if name in self._needs and name not in self._internal]
        if self._graph.mode is OutputMode.VARIABLE_SPACE:
            return self._answerable
        read = self._read(bits)
        return [name for name in self._answerable if name not in read and self._is_array(name)]

    def _read(self, bits: int) -> set[str]:
        """What some node reads that runs with these inputs and makes more than losses."""
        running = (
            node
            for node in self._nodes
            if not self._graph.losses.issuperset(node.outputs)
            and all(name in self._needs and not self._needs[name] & ~bits for name in node.outputs)
        )
        return {name for node in running for name in node.inputs}

    def _is_array(self, name: str) -> bool:
        return self._graph.variables[name].kind is VariableKind.ARRAY

    def _check_known(self, asked: Sequence[str]) -> None:
        unknown = [name for name in asked if name not in self._answerable]
        if unknown:
            raise InvalidArgument(
                f"output {_quoted(unknown)} cannot be answered; it can be asked for {_quoted(self._answerable)}"
            )

    def _bits(self, names: Iterable[str]) -> int:
        fed = frozenset(names)
        return sum(1 << i for i, found in enumerate(self._placeholders) if found.name in fed)

    def _needed(self, outputs: Iterable[str]) -> int:
        bits = 0
        for name in outputs:
            bits |= self._needs[name]
        return bits

    def _named(self, bits: int) -> list[Variable]:
        return [found for i, found in enumerate(self._placeholders) if bits >> i & 1]


def _needs(compiled: Compiled, placeholders: Sequence[Variable]) -> dict[str, int]:
    needs = dict.fromkeys(compiled.constants, 0)
    needs |= {found.name: 1 << i for i, found in enumerate(placeholders)}
    for call in compiled.calls:
        bits = 0
        for name in call.reads:
            bits |= needs[name]
        needs |= dict.fromkeys(call.node.outputs, bits)
    return needs


def _specs(variables: Iterable[Variable]) -> str:
    return "; ".join(str(TensorSpec(found.name, found.dtype, found.shape)) for found in variables)


def _quoted(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(f"'{name}'" for name in listed[:_NAMED]) + more
