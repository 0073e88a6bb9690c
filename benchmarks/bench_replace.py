"""Latency while a graph is replaced without pause, against the same load without, in the same run.

    python benchmarks/bench_replace.py

Figures are milliseconds a request for two callers over gRPC; aim: p99 during replacement at most 3 × the p99 without.
A graph is replaced PAUSE seconds after the last replacement was answered, again and again.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import perf_counter

import numpy as np
from served import served

from graphserver import Client

MODEL = Path(__file__).parent.parent / "examples" / "repository" / "mlp" / "1" / "model.fb"
CALLERS, ROUNDS, REQUESTS, PAUSE = 2, 3, 1000, 0.02


def latencies(address: str) -> list[float]:
    """Milliseconds of each of REQUESTS requests."""
    x, taken = np.zeros((1, 784), np.float32), list[float]()
    with Client(address) as client:
        for _ in range(REQUESTS):
            began = perf_counter()
            client.infer(0, {"input": x}, ["probs"])
            taken.append((perf_counter() - began) * 1e3)
    return taken


@contextmanager
def replacing(address: str) -> Iterator[list[int]]:
    """Replace graph 0 again and again beside the body."""
    stop, count, data = Event(), [0], MODEL.read_bytes()

    def replace() -> None:
        with Client(address) as client:
            while not stop.is_set():
                client.replace(data, 0)
                count[0] += 1
                stop.wait(PAUSE)

    with ThreadPoolExecutor(1) as worker:
        running = worker.submit(replace)
        yield count
        stop.set()
        running.result()


def load(address: str) -> np.ndarray:
    """All latencies of one round."""
    with ThreadPoolExecutor(CALLERS) as callers:
        return np.concatenate(list(callers.map(latencies, [address] * CALLERS)))


def main() -> None:
    """Interleave rounds with and without replacement."""
    quiet, busy, replaced = list[np.ndarray](), list[np.ndarray](), 0
    with served("-f", MODEL) as (address, _, _):
        load(address)
        for _ in range(ROUNDS):
            quiet.append(load(address))
            with replacing(address) as count:
                busy.append(load(address))
            replaced += count[0]
    for name, each in (("without", quiet), ("replacing", busy)):
        p50, p99 = np.percentile(np.concatenate(each), [50, 99])
        print(f"{name:10} p50 {p50:7.2f} ms  p99 {p99:7.2f} ms")
    ratio = np.percentile(np.concatenate(busy), 99) / np.percentile(np.concatenate(quiet), 99)
    print(f"{replaced} replacements; p99 {ratio:.1f} × that without (aim ≤ 3)")


if __name__ == "__main__":
    main()
