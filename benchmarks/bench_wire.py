"""What the own wire costs a request, beside grpcio's, in the same server process and the same run.

    python benchmarks/bench_wire.py

A small graph (13 numbers in, one out) is asked over DL4J's wire by h2load (Debian: nghttp2-client) with a prepared
message. Figures: microseconds of server CPU a request from /proc, requests a second; interleaved rounds, the median and
range. h2load and the server share the machine.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
from served import served

from graphserver.proto.messages import NamedArray, write_inference_request

GRAPH = Path(__file__).parent.parent / "tests" / "data" / "dl4j" / "linreg_13" / "graph.fb"
PATH = "/nd4j.graph.GraphInferenceServer/InferenceRequest"
SHAPES = ((1, 1), (8, 1), (8, 8), (64, 1))
ROUNDS, SECONDS = 3, 2


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(address: str, pid: int, body: Path, connections: int, streams: int) -> tuple[float, float]:
    """(CPU µs a request, requests a second) of SECONDS of load."""
    command = ["h2load", "-t1", f"-c{connections}", f"-m{streams}", f"-D{SECONDS}", "-d", str(body)]
    command += ["-H", "content-type: application/grpc", "-H", "te: trailers", f"http://{address}{PATH}"]
    before = cpu_seconds(pid)
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    spent = cpu_seconds(pid) - before
    counts = re.search(r"(\d+) succeeded, (\d+) failed", ended.stdout)
    if counts is None or not int(counts[1]) or int(counts[2]):
        raise RuntimeError(f"h2load: {ended.stdout}{ended.stderr}")
    return spent / int(counts[1]) * 1e6, int(counts[1]) / SECONDS


def main() -> None:
    """Both doors at each shape, interleaved."""
    if shutil.which("h2load") is None:
        print("h2load is absent (Debian: apt-get install nghttp2-client): nothing measured")
        return
    message = bytes(write_inference_request(0, [NamedArray("x", (0, 0), np.ones((1, 13), np.float32))]))
    with (
        tempfile.NamedTemporaryFile() as file,
        served("-f", GRAPH, "--grpcio-port", 0, "--outputs", "price") as (wire, grpcio, pid),
    ):
        file.write(b"\0" + len(message).to_bytes(4, "big") + message)
        file.flush()
        for connections, streams in SHAPES:
            found: dict[str, list[tuple[float, float]]] = {"wire": [], "grpcio": []}
            for _ in range(ROUNDS):
                for name, address in (("wire", wire), ("grpcio", grpcio)):
                    found[name].append(load(address, pid, Path(file.name), connections, streams))
            report(f"{connections}x{streams}", found)


def report(shape: str, found: dict[str, list[tuple[float, float]]]) -> None:
    """A line for each door, with its ratio to grpcio."""
    base = median(cpu for cpu, _ in found["grpcio"])
    for name, points in found.items():
        cpus = [cpu for cpu, _ in points]
        rate = median(rate for _, rate in points)
        spread = f"{min(cpus):.0f}-{max(cpus):.0f}"
        print(
            f"{shape:6} {name:7} {median(cpus):7.1f} µs CPU ({spread:>9})  {rate:8.0f}/s  {median(cpus) / base:5.2f} ×"
        )


if __name__ == "__main__":
    main()
