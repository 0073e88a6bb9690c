"""Strings in graphs: moved, compared, counted; every other op refuses them by name, and only who asks for it."""

from typing import Any

import numpy as np
import pytest
from flowgraphs import flow, looped
from opgraphs import artifact, graph, ints, real

from graphserver.backend.native import NativeBackend
from graphserver.backend.native.compile import compile_graph
from graphserver.backend.native.kinds import KEEPS_STRINGS, READS_STRINGS
from graphserver.backend.native.plan import Plan
from graphserver.backend.native.rows_proof import prove
from graphserver.kernels.catalog import load_all
from graphserver.kernels.rows import Rows
from graphserver.spec.dtype import BYTES, Array
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.graph import OpArgs

WORDS = np.array([[b"a", b"b\0", b""], [b"caf\xc3\xa9", b"b\0", b"a"]], object)
"""A trailing NUL, an empty string, UTF-8."""

FEED: dict[str, Any] = {"s": (BYTES, (None, 3)), "x": (None, 3)}


def texts(*rows: Any) -> Array:
    return np.array(rows, object)


MOVED: dict[str, tuple[str, OpArgs, Any]] = {
    "identity": ("y = identity s", OpArgs(), WORDS),
    "gather": ("y = gather s i", ints(0), WORDS[[1, 1, 0]]),
    "gather of columns": ("y = gather s i", ints(1), WORDS[:, [1, 1, 0]]),
    "concat": ("y = concat s s", ints(0), np.concatenate([WORDS, WORDS])),
    "concat with a constant": ("y = concat s k", ints(1), np.hstack([WORDS, texts([b"k"], [b"l"])])),
    "stack": ("y = stack s s", ints(1), np.stack([WORDS, WORDS], 1)),
    "reshape": ("y = reshape s", ints(-99, 3, 2), WORDS.reshape(3, 2)),
    "transpose": ("y = transpose s", OpArgs(), WORDS.T),
    "permute": ("y = permute s", ints(1, 0), WORDS.T),
    "expand_dims": ("y = expand_dims s", ints(1), WORDS[:, None]),
    "flatten": ("y = flatten s", ints(99), WORDS.reshape(-1)),
    "slice": ("y = slice s", ints(0, 1, 2, 2), WORDS[:, 1:]),
    "reverse": ("y = reverse s", ints(1), WORDS[:, ::-1]),
    "tile": ("y = tile s", ints(1, 2), np.tile(WORDS, (1, 2))),
    "unstack": ("y z w = unstack s", ints(1), WORDS[:, 0]),
    "split": ("y z w = split s", ints(3, 1), WORDS[:, :1]),
    "a choice": (
        "c = equals s e; y = Where c t s",
        OpArgs(),
        texts([b"a", b"b\0", b"a"], [b"caf\xc3\xa9", b"b\0", b"a"]),
    ),
    "equals": ("y = equals s t", OpArgs(), WORDS == b"a"),
    "not_equals": ("y = not_equals s t", OpArgs(), WORDS != b"a"),
    "equals itself": ("y = equals s s", OpArgs(), np.ones((2, 3), bool)),
    "shape_of": ("y = shape_of s", OpArgs(), np.array([2, 3])),
    "size": ("y = size s", OpArgs(), np.array(6)),
    "rank": ("y = rank s", OpArgs(), np.array(2, np.int32)),
}

HOLD = {"i": np.array([1, 1, 0]), "k": texts([b"k"], [b"l"]), "t": np.array(b"a", object), "e": np.array(b"", object)}


def plan(text: str, said: OpArgs | None = None) -> Plan:
    lines = [line.strip() for line in text.split(";")]
    return Plan(real(*lines, feed=FEED, hold=HOLD, args={"y": said or OpArgs()}))


@pytest.mark.parametrize(("lines", "said", "expected"), MOVED.values(), ids=MOVED)
def test_what_moves_and_compares(lines: str, said: OpArgs, expected: Array) -> None:
    got = plan(lines, said).run({"s": WORDS}, ("y",))["y"]
    assert (got.dtype, got.shape) == (expected.dtype, expected.shape)
    assert got.tolist() == expected.tolist()


REFUSED = {
    "y = add s s": "strings",
    "y = tanh s": "strings",
    "y = reduce_max s": "strings",
    "y = greater s t": "strings",
    "y = sigmoid s": "strings",
    "y = matmul s s": "strings",
    "y = concat s x": "strings together with numbers",
    "c = equals s t; y = Where c s x": "strings together with numbers",
    "a = gather s i; y = multiply a a": "strings",
}


@pytest.mark.parametrize(("lines", "what"), REFUSED.items(), ids=REFUSED)
def test_what_computes_refuses(lines: str, what: str) -> None:
    """Only who asks for it gets the error, and it names the op."""
    refusing = plan(f"{lines}; fine = identity s")
    assert refusing.run({"s": WORDS}, ("fine",))["fine"].tolist() == WORDS.tolist()
    op = lines.rpartition(" = ")[2].split()[0]
    with pytest.raises(InvalidArgument, match=rf"^node 'y' \({op}\): the op does not take {what}$"):
        refusing.run({"s": WORDS, "x": np.zeros((2, 3), np.float32)}, ("y",))


def test_a_graph_with_such_an_op_is_loaded_all_the_same() -> None:
    instance = NativeBackend().load(artifact(graph("y = add s s", "z = identity s", feed=FEED)))
    assert instance.select(frozenset({"s"}), ("z",)).splits is not None
    assert "the op does not take strings" in instance.select(frozenset({"s"}), ("y",)).reason


@pytest.mark.parametrize("line", ["y = identity s", "y = equals s t", "y = concat s s"])
def test_rows_of_strings_are_followed_too(line: str) -> None:
    said = {"y": ints(1)} if "concat" in line else {}
    assert prove(real(line, feed=FEED, hold=HOLD, args=said)).verdicts["y"] == Rows(0, 1)


def test_strings_go_through_branches_and_loops() -> None:
    """A loop that adds a letter until there are four."""
    feed: dict[str, Any] = {"s": (BYTES, (None,))}
    lines = looped("s", "less l four", "concat a2 t") + "; l = size a; n = not_equals out out"
    hold = {"t": np.array([b"t"], object), "four": np.int64(4)}
    made = Plan(compile_graph(flow(lines, feed=feed, hold=hold), load_all()))
    assert made.run({"s": texts(b"a")}, ("out",))["out"].tolist() == [b"a", b"t", b"t", b"t"]
    assert not made.run({"s": texts(b"a")}, ("n",))["n"].any()


def test_the_ops_that_take_strings_exist() -> None:
    known = load_all()
    names = {found.name for table in (known.by_name, known.by_number) for found in table.values()} | {"merge"}
    assert names >= KEEPS_STRINGS | READS_STRINGS
