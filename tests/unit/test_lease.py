"""A version serves until it is retired and its last lease is released, and then lets go of its weights."""

import gc
import weakref

import pytest
from fakes import Answers, FakeLoop, request
from fakes_repository import Direct, Weights, number

from graphserver.metrics.observer import Silent
from graphserver.repository.deployment import Deployment, Lease, deploy
from graphserver.spec.errors import Unavailable


class Version:
    """A deployment whose weights only it holds."""

    def __init__(self) -> None:
        instance = Weights(7)
        self.weights = weakref.ref(instance)
        self.entry = Direct(instance)
        self.deployment = Deployment("m", 3, instance.signature, instance.keys, self.entry)

    @property
    def freed(self) -> bool:
        gc.collect()
        return self.weights() is None


def submitted(lease: Lease) -> Answers:
    pending, answers = request()
    lease.submit(pending)
    return answers


def test_a_served_version_outlives_its_leases() -> None:
    version = Version()
    version.deployment.lease().release()
    assert not version.freed
    version.deployment.lease().release()


def test_retired_without_leases_it_is_freed_at_once() -> None:
    version = Version()
    version.deployment.retire()
    assert version.freed
    version.deployment.retire()


def test_retired_it_is_freed_with_its_last_lease() -> None:
    version = Version()
    first, second = version.deployment.lease(), version.deployment.lease()
    version.deployment.retire()
    first.release()
    first.release()
    assert not version.freed
    second.release()
    assert version.freed


def test_retired_it_gives_no_more_leases() -> None:
    version = Version()
    held = version.deployment.lease()
    version.deployment.retire()
    with pytest.raises(Unavailable, match="model 'm' version 3 is being unloaded"):
        version.deployment.lease()
    held.release()


def test_a_request_under_way_ends_on_the_version_that_it_leased() -> None:
    version = Version()
    answers = submitted(version.deployment.lease())
    version.deployment.retire()
    assert not version.freed
    version.entry.answer_all()
    assert number(answers) == 7
    answers.rows.clear()
    assert version.freed


@pytest.mark.parametrize("end", ["cancel", "fail"])
def test_a_request_gives_its_lease_back_however_it_ends(end: str) -> None:
    version = Version()
    pending, _ = request()
    version.deployment.lease().submit(pending)
    version.deployment.retire()
    pending.cancel() if end == "cancel" else pending.fail(Unavailable("gone"))
    version.entry.waiting.clear()
    assert version.freed


def test_without_a_lease_an_unloaded_version_refuses() -> None:
    version = Version()
    version.deployment.retire()
    pending, answers = request()
    version.deployment.submit(pending)
    assert isinstance(answers.error, Unavailable)


def test_a_target_frees_the_instance_too() -> None:
    loop, instance = FakeLoop(), Weights(1)
    weights = weakref.ref(instance)
    version = deploy("m", 1, instance, loop=loop, observer=Silent())
    del instance
    lease = version.lease()
    version.retire()
    loop.settle()
    held = weights()
    assert held is not None
    assert not held.closed
    lease.release()
    loop.settle()
    assert held.closed
    del held
    gc.collect()
    assert weights() is None
