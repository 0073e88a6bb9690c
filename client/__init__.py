"""The Python client: `Client` waits, `AsyncClient` is awaited; what they say on the wire is in calls.py."""

from .aio import AsyncClient
from .sync import Client

__all__ = ["AsyncClient", "Client"]
