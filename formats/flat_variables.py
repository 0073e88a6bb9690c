"""The variables of a FlatGraph."""

from ..proto.arrays import MAX_RANK, read_array
from ..proto.flatgraph import FlatGraph, FlatVariable
from ..spec.dtype import Array, DType, by_code, of
from ..spec.errors import InvalidArgument, Unsupported
from ..spec.graph import Variable, VariableKind
from ..spec.tensor import Shape

_VALUED = {VariableKind.WEIGHT: "weight", VariableKind.CONSTANT: "constant"}


def read_variables(graph: FlatGraph) -> dict[str, Variable]:
    """The variables by name, in the file's order. Raises InvalidArgument, Unsupported."""
    variables, keys = dict[str, Variable](), dict[tuple[int, int], str]()
    for index, flat in enumerate(graph.variables):
        variable = _variable(flat, index)
        if variable.name in variables:
            raise InvalidArgument(f"two variables are called '{variable.name}'")
        if variable.key in keys:
            raise InvalidArgument(f"variables '{keys[variable.key]}' and '{variable.name}' have the same id")
        variables[variable.name] = variable
        keys[variable.key] = variable.name
    return variables


def _variable(flat: FlatVariable, index: int) -> Variable:
    name, pair = flat.name, flat.id
    if not name or pair is None:
        raise InvalidArgument(f"variable {index} of the file has no {'id' if name else 'name'}")
    kind = _kind(flat.variabletype, name)
    value = _value(flat, kind, name)
    dtype = of(value) if value is not None else _dtype(flat.dtype, name)
    shape = value.shape if value is not None else _shape(flat, kind, name)
    return Variable(name, kind, dtype, shape, value, (pair.first, pair.second))


def _value(flat: FlatVariable, kind: VariableKind, name: str) -> Array | None:
    """The array of a weight or a constant. What Java last fed to a placeholder is left alone."""
    if kind not in _VALUED:
        return None
    array = flat.ndarray
    if array is None:
        raise InvalidArgument(f"{_VALUED[kind]} '{name}' has no array")
    return read_array(array, f"{_VALUED[kind]} '{name}'")


def _shape(flat: FlatVariable, kind: VariableKind, name: str) -> Shape | None:
    """-1 is a dimension of the request's choice. Only placeholders have shapes: none at all means any rank."""
    if kind is not VariableKind.PLACEHOLDER or not FlatVariable.shape.present(flat):
        return None
    dims = flat.shape
    if dims.size > MAX_RANK:
        raise InvalidArgument(f"placeholder '{name}' has {dims.size} dimensions, expected at most {MAX_RANK}")
    return tuple(None if dim < 0 else int(dim) for dim in dims)


def _kind(number: int, name: str) -> VariableKind:
    try:
        return VariableKind(number)
    except ValueError:
        raise InvalidArgument(f"variable '{name}' is of the unknown kind {number}") from None


def _dtype(code: int, name: str) -> DType:
    try:
        return by_code(code)
    except Unsupported as error:
        raise Unsupported(f"variable '{name}': {error}") from None
