"""What a transport offers to the server that owns it."""

from typing import Protocol


class Transport(Protocol):
    """A listening door. Calls go to the Handler it was built with, on the loop thread."""

    @property
    def address(self) -> str:
        """HOST:PORT as bound (port 0 resolved)."""
        ...

    async def start(self) -> None:
        """Bind and listen. Raises OSError when the address cannot be had."""
        ...

    async def stop(self, grace: float) -> None:
        """Take no new calls, let running ones end within `grace` seconds, then cut them."""
        ...
