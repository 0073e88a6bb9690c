"""Paths to protocols, and what a protocol's own failure may touch."""

import pytest
from fakes_call import sent

from graphserver.server.router import Router


def answering(text):
    def handler(call):
        call.on_message = lambda body, last: call.reply(text)

    return handler


def failing(call):
    raise RuntimeError("secret")


@pytest.fixture
def router():
    table = Router()
    table.add("/a.B/C", answering(b"exact"))
    table.add("/a.B/Watch", answering(b"stream"), stream=True)
    table.add("/a.B/*", answering(b"prefix"))
    table.add("/a.B/Deep/*", answering(b"longer prefix"))
    table.add("/", answering(b"page"), wire="http")
    return table


@pytest.mark.parametrize(
    ("wire", "path", "answer"),
    [
        ("grpc", "/a.B/C", b"exact"),
        ("grpc", "/a.B/Other", b"prefix"),
        ("grpc", "/a.B/Deep/er", b"longer prefix"),
        ("http", "/", b"page"),
    ],
)
def test_exact_paths_come_first_then_the_longest_prefix(router, wire, path, answer):
    assert sent(router, path, protocol=wire).replies == [answer]


@pytest.mark.parametrize(
    ("wire", "path", "answer"),
    [
        ("grpc", "/x/Y", (12, "unknown method /x/Y")),
        ("grpc", "/", (12, "unknown method /")),
        ("http", "/a.B/C", (404, "no page /a.B/C")),
    ],
)
def test_an_unknown_path_is_refused_in_the_words_of_its_wire(router, wire, path, answer):
    assert sent(router, path, protocol=wire).answer == answer


@pytest.mark.parametrize("path", ["/a.B/C", "/a.B/*"])
def test_a_taken_path_is_a_mistake(router, path):
    with pytest.raises(ValueError, match="is taken"):
        router.add(path, failing)
    router.add(path, failing, wire="http")


def test_streams_are_known_to_the_transport(router):
    assert router.streams == {"/a.B/Watch"}


@pytest.mark.parametrize(("wire", "code"), [("grpc", 13), ("http", 500)])
def test_a_handler_that_raises_is_internal_and_logged(router, caplog, wire, code):
    def later(call):
        call.on_message = lambda body, last: failing(call)

    router.add("/now", failing, wire=wire)
    router.add("/later", later, wire=wire)
    for path in ("/now", "/later"):
        caplog.clear()
        assert sent(router, path, protocol=wire).answer == (code, "internal error; the log says more")
        assert "RuntimeError: secret" in caplog.text
    assert sent(router, "/a.B/C").status == 0
