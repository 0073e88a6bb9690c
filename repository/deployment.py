"""One loaded version of a model, and the leases that keep it alive. Loop thread only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..backend.instance import Instance
from ..dag.dag import model_dag
from ..metrics.observer import SchedulerObserver
from ..scheduler.flow import submit_of
from ..scheduler.outbox import Loop
from ..scheduler.target import Submit, Target
from ..spec.errors import Unavailable
from ..spec.request import Pending
from ..spec.tensor import Signature

Keys = Mapping[str, tuple[int, int]]
"""DL4J's id pairs of a model's variables, by name."""


class Entry(Protocol):
    """Where the requests of a version enter: its Target, or the flow of its Dag."""

    def submit(self, pending: Pending, /) -> None:
        """Run the request; it is answered through `pending`."""
        ...

    def close(self) -> None:
        """Take no more, free the instance when nothing runs. Does not block."""
        ...


class Deployment:
    """A version that serves until it is retired and its last lease is released; then it lets go of its weights."""

    def __init__(self, model: str, version: int, signature: Signature, keys: Keys, entry: Entry) -> None:
        self.model = model
        self.version = version
        self.signature = signature
        self.keys = keys
        self._entry: Entry | None = entry
        self._leases = 0
        self._retired = False

    def lease(self) -> "Lease":
        """Hold this version for one request. Raises Unavailable once it is retired."""
        if self._retired:
            raise Unavailable(f"model '{self.model}' version {self.version} is being unloaded")
        self._leases += 1
        return Lease(self)

    def submit(self, pending: Pending) -> None:
        """Run a request whose inputs were checked. Only under a lease."""
        if self._entry is None:
            pending.fail(Unavailable(f"model '{self.model}' version {self.version} is unloaded"))
        else:
            self._entry.submit(pending)

    def retire(self) -> None:
        """Give no more leases; requests under way end on this version."""
        self._retired = True
        self._free_if_unused()

    def returned(self) -> None:
        """A lease ended (called by Lease, once each)."""
        self._leases -= 1
        self._free_if_unused()

    def _free_if_unused(self) -> None:
        if self._retired and not self._leases and self._entry is not None:
            entry, self._entry = self._entry, None
            entry.close()


class Lease:
    """The right to use one version: whatever replaces it meanwhile, it stays loaded until `release`."""

    __slots__ = ("_held", "deployment")

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._held = True

    def submit(self, pending: Pending) -> None:
        """Run a request on the leased version, and release when it is over, in whatever way."""
        pending.at_end(self._at_end)
        self.deployment.submit(pending)

    def release(self) -> None:
        """Give it back; again is harmless."""
        if self._held:
            self._held = False
            self.deployment.returned()

    def _at_end(self, _pending: Pending) -> None:
        self.release()


@dataclass(frozen=True, slots=True)
class _Served:
    """A Dag's way in, and the end of what it runs on (an Entry)."""

    submit: Submit
    close: Callable[[], None]


def deploy(model: str, version: int, instance: Instance, *, loop: Loop, observer: SchedulerObserver) -> Deployment:
    """Start to serve a loaded instance: as a Dag of one node, which runs this version's instance, not its name."""
    target = Target(model, instance, loop=loop, observer=observer)
    submit = submit_of(model_dag(model, instance.signature), lambda _name: target.submit)
    return Deployment(model, version, instance.signature, instance.keys, _Served(submit, target.close))
