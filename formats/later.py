"""Formats that are known by their first bytes and not served yet: a person is told so, and what helps."""

from collections.abc import Callable
from typing import NoReturn

from ..spec.errors import Unsupported
from .registry import Content, Recognise, reader

_ONNX_FIELDS = {1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2}
"""Wire types of ModelProto's fields: ir_version, producer_name … graph, opset_import."""


def is_onnx(head: bytes) -> bool:
    """Whether a ModelProto begins here: every writer puts ir_version, a small number, first."""
    if len(head) < 3 or head[0] != 0x08 or not 0 < head[1] < 0x80:
        return False
    return _ONNX_FIELDS.get(head[2] >> 3) == head[2] & 7


def _refuse(name: str, recognises: Recognise, text: str) -> None:
    def read(_content: Content) -> NoReturn:
        raise Unsupported(text)

    reader(name, recognises)(read)


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


_refuse(
    "onnx",
    is_onnx,
    "an ONNX model; serving ONNX comes with a later release and will need: pip install graphserver[cpu]",
)
_refuse("tflite", lambda head: head[4:8] == b"TFL3", "a TensorFlow Lite model is not served; convert it to ONNX")
_refuse("zip", _begins(b"PK\x03\x04", b"PK\x05\x06"), "a zip archive; DL4J's model.zip and .sdz are not served yet")
_refuse("sdnb", _begins(b"SDNB"), "an .sdnb file of a DL4J after 1.0.0-M2.1 is not served yet; save it with M2.1")
_refuse("keras", _begins(b"\x89HDF\r\n\x1a\n"), "a Keras .h5 file is not served yet; convert it to ONNX or DL4J")
