"""What arguments may ask for."""

import pytest

from graphserver.kernels.bounds import (
    GROWTH,
    MOST_BYTES,
    MOST_GROWN,
    MOST_STEPS,
    MOST_WORK,
    VISITS,
    check_size,
    check_steps,
)
from graphserver.spec.errors import InvalidArgument

MB = 2**20


@pytest.mark.parametrize(
    ("shape", "itemsize", "given"),
    [
        ((), 8, 0),
        ((0, 32 * MB), 8, 0),
        ((32, MB), 8, 0),
        ((MOST_BYTES,), 1, 0),
        ((GROWTH, 20 * MB), 1, 20 * MB),
    ],
)
def test_sizes_that_may_be(shape, itemsize, given):
    assert check_size(shape, itemsize, given) == shape


@pytest.mark.parametrize(
    ("shape", "itemsize", "given", "says"),
    [
        ((32, MB + 1), 8, 0, r"\[32, 1048577\] was asked for; expected at most 256 MB"),
        ((GROWTH + 1, 20 * MB), 1, 20 * MB, "at most 320 MB"),
        ((2**62, 2**62), 8, 0, "at most 256 MB"),
        ((MOST_GROWN + 1,), 1, MOST_GROWN, "at most 2048 MB"),
        ((0, -1), 8, 0, "from 0"),
        ((0, 32 * MB + 1), 8, 0, "at most 256 MB"),
        ((2**62,) * 100_000, 8, 0, "100000 axes"),
    ],
)
def test_sizes_that_may_not_be(shape, itemsize, given, says):
    with pytest.raises(InvalidArgument, match=says):
        check_size(shape, itemsize, given)


def test_steps():
    check_steps(MOST_STEPS, MOST_WORK // MOST_STEPS)
    check_steps(2 * VISITS, MOST_WORK // VISITS, 2 * MOST_WORK // VISITS)


@pytest.mark.parametrize(
    ("steps", "entries", "given", "says"),
    [
        (MOST_STEPS + 1, 0, 2**40, "65537 steps were asked for; expected at most 65536"),
        (2, MOST_WORK, 0, "2 steps over 4294967296 entries .* at most 4294967296 in all"),
        (VISITS + 1, MOST_WORK, MOST_WORK, f"65 steps over .* at most {VISITS * MOST_WORK} in all"),
    ],
)
def test_too_many_steps(steps, entries, given, says):
    with pytest.raises(InvalidArgument, match=says):
        check_steps(steps, entries, given)
