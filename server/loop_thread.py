"""An event loop in a thread of its own, for callers that have none."""

import asyncio
from collections.abc import Coroutine
from threading import Thread
from typing import Any


class LoopThread:
    """Runs one coroutine to begin and one to end; between them the loop serves."""

    def __init__(self, name: str) -> None:
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._thread = Thread(target=self._loop.run_forever, name=name, daemon=True)

    def begin(self, start: Coroutine[Any, Any, None]) -> None:
        """Start the thread and wait for `start`. Raises what it raises; the thread is over then."""
        self._thread.start()
        try:
            self._wait(start)
        except BaseException:
            self._stop()
            raise

    def end(self, stop: Coroutine[Any, Any, None]) -> None:
        """Wait for `stop`, then end the thread."""
        try:
            self._wait(stop)
        finally:
            self._stop()

    def _wait(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._runner.close()
