"""Arguments that ask for more memory, or more steps, than their op may take, or for axes that are not there."""

import numpy as np

from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs, OpKind

from .row import Place, Row, args, floats, row

MANY = 10**9
FAR = 2**62
X = floats(1, 2, 4, 4)
X3 = floats(1, 2, 4, 4, 4)
EMPTY = np.zeros((0, 2, 4, 4), "float32")
SHAPE = np.array([MANY, MANY], "int64")
W, T = floats(3, 3, 2, 2), floats(3, 3, 2, 2)

VALID, SAME = 0, 1


def _refused(op: str | Place, inputs: object, said: OpArgs | None = None) -> Row:
    return row(op, inputs, InvalidArgument, said)


ARRAYS = [
    _refused("fill", SHAPE, args(t=(1.0,))),
    _refused("fill", np.full(100_000, FAR), args(t=(1.0,))),
    _refused("range", (), args(0, FAR, 1)),
    _refused("range", (np.float64(0), np.float64(1), np.float64(1e-300))),
    _refused("lin_space", (), args(FAR, t=(0.0, 1.0))),
    _refused("eye", (), args(-99, 1, 1, MANY, MANY)),
    _refused("onehot", [0, 1], args(-1, MANY)),
    _refused("sequence_mask", np.array([1, MANY])),
    _refused("sequence_mask", np.array([[1, 2]]), args(MANY)),
    _refused("eye", (), args(-99, 2**14, 2**14, 0)),
    _refused("onehot", np.zeros(0, "int32"), args(-1, MANY)),
    _refused("sequence_mask", np.zeros(0, "int32"), args(MANY)),
    _refused("tile", (X, np.array([1, 1, MANY, MANY]))),
    _refused("tile", X, args(*[2] * 62, 1, 1, 1, 1)),
    _refused("tile", X, args(-1, 1, 1, 1)),
    _refused("repeat", X, args(MANY, 3)),
    _refused("repeat", (X, np.array([1, 1, 1, FAR])), OpArgs(properties={"axis": (3,)})),
    _refused("broadcast_to", (X[0, 0, 0, :1], SHAPE)),
    _refused("pad", (X, np.array([[0, 0], [0, 0], [MANY, 0], [0, 0]]))),
    _refused("pad", (X, np.array([[0, 0], [0, 0], [0, MANY], [0, 0]])), args(2)),
    _refused("mirror_pad", (X, np.array([[0, 0], [0, 0], [0, 0], [0, FAR]]))),
    _refused("upsampling2d", X, args(MANY, MANY, 1)),
    _refused("upsampling3d", X3, args(MANY, 1, 1, 1)),
]

STEPS = [
    _refused("unstack", np.zeros((2**17, 0), "float32")),
    _refused("split", EMPTY, args(MANY, 0)),
    _refused("split_v", (EMPTY, np.zeros(2**17, "int32")), args(0)),
    _refused("cumsum", X, args(0, 0, *[1] * 2**17)),
    _refused("lrn", np.zeros((1, 2**17), "float32"), args(MANY)),
]

WINDOWS = [
    *(
        _refused(op, x, args(*numbers, mode, 0, 0))
        for op in ("maxpool2d", "avgpool2d", "pnormpool2d")
        for x, numbers, mode in (
            (X, (2, 2, 1, 1, MANY, MANY, 1, 1), VALID),
            (X, (FAR, FAR, 1, 1, 0, 0, 1, 1), SAME),
            (X, (2, 2, 1, 1, 0, 0, FAR, 1), SAME),
            (X, (500, 500, 1, 1, 0, 0, 1, 1), SAME),
            (X, (250, 250, 1, 1, 2000, 2000, 1, 1), VALID),
            (EMPTY, (MANY, MANY, 1, 1, 0, 0, 1, 1), SAME),
            (X, (0, 2, 1, 1, 0, 0, 1, 1), VALID),
        )
    ),
    *(
        _refused(op, X3, args(*numbers, SAME, 0, 0))
        for op in ("maxpool3dnew", "avgpool3dnew")
        for numbers in ((MANY, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1), (50, 50, 50, 1, 1, 1, 0, 0, 0, 1, 1, 1))
    ),
    _refused("im2col", X, args(2, 2, 1, 1, MANY, MANY, 1, 1, 0)),
    _refused("im2col", X, args(4000, 4000, 1, 1, 0, 0, 1, 1, 1)),
    _refused("conv2d", (X, floats(3, 3, 2, 2)), args(3, 3, 1, 1, 3500, 3500, 1, 1, VALID)),
    _refused("conv2d", (X, floats(3, 3, 2, 2)), args(3, 3, 1, 1, 0, 0, FAR, 1, SAME)),
    _refused("conv1d", (X[0], floats(3, 4, 2)), args(3, 1, MANY, 1, VALID, 1)),
    _refused("conv3dnew", (X3, floats(1, 1, 1, 2, 2)), args(1, 1, 1, 1, 1, 1, MANY, 0, 0, 1, 1, 1, VALID)),
    _refused("depthwise_conv2d", (X, floats(3, 3, 2, 1)), args(3, 3, 1, 1, MANY, 0, 1, 1, VALID)),
    _refused("sconv2d", (X, floats(3, 3, 2, 1)), args(3, 3, 1, 1, 0, 0, 1, MANY, SAME)),
    _refused("deconv2d", (X, T[..., :2]), args(3, 3, MANY, 1, 0, 0, 1, 1, VALID)),
    _refused("deconv2d", (X[:, :, :1, :1], T[..., :2]), args(3, 3, MANY, 1, 0, 0, 1, 1, SAME)),
    _refused("deconv2d", (X, T[..., :2]), args(3, 3, 1, 1, MANY, 0, 1, 1, VALID)),
    _refused("deconv2d", (X, T[..., :2]), args(3, 3, 1, 1, -MANY, 0, 1, 1, VALID)),
]

AXES = [
    _refused((OpKind.BROADCAST, 0), (X, X[0, :, 0, 0]), args(dims=(4,))),
    _refused((OpKind.BROADCAST, 0), (X[0, 0, 0, 0], X[0, 0, 0, 0]), args(dims=(0,))),
    _refused("flatten_2d", X[0, 0, 0, 0], args(1)),
    _refused((OpKind.INDEX_REDUCE, 5), X, args(t=(0.0, 0.0, 0.0), dims=(7,))),
    _refused("tear", X, args(4)),
    _refused("pnormpool2d", X, args(2, 2, 1, 1, 0, 0, 1, 1, 0, 0)),
]

ROWS = [*AXES, *ARRAYS, *STEPS, *WINDOWS]
