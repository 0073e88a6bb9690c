"""Arrays between the shell and the wire: .npy files, and one line for the eye."""

from pathlib import Path
from urllib.parse import quote

import numpy as np

from ..spec.dtype import BYTES, Array, by_name, of
from ..spec.errors import InvalidArgument
from ..spec.tensor import format_shape
from ..spec.text import printable

_SHOWN = 8


def read(file: Path) -> Array:
    """The array in a .npy file. Raises OSError, or InvalidArgument for other files (pickles are not opened)."""
    try:
        return np.load(file, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise InvalidArgument(f"{file} is no .npy file: {error}") from None


def write(folder: Path, name: str, array: Array) -> Path:
    """Save under the output's name, made fit for a file; returns where. Raises OSError.

    .npy knows neither bfloat16 nor texts of any length: they become float32, which is exact, and fixed-width bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{quote(name, safe=' :()[]')}.npy"
    np.save(file, _plain(array), allow_pickle=False)
    return file


def summary(name: str, array: Array) -> str:
    """`probs FLOAT[2,10] 0.1 0.2 …`: name, type, shape and the first values in C order."""
    values = " ".join(map(str, array.reshape(-1)[:_SHOWN]))
    more = " …" if array.size > _SHOWN else ""
    return printable(f"{name} {of(array)}{format_shape(array.shape)} {values}{more}".rstrip())


def _plain(array: Array) -> Array:
    if of(array) is BYTES:
        return array.astype(np.bytes_)
    return array.astype(np.float32) if of(array) is by_name("BF16") else array
