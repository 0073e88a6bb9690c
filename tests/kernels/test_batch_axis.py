"""What the rules say about the batch axis holds: callers joined and answered together get what each gets alone.

Every row of the tables is tried with callers' rows on every axis of every input (and of all inputs of one size), once
and twice per row fed; where the rule says that the rows stay apart, the joined run is compared with two runs apart.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from op_tables.all_rows import ROWS
from op_tables.row import Row, args, floats, row

from graphserver.kernels.rows import EXTENT, WHOLE, Mixes, RowCall, Rows
from graphserver.spec.graph import OpKind

GOOD = [one for one in ROWS if not isinstance(one.expected, type)]


def proved(one: Row, states: list[Any], rows: int) -> list[Any]:
    """What the rule says of the outputs; raises Mixes."""
    outputs = [np.shape(out) for out in one.run(np, *one.inputs)]
    kernel = one.kernel
    values = [x if i in one.host_inputs else None for i, x in enumerate(one.inputs)]
    shapes = [x.shape for x in one.inputs]
    return list(kernel.rows(RowCall(states, shapes, outputs, kernel.read(one.args), rows, values)))


def placements(one: Row) -> Iterator[tuple[list[Any], int]]:
    """States of the inputs, and the rows fed: each input alone, then all that have the size in the same place."""
    for i, x in enumerate(one.inputs):
        if i in one.host_inputs:
            continue
        for axis, size in enumerate(x.shape):
            for per_row in (1, 2):
                rows, rest = divmod(size, per_row)
                if rows < 2 or rest:
                    continue
                mine = Rows(axis, per_row)
                yield [mine if j == i else WHOLE for j in range(len(one.inputs))], rows
                alike = [
                    Rows(axis - x.ndim + y.ndim, per_row)
                    if y.ndim + axis >= x.ndim and y.shape[axis - x.ndim + y.ndim] == size and j not in one.host_inputs
                    else WHOLE
                    for j, y in enumerate(one.inputs)
                ]
                if sum(state is not WHOLE for state in alike) > 1:
                    yield alike, rows


def part(x: Any, state: Any, start: int, stop: int) -> Any:
    """The entries of some rows."""
    if not isinstance(state, Rows):
        return x
    return x[(slice(None),) * state.axis + (slice(start * state.per_row, stop * state.per_row),)]


def reversed_rows(x: Any, state: Any) -> Any:
    """The same rows in another sequence."""
    return np.flip(x, state.axis) if isinstance(state, Rows) else x


def check(one: Row, states: list[Any], rows: int, said: list[Any]) -> None:
    whole = [np.asarray(out) for out in one.run(np, *one.inputs)]
    again = one.run(np, *map(reversed_rows, one.inputs, states)) if EXTENT in said else whole
    for start, stop in ((0, rows // 2), (rows // 2, rows)):
        fed = [part(x, state, start, stop) for x, state in zip(one.inputs, states, strict=True)]
        for out, state, joined, other in zip(one.run(np, *fed), said, whole, again, strict=True):
            if state is EXTENT:
                np.testing.assert_array_equal(joined, other, err_msg="a size depends on values")
                continue
            want = part(joined, state, start, stop)
            assert np.shape(out) == want.shape, (states, said)
            np.testing.assert_allclose(
                np.asarray(out, "float64"), want.astype("float64"), rtol=1e-4, atol=1e-5, err_msg=f"{states} {said}"
            )


@pytest.mark.parametrize("one", GOOD, ids=str)
def test_rule_is_true(one: Row):
    for states, rows in placements(one):
        try:
            said = proved(one, states, rows)
        except Mixes:
            continue
        assert len(said) == len(one.expected)
        check(one, states, rows, said)


X = floats(4, 3, 6)
B = Rows(0, 1)
ALL = 2147483647

MIXERS = {
    "softmax over the batch": (row("softmax", X, X, args(0)), [B]),
    "log_softmax over the batch": (row("log_softmax", X, X, args(-3)), [B]),
    "cumsum over the batch": (row("cumsum", X, X, args(0, 0, 0)), [B]),
    "cumsum over all": (row("cumsum", X, X, args(0, 0)), [B]),
    "sum over the batch": (row((OpKind.REDUCE_SAME, 0), X, X, args(dims=(0, 2))), [B]),
    "sum over all": (row((OpKind.REDUCE_SAME, 0), X, X, args(dims=(ALL,))), [B]),
    "mean over the batch": (row("reduce_mean", X, X, args(0)), [B]),
    "mean over axes of an input": (row("reduce_mean", (X, [0]), X), [B, WHOLE]),
    "axes that depend on the batch": (row("reduce_mean", (X, [1]), X), [B, EXTENT]),
    "argmax of all": (row("argmax", X, X), [B]),
    "layer_norm over all": (row("layer_norm", (X, floats(6)), X, args(0, 1, 2, b=(False,))), [B, WHOLE]),
    "standardize over the batch": (row("standardize", X, X, args(0)), [B]),
    "statistics of the batch": (row("fused_batch_norm", (X, floats(6), floats(6)), X, args(0, 1)), [B, WHOLE, WHOLE]),
    "rows summed in a product": (row("matmul", (X[0], X[0]), X, args(0, 1)), [Rows(1, 1), WHOLE]),
    "rows against rows": (row("matmul", (X[0], X[0]), X, args(0, 1)), [B, B]),
    "a fixed addend": (row("matmul", (X[0], X[0], X[0, :, :3]), X, args(0, 1, t=(1.0, 1.0))), [B, WHOLE, WHOLE]),
    "rows moved, then summed": (row("matmul", (X[0], X[0]), X, args(1, 0)), [B, B]),
    "reshape across rows": (row("reshape", X, X, args(-99, 8, 9)), [B]),
    "reshape of inner rows": (row("reshape", X, X, args(-99, -1, 6)), [Rows(1, 1)]),
    "flatten of two": (row("flatten", (X, X), X), [B, B]),
    "concat along the batch": (row("concat", (X, X), X, args(0)), [B, B]),
    "concat with a constant": (row("concat", (X, X), X, args(1)), [B, WHOLE]),
    "unstack of the batch": (row("unstack", X, X, args(0)), [B]),
    "a slice of the batch": (row("strided_slice", X, X, args(0, 0, 0, 0, 0, 0, 4, 1)), [B]),
    "the first row": (row("strided_slice", X, X, args(0, 0, 0, 0, 1, 0, 1, 1)), [B]),
    "reversed batch": (row("reverse", X, X, args(0)), [B]),
    "tiled batch": (row("tile", X, X, args(2, 1, 1)), [B]),
    "picking rows": (row("gather", (X, [2, 1]), X, args(0)), [B, WHOLE]),
    "rows by rows": (row("gather", (X, [2, 1, 0, 0]), X, args(1)), [B, B]),
    "positions of rows": (row("Where", X > 0, X), [B]),
    "longest row": (row("sequence_mask", np.array([1, 2]), X), [B]),
    "mean loss": (row("mean_sqerr_loss", (X, X, X), X, args(3)), [B, B, B]),
    "one norm for all": (row("clipbynorm", X, X, args(t=(1.0,))), [B]),
    "a constant for each row": (row("add", (X, X), X), [B, WHOLE]),
    "a size added to rows": (row("add", (X, np.float32(4)), X), [B, EXTENT]),
    "squeeze of whatever is one": (row("squeeze", X, X), [B]),
    "local response over rows": (row("lrn", X, X, args(2, t=(1.0, 1.0, 0.5))), [Rows(2, 1)]),
    "pooling over rows": (row("maxpool2d", floats(1, 1, 4, 4), X, args(2, 2, 1, 1, 0, 0, 1, 1, 0)), [Rows(2, 1)]),
}


@pytest.mark.parametrize(("one", "states"), MIXERS.values(), ids=MIXERS)
def test_mixer_is_refused(one: Row, states: list[Any]):
    axis = next(state.axis for state in states if isinstance(state, Rows))
    with pytest.raises(Mixes):
        proved(one, states, one.inputs[0].shape[axis])


SIZE = np.array([4, 3, 6])

SIZES = {
    "shape_of": (row("shape_of", X, SIZE), [B], EXTENT),
    "size_at the batch": (row("size_at", X, SIZE, args(0)), [B], EXTENT),
    "size_at another axis": (row("size_at", X, SIZE, args(2)), [B], WHOLE),
    "rank": (row("rank", X, SIZE), [B], WHOLE),
    "part of a shape": (row("strided_slice", SIZE, SIZE, args(0, 0, 0, 0, 1, 0, 1, 1)), [EXTENT], EXTENT),
    "cast of a shape": (row("cast", SIZE, SIZE, args(9)), [EXTENT], EXTENT),
    "a multiple": (row("multiply", (SIZE, np.int64(2)), SIZE), [EXTENT, WHOLE], EXTENT),
    "a new shape": (row("stack", (SIZE[0], np.int64(18)), SIZE), [EXTENT, WHOLE], EXTENT),
    "reshape to it": (row("reshape", (X, np.array([4, 18])), X), [B, EXTENT], B),
    "sixteen rows for one": (row("reshape", (X, [-1, 6]), X), [B, WHOLE], Rows(0, 3)),
    "backward to it": (
        row(
            "deconv2d_tf", (np.array([4, 1, 3, 6]), floats(1, 1, 1, 1), X[:, None]), X, args(1, 1, 1, 1, 0, 0, 1, 1, 0)
        ),
        [EXTENT, WHOLE, B],
        B,
    ),
    "broadcast to it": (row("broadcast_to", (X[:, :1], SIZE), X), [B, EXTENT], B),
}


@pytest.mark.parametrize(("one", "states", "said"), SIZES.values(), ids=SIZES)
def test_sizes_pass(one: Row, states: list[Any], said: Any):
    assert proved(one, states, 4) == [said]
