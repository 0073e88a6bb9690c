"""Every row of every table gives the expected arrays: values, types and shapes."""

import sys
from collections import Counter

import numpy as np
import pytest
from op_tables import all_rows
from op_tables.row import Row

from graphserver.kernels.catalog import load_all

ROWS = all_rows.ROWS


@pytest.fixture(params=["numpy"])
def xp(request):
    """The array module the kernels run on; a second one needs no other row."""
    return sys.modules[request.param]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row, xp):
    inputs = [xp.asarray(x) for x in row.inputs]
    before = [x.copy() for x in inputs]
    if isinstance(row.expected, type):
        with pytest.raises(row.expected):
            row.run(xp, *inputs)
        return
    outputs = [np.asarray(out) for out in row.run(xp, *inputs)]
    assert [(out.dtype, out.shape) for out in outputs] == [(want.dtype, want.shape) for want in row.expected]
    for out, want in zip(outputs, row.expected, strict=True):
        np.testing.assert_allclose(
            out.astype("float64"), want.astype("float64"), rtol=row.rtol, atol=row.atol, err_msg=str(row.args)
        )
    for x, was in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(x, was, err_msg="the kernel wrote into its input")


def test_every_op_has_three_rows():
    counted = Counter(row.kernel.name for row in ROWS)
    registry = load_all()
    known = {kernel.name for table in (registry.by_name, registry.by_number) for kernel in table.values()}
    assert {name: counted[name] for name in sorted(known) if counted[name] < 3} == {}
