"""The registry as a whole: names, aliases and numbers are DL4J's."""

import json
from pathlib import Path

import pytest

from graphserver.kernels.catalog import load_all
from graphserver.kernels.hashing import op_hash
from graphserver.kernels.registry import KernelRegistry, kernel
from graphserver.kernels.rows import Mixes, RowCall, Rows
from graphserver.spec.graph import OpArgs, OpKind, OpName

DL4J = json.loads((Path(__file__).parents[1] / "data" / "custom_ops_M2.1.json").read_text())
"""Custom ops of M2.1: name → [hash, aliases]."""

CUSTOM = sorted({one.name for one in load_all().by_name.values()})


@pytest.mark.parametrize("name", CUSTOM)
def test_names_are_dl4js(name: str):
    number, aliases = DL4J[name]
    found = load_all().find(OpName(OpKind.CUSTOM, int(number), "whatever the file says"))
    assert found is not None
    assert found.name == name
    assert set(found.aliases) == set(aliases)


def test_lookup_falls_back_on_the_name_in_any_case():
    assert load_all().find(OpName(OpKind.CUSTOM, 0, "SoftMax")) is load_all().by_hash[op_hash("softmax")]
    assert load_all().find(OpName(OpKind.CUSTOM, 0, "no such op")) is None


def test_a_number_is_looked_up_in_its_own_table():
    assert load_all().find(OpName(OpKind.SCALAR, 39, "")).name == "legacy:relu_scalar"
    assert load_all().find(OpName(OpKind.TRANSFORM_STRICT, 39, "")).name == "legacy:sinh"
    assert load_all().find(OpName(OpKind.SCALAR, 999, "relu")) is None


def test_an_op_of_ones_own():
    registry = KernelRegistry()

    @kernel("twice", ints=("times",), registry=registry)
    def twice(xp, x, *, times=2):
        return x * times

    found = registry.by_name["twice"]
    assert found.function(None, 3, **found.read(OpArgs(ints=(4,)))) == 12
    with pytest.raises(Mixes, match="no rule"):
        found.rows(RowCall([Rows(0, 1)], [(3,)], [(3,)], {}, 3))
    with pytest.raises(ValueError, match="'twice'"):
        kernel("twice", registry=registry)(lambda xp, x: x)
