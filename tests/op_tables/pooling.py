"""Pooling, upsampling and im2col in both layouts."""

from typing import Any

import numpy as np

from graphserver.spec.errors import InvalidArgument

from .loops import SAME, VALID, last, pooled
from .row import Row, args, floats, row

X2, X3 = floats(4, 3, 7, 6), floats(2, 2, 4, 4, 5)
CASES = (
    ((2, 1), (1, 1), (1, 1), VALID),
    ((2, 2), (0, 0), (1, 1), SAME),
    ((1, 1), (0, 0), (2, 2), SAME),
)
_SAID = ((3, 2), (1, 1), (0, 0), (1, 1), VALID)
_SHAPE = (3, 2, 1, 1, 0, 0, 1, 1)

FOLDS = {
    ("maxpool2d", 0): lambda e: e.max(0),
    ("avgpool2d", 0): lambda e: e.mean(0),
    ("avgpool2d", 1): lambda e: e.sum(0) / 6,
    ("pnormpool2d", 3): lambda e: (np.abs(e) ** 3).sum(0) ** (1 / 3),
}


def pools(op: str, extra: int, fold: Any) -> list[Row]:
    made = list[Row]()
    for s, p, d, mode in CASES:
        want = pooled(X2, fold, (3, 2), s, p, d, mode)
        for nhwc in (False, True):
            said = args(3, 2, *s, *p, *d, mode, extra, int(nhwc))
            made.append(row(op, last(X2) if nhwc else X2, last(want) if nhwc else want, said, rtol=1e-4))
    return made


_CUBE = ((2, 2, 2), (1, 2, 2), (0, 0, 0), (1, 1, 1))
_CUBED = (2, 2, 2, 1, 2, 2, 0, 0, 0, 1, 1, 1)
_COLUMNS = np.stack([np.stack([X2[:, :, i : i + 5, j : j + 5] for j in range(2)], 2) for i in range(3)], 2)

ROWS = [
    *(found for (op, extra), fold in FOLDS.items() for found in pools(op, extra, fold)),
    row("maxpool2d", X2, InvalidArgument, args(9, 2, *_SHAPE[2:], 0, 0, 0)),
    row(
        "maxpool2d",
        (10 * X2).astype("int32"),
        pooled((10 * X2).astype("int32"), lambda e: e.max(0), *_SAID).astype("int32"),
        args(*_SHAPE, 0),
    ),
    *(
        row(op, last(X3) if nhwc else X3, last(want) if nhwc else want, args(*_CUBED, mode, 0, int(nhwc)))
        for op, fold in (("maxpool3dnew", lambda e: e.max(0)), ("avgpool3dnew", lambda e: e.mean(0)))
        for mode in (VALID, SAME)
        for want in (pooled(X3, fold, *_CUBE, mode),)
        for nhwc in (False, True)
    ),
    row("upsampling2d", X2, X2.repeat(2, 2).repeat(3, 3), args(2, 3, 1)),
    row("upsampling2d", X2, X2.repeat(2, 1).repeat(3, 2), args(2, 3)),
    row("upsampling3d", X3, X3.repeat(2, 2).repeat(3, 4), args(2, 1, 3, 1)),
    row("upsampling3d", X3, X3.repeat(2, 1).repeat(3, 3), args(2, 1, 3, 0)),
    row("im2col", X2, _COLUMNS, args(*_SHAPE, 0)),
    row("im2col", X2, InvalidArgument, args(9, 9, *_SHAPE[2:], 0)),
]
