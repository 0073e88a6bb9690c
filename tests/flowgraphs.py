"""Control flow written as DL4J writes it: nodes in lines, as in opgraphs.py, among them those of table LOGIC.

"a b = switch x p", "y = merge a b", "e = enter:loop x", "n = next_iteration y", "z = exit a", "c = loop_cond p".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from opgraphs import graph

from graphserver.backend.native.compile import Compiled, compile_graph
from graphserver.backend.native.frames_control import Control
from graphserver.backend.native.plan import Plan
from graphserver.formats.order import in_dependency_order
from graphserver.kernels.catalog import load_all
from graphserver.spec.dtype import BOOL, INT32, Array
from graphserver.spec.graph import OpArgs, OpGraph, OpKind, OpName, OpNode

LOGIC = {kind.name.lower(): kind.value for kind in Control}

SCALARS = {
    "x": (),
    "y": (),
    "p": (BOOL, ()),
    "q": (BOOL, ()),
    "n": (INT32, ()),
    "m": (INT32, ()),
    "v": (None, 3),
}
"""Placeholders that a test may read; those that its lines do not name are left out."""

TYPES = {"x": np.float32, "y": np.float32, "n": np.int32, "m": np.int32, "v": np.float32}

HELD = {"zero": np.int32(0), "one": np.int32(1), "two": np.float32(2), "yes": np.array(True), "no": np.array(False)}
"""Constants, likewise."""


def flow(*lines: str, **more: Any) -> OpGraph:
    """A graph of these lines, in any order, with the placeholders and constants of the tables above that they read."""
    lines = tuple(line.strip() for text in lines for line in text.split(";") if line.strip())
    read = {word.partition(":")[2] or word for line in lines for word in line.split()}
    feed = {name: shape for name, shape in SCALARS.items() if name in read} | more.pop("feed", {})
    hold = {name: value for name, value in HELD.items() if name in read} | more.pop("hold", {})
    made = graph(*lines, feed=feed, hold=hold, **more)
    return replace(made, nodes=in_dependency_order(list(map(_control, made.nodes))))


def compiled_flow(*lines: str, **more: Any) -> Compiled:
    """That graph, compiled for the kernels that are served."""
    return compile_graph(flow(*lines, **more), load_all())


WHILE = "a0 = enter:l {first}; a = merge a0 a3; a1 a2 = switch a c; a3 = next_iteration {body}; out = exit a1;"
"""while c: a = body, with a of this iteration called a2."""


def looped(first: str, condition: str, body: str) -> str:
    """A loop of one variable: `condition` makes c of a, `body` makes b of a2."""
    return WHILE.format(first=first, body="b" if body else "a2") + f"c = {condition};" + (f"b = {body}" if body else "")


COUNTED = (
    "i0 = enter:loop zero; a0 = enter:loop x; i = merge i0 i3; a = merge a0 a3; c = less i n; "
    "i1 i2 = switch i c; a1 a2 = switch a c; a4 = {body}; i4 = add i2 one; "
    "i3 = next_iteration i4; a3 = next_iteration a4; steps = exit i1; out = exit a1"
)
"""for i in range(n): a = body, with a of this iteration called a2, beginning with x."""

DOUBLED = COUNTED.format(body="add a2 a2")

INNER = (
    "j0 = enter:in zero; s0 = enter:in {first}; j = merge j0 j3; s = merge s0 s3; d = less j m; j1 j2 = switch j d;"
    "s1 s2 = switch s d; s4 = add s2 {more}; j4 = add j2 one; j3 = next_iteration j4; s3 = next_iteration s4;"
    "left = exit s1;"
)
"""for j in range(m): s = s + more, beginning with first; answers `left`."""


def nested(first: str, more: str, body: str) -> str:
    return COUNTED.format(body=body) + ";" + INNER.format(first=first, more=more)


def arrays(**values: Any) -> dict[str, Array]:
    """Inputs; numbers become arrays of the placeholders' types."""
    return {name: np.asarray(value, TYPES.get(name)) for name, value in values.items()}


def answer(lines: Sequence[str] | str, inputs: Mapping[str, Any], *outputs: str, **more: Any) -> Any:
    """What a graph answers: one value, or a list of them."""
    made = compiled_flow(*([lines] if isinstance(lines, str) else lines), **more)
    got = Plan(made).run(arrays(**inputs), outputs)
    values = [got[name].tolist() for name in outputs]
    return values[0] if len(outputs) == 1 else values


def _control(node: OpNode) -> OpNode:
    op, _, frame = node.op.name.partition(":")
    if op not in LOGIC:
        return node
    args = OpArgs(ints=(20,), strings=(frame,)) if frame else node.args
    return replace(node, op=OpName(OpKind.LOGIC, LOGIC[op], op), args=args)
