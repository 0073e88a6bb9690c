"""A request that is answered by the transport itself."""


class Refused(Exception):
    """What came is no request, or one beyond a limit: its answer is `status` and one line of text, then the end."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
