"""Which rows run on a device, and what ops may do there."""

from .row import Row

SHAPED_BY_VALUES = {
    "Where": "as many positions as there are hits",
    "choose": "as many entries as there are hits",
    "listdiff": "as many entries as are left",
    "unique": "as many entries as are different",
    "unique_with_counts": "as many entries as are different",
    "where_np": "as many positions as there are hits",
}
"""Ops that must wait for the device, because the shape of their answer hangs on values, and why."""


def runs_on_devices(row: Row) -> bool:
    """Devices know no strings; a row with one runs on the host alone."""
    return not any(x.dtype.hasobject for x in row.inputs)
