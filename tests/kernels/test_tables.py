"""Every row of every table gives the expected arrays: values, types and shapes, on the host and on a device.

The device is the strict fake of CuPy: inputs are put there, but for those that a kernel declares as host inputs.
"""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from op_tables.all_rows import ROWS
from op_tables.device_rules import SHAPED_BY_VALUES, runs_on_devices
from op_tables.row import Row
from strict_cupy.launch import WAITS
from strict_cupy.modules import cupy

from graphserver.kernels.catalog import load_all
from graphserver.kernels.deferred import deferred_checks
from graphserver.spec.dtype import Array


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row) -> None:
    inputs = [x.copy() for x in row.inputs]
    if isinstance(row.expected, type):
        with pytest.raises(row.expected):
            row.run(np, *inputs)
        return
    assert_expected(row, [np.asarray(out) for out in row.run(np, *inputs)])
    assert_untouched(row, inputs)


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.usefixtures("device")
def test_row_on_a_device(row: Row) -> None:
    if not runs_on_devices(row):
        pytest.skip("devices know no strings")
    if isinstance(row.expected, type):
        with pytest.raises(row.expected):
            judged(row, placed(row))
        return
    inputs = placed(row)
    outputs = judged(row, inputs)
    assert not WAITS or row.kernel.name in SHAPED_BY_VALUES, (
        f"'{row.kernel.name}' waits for the device in {WAITS}: keep shapes apart from values, or list it with a reason"
    )
    assert_expected(row, [cupy.asnumpy(out) for out in outputs])
    assert_untouched(row, [cupy.asnumpy(x) for x in inputs])


def placed(row: Row) -> list[Any]:
    """The row's inputs, each where its kernel needs it."""
    return [x.copy() if i in row.host_inputs else cupy.asarray(x) for i, x in enumerate(row.inputs)]


def judged(row: Row, inputs: list[Any]) -> tuple[Any, ...]:
    """The answers on the device, after the checks that had to wait."""
    with deferred_checks() as checks:
        outputs = row.run(cupy, *inputs)
    for check in checks:
        check.judge(lambda value: int(cupy.asnumpy(value)))
    return outputs


def assert_expected(row: Row, outputs: list[Array]) -> None:
    assert not isinstance(row.expected, type)
    assert [(out.dtype, out.shape) for out in outputs] == [(want.dtype, want.shape) for want in row.expected]
    for out, want in zip(outputs, row.expected, strict=True):
        if out.dtype.hasobject:
            np.testing.assert_array_equal(out, want)
        else:
            np.testing.assert_allclose(
                out.astype("float64"), want.astype("float64"), rtol=row.rtol, atol=row.atol, err_msg=str(row.args)
            )


def assert_untouched(row: Row, inputs: list[Array]) -> None:
    for x, was in zip(inputs, row.inputs, strict=True):
        np.testing.assert_array_equal(x, was, err_msg="the kernel wrote into its input")


def test_every_op_has_three_rows() -> None:
    counted = Counter(row.kernel.name for row in ROWS)
    registry = load_all()
    known = {kernel.name for table in (registry.by_name, registry.by_number) for kernel in table.values()}
    assert {name: counted[name] for name in sorted(known) if counted[name] < 3} == {}
