"""Error classes in the words of each wire, and refusals in the log."""

import logging

import pytest

from graphserver.server.errors import DL4J, PRECISE, grpc_status, one_line, status_of
from graphserver.server.refusals import RefusalLog
from graphserver.spec import errors

CLASSES = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.GraphServerError)]


@pytest.mark.parametrize(
    ("error", "grpc", "http"),
    [
        (errors.InvalidArgument, 3, 400),
        (errors.NotFound, 5, 404),
        (errors.AlreadyExists, 6, 409),
        (errors.Overloaded, 8, 429),
        (errors.Unavailable, 14, 503),
        (errors.DeadlineExceeded, 4, 504),
        (errors.Unsupported, 12, 501),
        (errors.ExecutionFailed, 13, 500),
        (errors.Cancelled, 1, 499),
        (errors.GraphServerError, 13, 500),
    ],
)
def test_precise_statuses(error, grpc, http):
    status = status_of(error("why"))
    assert (status.grpc, status.http) == (grpc, http)
    assert grpc_status(error("why")) == (grpc, "why")


@pytest.mark.parametrize("table", [PRECISE, DL4J])
def test_every_error_class_has_a_row_of_its_own(table):
    assert set(table) == set(CLASSES)


def test_a_class_without_a_row_takes_its_parents():
    class WrongName(errors.InvalidArgument):
        pass

    assert status_of(WrongName("x")).grpc == 3


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (errors.NotFound, 5, "Unknown graph [-7]"),
        (errors.AlreadyExists, 2, "Caught runtime_error exception"),
        (errors.InvalidArgument, 2, "Caught runtime_error exception"),
        (errors.Unsupported, 2, "Caught runtime_error exception"),
        (errors.ExecutionFailed, 13, "Caught exception during graph execution [-7]"),
        (errors.Overloaded, 8, "why {x}"),
    ],
)
def test_dl4j_statuses(error, code, text):
    assert grpc_status(error("why {x}"), DL4J, -7) == (code, text)


def test_texts_are_one_short_line():
    assert one_line("a\n  b\tc") == "a b c"
    assert one_line("é" * 512) == "é" * 512
    cut = one_line("é" * 600)
    assert cut.startswith("ééé")
    assert cut.endswith("é … (600 characters in all)")
    assert len(cut.encode()) <= 1024
    assert one_line("\ud800") == r"\ud800"
    assert one_line("'a\x1b[2J\x00' is no input") == r"'a\x1b[2J\x00' is no input"


def test_refusals_are_one_line_a_second_for_each_reason(caplog):
    now = [100.0]
    log = RefusalLog(logging.getLogger("refusals"), lambda: now[0])
    for at, reason in [(0, "a"), (0.1, "a"), (0.2, "b"), (0.9, "a"), (1.0, "a"), (5.0, "a")]:
        now[0] = 100 + at
        log.refused(reason, f"at\n{at}")
    assert caplog.messages == [
        "refused, a: at 0",
        "refused, b: at 0.2",
        "refused, a: at 1.0 (2 more since the last such line)",
        "refused, a: at 5.0",
    ]
    assert {record.levelname for record in caplog.records} == {"WARNING"}
