"""Graphs that DL4J wrote give the numbers that DL4J got, alone and in company."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from cases import Case, case, names
from fakes import Answers

from graphserver.backend.native import NativeBackend, NativeInstance
from graphserver.formats.registry import read
from graphserver.scheduler.batch import RequestBatch
from graphserver.scheduler.grouping import group_key
from graphserver.scheduler.sink import split
from graphserver.spec.dtype import Array
from graphserver.spec.request import Pending

FIXED = {
    "casts_basic": "input 'x': its first dimension is fixed at 2",
    "ew_compare": "input 'x': its first dimension is fixed at 2",
    "if_cond": "node 'branch/cond/reduce_sum' (reduce_sum): it reduces over the batch axis",
    "tf_mlp": "input 'x': its first dimension is fixed at 3",
}
"""Cases whose shapes, or whose one condition for all rows, leave no room for a second caller."""

ALONE = {
    "activations_a": {"softmax0"},
    "activations_b": {"logsm0"},
    "ew_explog": {"log", "log1p", "logBase2", "sqrt", "rsqrt", "recip", "pow"},
    "ew_trig": {"tan", "asin", "acos", "acosh", "atanh", "atan2"},
    "index_cum": {"an", "cs0"},
    "matmul_family": {"mm", "mmta", "bmm", "bmmtb", "xw", "lin", "relul", "linalgmm"},
    "normalisation": {"fused"},
    "pairwise_broadcast": {
        *("add", "sub", "mul", "div", "rsub", "rdiv", "sqdiff", "fdiv", "fmod", "mod", "max", "min"),
        *("both", "bias", "bias_nchw"),
    },
    "reduce_basic": {"sum", "sum02", "mean", "maxall"},
    "scalar_arith": {"rdiv", "pow"},
    "shape_basic": {"tr", "edm", "st", "st1", "flat", "flatten", "size", "sizeAt", "shape"},
    "shape_slice": {"sl", "ss", "ssshrink", "ssnew", "ga", "ga0", "gnd", "get", "emb"},
    "spatial_rearrange": {"s2b", "b2s"},
    "topk_sort_unique": {"uniq_0", "uniq_1", "uniqc_0", "uniqc_1", "uniqc_2", "intopk", "ismax"},
}
"""Outputs that cannot be batched among others that can: rows of strangers would meet, or an input has a fixed size."""


PROVEN = [name for name in names() if case(name).dynamic_batch and name not in FIXED]
RUNS = [pytest.param(name, n, id=f"{name}-{n}") for name in names() for n in range(len(case(name).runs))]


Callers = Sequence[Mapping[str, Array]]


@cache
def loaded(name: str) -> NativeInstance:
    return NativeBackend().load(read(case(name).graph, name))


class Columns:
    """A sink that keeps what it gets."""

    def columns(self, arrays: Mapping[str, Array]) -> None:
        self.got = arrays


def pending(instance: NativeInstance, inputs: Mapping[str, Array], asked: tuple[str, ...] | None) -> Pending:
    """A request, counted in rows as the scheduler counts it."""
    answers = Answers()
    made = Pending("m", dict(inputs), on_reply=answers.on_reply, on_fail=answers.on_fail)
    _, made.rows = group_key(made, instance.select(frozenset(inputs), asked))
    return made


def answers(instance: NativeInstance, callers: Callers, asked: tuple[str, ...] | None) -> Any:
    """What each caller gets when all run as one batch."""
    selection = instance.select(frozenset(callers[0]), asked)
    batch = RequestBatch([pending(instance, inputs, asked) for inputs in callers], selection, lambda: 0.0)
    sink: Any = Columns()
    instance.execute(batch, sink)
    return split(sink.got, batch)


def assert_close(got: Mapping[str, Array], expected: Mapping[str, Array], of: Case) -> None:
    for name, want in expected.items():
        assert got[name].dtype == want.dtype, name
        assert got[name].shape == want.shape, name
        if name in of.random:
            continue
        have, want = ((each if each.dtype.hasobject else each.astype(np.float64)) for each in (got[name], want))
        if have.dtype.hasobject:
            np.testing.assert_array_equal(have, want, name)
        else:
            np.testing.assert_allclose(have, want, of.rtol, of.atol, err_msg=name)


@pytest.mark.parametrize(("name", "n"), RUNS)
def test_dl4js_own_numbers(name: str, n: int) -> None:
    of, run = case(name), case(name).runs[n]
    (got,) = answers(loaded(name), [run.inputs], of.outputs)
    if of.compare:
        assert_close(got, run.expected, of)
    assert list(got) == list(of.outputs)


def test_a_big_endian_bfloat16_scalar_is_what_it_says() -> None:
    """half_math/bx is 2y + 1 by the file's bytes (4000 and 3f80), as DL4J had computed before it saved the file.

    When DL4J reads the file back it forgets to swap these two scalars and answers 6e-39·y - 6e-39 (reload_0_0.npy).
    """
    of = case("half_math")
    (got,) = answers(loaded(of.name), [of.runs[0].inputs], ("bx",))
    y = of.runs[0].inputs["y"].astype(np.float32)
    np.testing.assert_allclose(got["bx"].astype(np.float32), 2 * y + 1, 0.02, 0.01)


@pytest.mark.parametrize("name", PROVEN)
def test_strangers_in_one_batch_get_what_each_gets_alone(name: str) -> None:
    """Outputs that need the same inputs, and the plain Java request (default set) where that is all of them; callers of
    different sizes and contents.
    """
    of, groups = case(name), _groups(name)
    for needed, outputs in groups.items():
        fed = [{key: run.inputs[key] for key in needed} for run in of.runs]
        _check_strangers(of, [*fed, *_variants(fed[0])], outputs)
    if len(groups) == 1 and name not in ALONE:
        _check_strangers(of, [*(run.inputs for run in of.runs), *_variants(of.runs[0].inputs)], None)


def _groups(name: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The outputs that can be batched, by the inputs that they need: inputs of different sizes share no request."""
    instance, of, found = loaded(name), case(name), dict[tuple[str, ...], tuple[str, ...]]()
    for output in of.outputs:
        if output not in ALONE.get(name, ()):
            needed = instance.select(frozenset(of.runs[0].inputs), (output,)).inputs
            found[needed] = (*found.get(needed, ()), output)
    return found


def _check_strangers(of: Case, callers: Callers, asked: tuple[str, ...] | None) -> None:
    instance = loaded(of.name)
    for got, inputs in zip(answers(instance, callers, asked), callers, strict=True):
        (alone,) = answers(instance, [inputs], asked)
        assert_close(got, alone, of)


@pytest.mark.parametrize("name", PROVEN)
def test_each_output_is_batched_unless_listed(name: str) -> None:
    fed = frozenset(case(name).runs[0].inputs)
    single = {output for output in case(name).outputs if loaded(name).select(fed, (output,)).splits is None}
    assert single == ALONE.get(name, set())


@pytest.mark.parametrize("name", sorted(FIXED.keys() & set(names())))
def test_what_cannot_be_batched_says_why(name: str) -> None:
    selection = loaded(name).select(frozenset(case(name).runs[0].inputs), case(name).outputs)
    assert (selection.splits, selection.reason) == (None, FIXED[name])


def test_training_needs_more_than_serving() -> None:
    """trained_updater: labels are not required, and nothing that needs them is answered."""
    instance = loaded("trained_updater")
    selection = instance.select(frozenset({"input"}), None)
    assert selection.inputs == ("input",)
    assert "pred" in selection.outputs
    assert not any("loss" in name for name in selection.outputs)


def _variants(inputs: Mapping[str, Array]) -> list[dict[str, Array]]:
    """The same rows in another order, and the first one alone."""
    return [{name: rows[how] for name, rows in inputs.items()} for how in (slice(None, None, -1), slice(0, 1))]
