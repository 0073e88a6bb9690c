"""A target: what a node of a Dag runs on. One per deployed model version, shared by everything that uses it."""

from collections.abc import Callable

from ..backend.instance import Instance
from ..metrics.observer import SchedulerObserver
from ..spec.errors import GraphServerError, Unavailable
from ..spec.request import Pending
from .batcher import DynamicBatcher
from .grouping import group_key
from .lanes import Lane
from .outbox import Loop, Outbox
from .policy import BatchPolicy, WorkConserving

Submit = Callable[[Pending], None]
"""The one shape: takes a request, answers through it, raises nothing. Loop thread only."""


class Target:
    """A loaded instance with its queue, batcher and lanes."""

    def __init__(
        self,
        model: str,
        instance: Instance,
        *,
        loop: Loop,
        observer: SchedulerObserver,
        policy: BatchPolicy | None = None,
        lanes: int = 1,
    ) -> None:
        outbox = Outbox(loop)
        self._model = model
        self._instance: Instance | None = instance
        self._lanes = [Lane(f"{model}-lane-{n}", instance, outbox) for n in range(lanes)]
        self._batcher = DynamicBatcher(
            model, self._lanes, loop, policy or WorkConserving(), observer, stateless=instance.stateless
        )

    def submit(self, pending: Pending) -> None:
        """Queue a request whose inputs were checked; it is answered through `pending`."""
        if self._instance is None:
            pending.fail(Unavailable(f"model '{self._model}' is being unloaded"))
            return
        try:
            selection = self._instance.select(frozenset(pending.inputs), pending.outputs)
        except GraphServerError as error:
            pending.fail(error)
            return
        pending.outputs = selection.outputs
        key, pending.rows = group_key(pending, selection)
        self._batcher.add(key, selection, pending)

    def close(self) -> None:
        """Take no more; free the instance once the lanes have ended what they run."""
        instance, self._instance = self._instance, None
        if instance is None:
            return
        open_lanes = len(self._lanes)

        def closed() -> None:
            nonlocal open_lanes
            open_lanes -= 1
            if not open_lanes:
                instance.close()

        for lane in self._lanes:
            lane.close(closed)
        self._lanes.clear()
