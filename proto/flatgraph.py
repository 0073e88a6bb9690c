"""The tables of DL4J's graphs and messages (1.0.0-beta4 to M2.1). Slots are the format; see flatgraph.fbs.

Enums come as plain numbers: what they mean is the reader's business, and some writers send ones that do not exist.
"""

from .fields import blob, child, children, scalar, text, texts, vector
from .flatbuffer import Table


class IntPair(Table):
    """The id of a variable: its node, and which output of it."""

    first = scalar(0, "int")
    second = scalar(1, "int")


class FlatArray(Table):
    """An array (arrays.py reads it). shape: ND4J's shape information, not the dimensions alone."""

    shape = vector(0, "long")
    buffer = blob(1)
    dtype = scalar(2, "byte")
    byte_order = scalar(3, "byte")


class FlatVariable(Table):
    """A variable of a graph, or a named array of a request or a result. shape: of placeholders, -1 where open."""

    id = child(0, IntPair)
    name = text(1)
    dtype = scalar(2, "byte")
    shape = vector(3, "long")
    ndarray = child(4, FlatArray)
    device = scalar(5, "int")
    variabletype = scalar(6, "byte")
    control_deps = texts(7)
    control_dep_for_op = texts(8)
    control_deps_for_var = texts(9)


class FlatProperties(Table):
    """A field of the writer's op class. shape: dimensions of a list of lists."""

    name = text(0)
    i = vector(1, "int")
    l = vector(2, "long")
    d = vector(3, "double")
    a = children(4, FlatArray)
    b = vector(5, "bool")
    s = texts(6)
    shape = vector(7, "int")


class FlatNode(Table):
    """An op. input: ids, used only when input_paired is empty. output: positions in the list of variables."""

    id = scalar(0, "int")
    name = text(1)
    op_type = scalar(2, "byte")
    op_num = scalar(3, "long")
    properties = children(4, FlatProperties)
    input = vector(5, "int")
    input_paired = children(6, IntPair)
    output = vector(7, "int")
    extra_params = vector(8, "double")
    extra_integer = vector(9, "long")
    extra_bools = vector(10, "bool")
    dimensions = vector(11, "int")
    device = scalar(12, "int")
    scope_id = scalar(13, "int")
    scope_name = text(14)
    output_names = texts(15)
    op_name = text(16)
    output_types = vector(17, "byte")
    scalar = child(18, FlatArray)
    control_deps = texts(19)
    var_control_deps = texts(20)
    control_dep_for = texts(21)
    extra_types = vector(22, "byte")
    extra_strings = texts(23)


class FlatConfiguration(Table):
    """How the writer wants a graph run; hints, but for the output mode."""

    id = scalar(0, "long")
    execution_mode = scalar(1, "byte")
    profiling_mode = scalar(2, "byte")
    output_mode = scalar(3, "byte")
    timestats = scalar(4, "bool")
    footprint_forward = scalar(5, "long")
    footprint_backward = scalar(6, "long")
    direction = scalar(7, "byte")


class UpdaterState(Table):
    """Training state of one weight; serving never looks at it."""

    param_name = text(0)
    updater_state_keys = texts(1)
    updater_state_values = children(2, FlatArray)


class SequenceItem(Table):
    """A list of arrays (1.0.0-M2); no released graph has one."""

    name = text(0)
    associated_variable = children(1, FlatArray)


class FlatGraph(Table):
    """A whole model."""

    id = scalar(0, "long")
    variables = children(1, FlatVariable)
    nodes = children(2, FlatNode)
    outputs = children(3, IntPair)
    configuration = child(4, FlatConfiguration)
    placeholders = texts(5)
    loss_variables = texts(6)
    training_config = text(7)
    updater_state = children(8, UpdaterState)
    sequences = children(9, SequenceItem)


class FlatDropRequest(Table):
    """Forget the graph of this id."""

    id = scalar(0, "long")


class FlatResponse(Table):
    """0 is success."""

    status = scalar(0, "int")


class FlatInferenceRequest(Table):
    """Run the graph of this id on these arrays."""

    id = scalar(0, "long")
    variables = children(1, FlatVariable)
    configuration = child(2, FlatConfiguration)


class LongPair(Table):
    """Two numbers."""

    first = scalar(0, "long")
    second = scalar(1, "long")


class FlatTiming(Table):
    """How long a node took, in nanoseconds outside and inside."""

    id = scalar(0, "int")
    name = text(1)
    timing = child(2, LongPair)


class FlatResult(Table):
    """The arrays that a graph answers."""

    id = scalar(0, "long")
    variables = children(1, FlatVariable)
    timing = children(2, FlatTiming)
    footprint_forward = scalar(3, "long")
    footprint_backward = scalar(4, "long")
