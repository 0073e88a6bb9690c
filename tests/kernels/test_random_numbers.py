"""What is left to chance: the right moments, the same numbers for the same node, others for another."""

from typing import Any

import numpy as np
import pytest
from op_tables.row import args
from opgraphs import real

from graphserver.backend.native.plan import Plan
from graphserver.backend.native.rows_proof import Stopped, prove
from graphserver.kernels.catalog import load_all
from graphserver.spec.dtype import Array
from graphserver.spec.graph import OpArgs, OpKind

SIZE = np.array([200, 300])
N = 60_000

MOMENTS: dict[str, tuple[str | int, tuple[float, ...], float, float, float, float]] = {
    "uniform": (0, (2.0, 5.0), 3.5, 3 / 12**0.5, 2.0, 5.0),
    "normal": (6, (1.0, 2.0), 1.0, 2.0, -np.inf, np.inf),
    "bernoulli": (7, (0.3,), 0.3, 0.21**0.5, 0.0, 1.0),
    "binomial": (8, (10.0, 0.3), 3.0, 2.1**0.5, 0.0, 10.0),
    "lognormal": (10, (0.0, 0.5), np.exp(0.125), ((np.exp(0.25) - 1) * np.exp(0.25)) ** 0.5, 0.0, np.inf),
    "truncated normal": (11, (1.0, 2.0), 1.0, 2 * 0.8796, -3.0, 5.0),
    "exponential": (13, (4.0,), 0.25, 0.25, 0.0, np.inf),
    "poisson": (15, (3.0,), 3.0, 3.0**0.5, 0.0, np.inf),
    "gamma": (16, (2.0, 4.0), 0.5, 2**0.5 / 4, 0.0, np.inf),
    "custom uniform": ("randomuniform", (2.0, 5.0), 3.5, 3 / 12**0.5, 2.0, 5.0),
    "custom normal": ("random_normal", (1.0, 2.0), 1.0, 2.0, -np.inf, np.inf),
    "custom bernoulli": ("random_bernoulli", (0.3,), 0.3, 0.21**0.5, 0.0, 1.0),
    "custom exponential": ("random_exponential", (4.0,), 0.25, 0.25, 0.0, np.inf),
}
"""Op, T, mean, standard deviation, least and greatest value."""


def drawn(op: str | int, *inputs: Any, said: OpArgs, seed: int = 5) -> Array:
    table = load_all()
    kernel = table.by_name[op] if isinstance(op, str) else table.by_number[OpKind.RANDOM, op]
    return kernel.function(np, *inputs, **{"seed": seed, **kernel.read(said)})


@pytest.mark.parametrize(("op", "t", "mean", "deviation", "low", "high"), MOMENTS.values(), ids=MOMENTS)
def test_moments(op: str | int, t: tuple[float, ...], mean: float, deviation: float, low: float, high: float) -> None:
    """The mean lies within five of its own standard deviations."""
    x = drawn(op, SIZE, said=args(t=t)).astype(np.float64)
    assert x.shape == (200, 300)
    assert abs(x.mean() - mean) < 5 * deviation / N**0.5
    np.testing.assert_allclose(x.std(), deviation, rtol=0.03)
    assert low <= x.min() <= x.max() <= high


@pytest.mark.parametrize(("op", "t"), [(row[0], row[1]) for row in MOMENTS.values()], ids=MOMENTS)
def test_the_same_seed_gives_the_same_numbers_and_another_gives_others(op: str | int, t: tuple[float, ...]) -> None:
    one, two, other = (drawn(op, SIZE, said=args(t=t), seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_gammas_and_poissons_of_arrays_have_the_mean_of_each_entry() -> None:
    rates, means = np.array([1.0, 10.0]), np.array([2.0, 50.0])
    gammas = drawn("random_gamma", SIZE, means, rates, said=args())
    np.testing.assert_allclose(gammas.mean((0, 1)), means / rates, rtol=0.03)
    np.testing.assert_allclose(drawn("random_poisson", SIZE, means, said=args()).mean((0, 1)), means, rtol=0.03)


def test_whole_numbers_are_below_the_limit() -> None:
    found = drawn("randomuniform", SIZE, said=args(9, t=(3.0, 6.0)))
    assert np.unique(found).tolist() == [3, 4, 5]


def test_classes_come_as_often_as_their_logits_say() -> None:
    logits = np.log(np.array([[1.0, 2.0, 7.0], [5.0, 5.0, 0.0001]]))
    found = drawn("random_multinomial", logits, np.array([20_000]), said=args())
    shares = [np.bincount(row, minlength=3) / 20_000 for row in found]
    np.testing.assert_allclose(shares, [[0.1, 0.2, 0.7], [0.5, 0.5, 0.0]], atol=0.02)


def test_choices_come_as_often_as_their_weights_say() -> None:
    said = OpArgs(properties={"shape": (20_000,)})
    found = drawn(5, np.array([7.0, 8.0]), np.array([0.25, 0.75]), said=said)
    np.testing.assert_allclose((found == 8).mean(), 0.75, atol=0.02)


def test_a_merge_takes_its_share_of_the_second() -> None:
    found = drawn(3, np.zeros(20_000), np.ones(20_000), said=args(t=(0.25,)))
    np.testing.assert_allclose(found.mean(), 0.25, atol=0.02)


def test_a_shuffle_keeps_every_row_and_moves_them() -> None:
    x = np.arange(200).reshape(100, 2)
    found = drawn("random_shuffle", x, said=args())
    assert (found != x).any()
    np.testing.assert_array_equal(np.sort(found[:, 0]), x[:, 0])
    np.testing.assert_array_equal(found[:, 1], found[:, 0] + 1)


def test_a_crop_lies_together_anywhere() -> None:
    x = np.arange(10_000).reshape(100, 100)
    starts = {int(drawn("random_crop", x, np.array([2, 3]), said=args(), seed=seed)[0, 0]) for seed in range(20)}
    assert len(starts) > 10
    found = drawn("random_crop", x, np.array([2, 3]), said=args())
    np.testing.assert_array_equal(found - found[0, 0], [[0, 1, 2], [100, 101, 102]])


LINES = ("a = random_normal s", "b = random_normal s", "c = random_poisson s m")


def plan(**more: Any) -> Plan:
    return Plan(real(*LINES, hold={"s": np.array([4, 4]), "m": np.float32(100)}, **more))


def test_each_node_has_its_own_numbers_on_every_request() -> None:
    """Seeds are made of names; one that is written counts."""
    one, again, seeded = plan(), plan(), plan(args={"c": args(77)})
    first = one.run({}, ("a", "b", "c"))
    for got in (one.run({}, ("a", "b", "c")), again.run({}, ("a", "b", "c"))):
        for name, value in first.items():
            np.testing.assert_array_equal(got[name], value)
    assert (first["a"] != first["b"]).all()
    assert (seeded.run({}, ("c",))["c"] != first["c"]).any()


def test_random_nodes_are_neither_folded_nor_shared() -> None:
    made = real("a = random_normal s", "y = add x a", feed={"x": (None, 4)}, hold={"s": np.array([1, 4])})
    assert not made.folded
    assert prove(made).verdicts["y"] == Stopped("node 'a' (random_normal): it does not answer the same twice")
