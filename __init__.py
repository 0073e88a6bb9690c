"""graphserver: serve model graphs over every wire that clients already speak.

Importing the package is free of NumPy and gRPC; the public names are resolved on first use.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import AsyncClient, Client
    from .server.server import Server

__version__ = "0.1.0"
__all__ = ["AsyncClient", "Client", "Server"]

_HOMES = {
    "AsyncClient": "graphserver.client:AsyncClient",
    "Client": "graphserver.client:Client",
    "Server": "graphserver.server.server:Server",
}


def __getattr__(name: str) -> Any:
    """Resolve a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'graphserver' has no attribute {name!r}")
    from .spec.loading import load  # noqa: PLC0415 - the root package itself must import nothing

    return load(_HOMES[name])
