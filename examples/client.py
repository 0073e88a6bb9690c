"""Ask a server for an answer. Start one with `make run`, then: `python examples/client.py [HOST:PORT]`."""

import sys

import numpy as np

from graphserver import Client

ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:40123"

with Client(ADDRESS) as client:
    images = np.random.default_rng(0).random((3, 784), np.float32)
    answer = client.infer(0, {"input": images}, outputs=["probs"])
    for image, probs in enumerate(answer["probs"]):
        print(f"image {image}: class {probs.argmax()}, probability {probs.max():.2f}")
