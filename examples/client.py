"""Ask a server for an answer. Start one with `make run`, then: `python examples/client.py [HOST:PORT]`."""

import sys
from pathlib import Path

import numpy as np

from graphserver import Client

MODEL = Path(__file__).parent / "repository/mlp/1/model.fb"
ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:40123"

with Client(ADDRESS) as client:
    client.replace(MODEL, id=1000)  # also registers: now the server answers to 1000 with this graph
    images = np.random.default_rng(0).random((3, 784), np.float32)
    answer = client.infer(1000, {"input": images}, outputs=["probs"])
    for image, probs in enumerate(answer["probs"]):
        print(f"image {image}: class {probs.argmax()}, probability {probs.max():.2f}")
    client.forget(1000)
