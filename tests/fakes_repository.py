"""A loader whose models answer with the number they were made of, and that waits where a test wants it to."""

import asyncio
import threading
from pathlib import Path
from typing import cast

import numpy as np
from fakes import Answers, FakeInstance, request

from graphserver.backend.instance import Instance
from graphserver.repository.deployment import Deployment
from graphserver.repository.repository import ModelRepository
from graphserver.repository.source import Content, ModelSource
from graphserver.repository.state import StateDir
from graphserver.spec.errors import InvalidArgument
from graphserver.spec.request import Pending


class Weights(FakeInstance):
    """Answers every row with its number."""

    def __init__(self, number: int) -> None:
        self.weights = np.full(2, number, np.float32)
        super().__init__(lambda columns: {"x": columns["x"] * 0 + self.weights})


class Direct:
    """An entry that answers when the test says so."""

    def __init__(self, instance: Weights) -> None:
        self.instance: Weights | None = instance
        self.waiting: list[Pending] = []

    def submit(self, pending: Pending) -> None:
        self.waiting.append(pending)

    def answer_all(self) -> None:
        waiting, self.waiting = self.waiting, []
        for pending in waiting:
            assert self.instance is not None, "a request outlived the version that it leased"
            pending.reply({"x": self.instance.weights}, final=True)

    def close(self) -> None:
        assert self.instance is not None, "closed twice"
        self.instance.close()
        self.instance = None


class Loader:
    """Reads a number, and fails on anything else. While `held`, each load waits for a `let_go`."""

    def __init__(self) -> None:
        self.instances: list[Weights] = []
        self.entries: list[Direct] = []
        self.threads = set[str]()
        self.held = False
        self._begun, self._gate = threading.Semaphore(0), threading.Semaphore(0)

    def load(self, content: Content, name: str) -> Instance:
        self.threads.add(threading.current_thread().name)
        if self.held:
            self._begun.release()
            assert self._gate.acquire(timeout=60)
        text = content.read_bytes() if isinstance(content, Path) else content
        if text == b"crash":
            raise ZeroDivisionError("a bug of the backend")
        if not text.isdigit():
            raise InvalidArgument(f"model '{name}': {text!r} is not a graph")
        self.instances.append(Weights(int(text)))
        return self.instances[-1]

    def deploy(self, name: str, version: int, instance: Instance) -> Deployment:
        self.entries.append(Direct(cast(Weights, instance)))
        return Deployment(name, version, instance.signature, instance.keys, self.entries[-1])

    async def begun(self) -> None:
        """Until a load has begun and is held."""
        assert await asyncio.get_running_loop().run_in_executor(None, lambda: self._begun.acquire(timeout=60))

    def let_go(self) -> None:
        self._gate.release()

    def repository(self, state: StateDir | None = None) -> ModelRepository:
        return ModelRepository(self.load, self.deploy, state)

    def answer(self, repository: ModelRepository, model: str, version: int | None = None) -> int:
        """What a request to this model is answered."""
        answers = ask(repository, model, version)
        for entry in self.entries:
            entry.answer_all()
        return number(answers)


def ask(repository: ModelRepository, model: str, version: int | None = None) -> Answers:
    """Lease and submit, as the service does."""
    pending, answers = request(model=model)
    repository.lease(model, version).submit(pending)
    return answers


def number(answers: Answers) -> int:
    """The one number in an answer."""
    (found,) = {*np.ravel(answers.only["x"])}
    return int(found)


def source(name: str, content: Content | Exception, version: int = 1, graph_id: int | None = None) -> ModelSource:
    """A model found at `here/NAME`, or one whose content cannot be had."""

    def read() -> Content:
        if isinstance(content, Exception):
            raise content
        return content

    return ModelSource(name, version, f"here/{name}", read, graph_id)
