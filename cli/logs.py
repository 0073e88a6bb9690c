"""Log lines on stderr: one logger per room (`graphserver.server`, `graphserver.repository` …), as text or JSON."""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from ..spec.text import printable

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message and, after a failure, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class TextFormatter(logging.Formatter):
    """One line a record; what a failure adds stands indented below it, so that nothing in it passes for a record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The record's own line."""
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """The traceback."""
        return "\n".join(f"  {printable(line)}" for line in super().formatException(ei).split("\n"))


def set_up(form: str, level: str, stream: TextIO | None = None) -> None:
    """Send graphserver's log lines of `level` and above to `stream` (stderr), and nobody else's."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter(_TEXT))
    house = logging.getLogger("graphserver")
    house.handlers[:] = [handler]
    house.setLevel(level.upper())
    house.propagate = False
    # A root handler keeps Python from printing libraries' warnings; gRPC's C core prints unless told not to.
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
