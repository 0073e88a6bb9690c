"""Blocks of pixels moved between the spatial axes and channels or batch; patches as channels."""

from math import prod
from typing import Any

from ...spec.errors import InvalidArgument
from ...spec.graph import OpArgs
from ..arguments import axis_list
from ..bounds import check_size
from ..registry import Options, kernel
from ..rules import first
from ..windows import SAME, VALID, Windows

Sizes = tuple[int, ...]


def _read_depth(args: OpArgs) -> Options:
    return {"block": args.ints[0], "last": len(args.ints) < 2 or bool(args.ints[1])}


def _channels_last(xp: Any, x: Any, last: bool) -> Any:
    return x if last else xp.moveaxis(x, 1, -1)


def _channels_back(xp: Any, x: Any, last: bool) -> Any:
    return x if last else xp.moveaxis(x, -1, 1)


@kernel("space_to_depth", read=_read_depth, rows=first)
def space_to_depth(xp: Any, x: Any, *, block: int, last: bool = True) -> Any:
    """[b, h, w, c] to [b, h/block, w/block, block²·c], block rows first; `last` False has the channels second.

    Raises InvalidArgument for sizes that do not divide.
    """
    b, h, w, c = _four(_channels_last(xp, x, last), "space_to_depth")
    if block < 1 or h % block or w % block:
        raise InvalidArgument(f"space_to_depth got block {block} for a height of {h} and a width of {w}")
    parts = _channels_last(xp, x, last).reshape(b, h // block, block, w // block, block, c)
    deep = parts.transpose(0, 1, 3, 2, 4, 5).reshape(b, h // block, w // block, block * block * c)
    return _channels_back(xp, deep, last)


@kernel("depth_to_space", read=_read_depth, rows=first)
def depth_to_space(xp: Any, x: Any, *, block: int, last: bool = True) -> Any:
    """The inverse of space_to_depth. Raises InvalidArgument for channels that do not divide."""
    b, h, w, c = _four(_channels_last(xp, x, last), "depth_to_space")
    if block < 1 or c % (block * block):
        raise InvalidArgument(f"depth_to_space got block {block} for {c} channels")
    parts = _channels_last(xp, x, last).reshape(b, h, w, block, block, c // (block * block))
    flat = parts.transpose(0, 1, 3, 2, 4, 5).reshape(b, h * block, w * block, c // (block * block))
    return _channels_back(xp, flat, last)


def _four(x: Any, what: str) -> Sizes:
    if x.ndim != 4:
        raise InvalidArgument(f"{what} got {x.ndim} axes; expected 4")
    return x.shape


def _read_blocks(args: OpArgs) -> Options:
    """Java's own field `blocks`, else I: one size for both axes."""
    written = tuple(map(int, args.properties.get("blocks", ()))) or args.ints
    return {"blocks": (*written, *written)[:2]}


@kernel("space_to_batch", read=_read_blocks, host=(1,))
def space_to_batch(xp: Any, x: Any, margins: Any, *, blocks: Sizes) -> Any:
    """space_to_batch_nd of [b, h, w, c] with written blocks."""
    return _to_batch(xp, x, blocks, margins.tolist())


@kernel("space_to_batch_nd", host=(1, 2))
def space_to_batch_nd(xp: Any, x: Any, blocks: Any, margins: Any) -> Any:
    """Every pixel of a block in a batch entry of its own: [b, sizes…, …] to [prod(blocks)·b, sizes/blocks…, …].

    margins: zeros [before, after] for each of these axes, added first. The place in the block counts before b.
    Raises InvalidArgument where sizes do not divide.
    """
    return _to_batch(xp, x, axis_list(blocks), margins.tolist())


def _to_batch(xp: Any, x: Any, blocks: Sizes, margins: Any) -> Any:
    n = _spatial("space_to_batch", x, blocks, margins)
    sizes = [size + sum(margin) for size, margin in zip(x.shape[1:], margins, strict=False)]
    inner = x.shape[n + 1 :]
    check_size((x.shape[0], *sizes, *inner), x.itemsize, x.nbytes)
    if any(size % block for size, block in zip(sizes, blocks, strict=True)):
        raise InvalidArgument(f"space_to_batch got blocks {list(blocks)} for sizes {sizes}")
    padded = xp.pad(x, [(0, 0), *margins, *[(0, 0)] * len(inner)])
    split = [part for size, block in zip(sizes, blocks, strict=True) for part in (size // block, block)]
    places, cells = range(2, 2 * n + 1, 2), range(1, 2 * n + 1, 2)
    rest = range(2 * n + 1, 2 * n + 1 + len(inner))
    moved = padded.reshape(x.shape[0], *split, *inner).transpose(*places, 0, *cells, *rest)
    return moved.reshape(prod(blocks) * x.shape[0], *split[::2], *inner)


@kernel("batch_to_space", read=_read_blocks, host=(1,))
def batch_to_space(_xp: Any, x: Any, crops: Any, *, blocks: Sizes) -> Any:
    """batch_to_space_nd of [b, h, w, c] with written blocks."""
    return _to_space(x, blocks, crops.tolist())


@kernel("batch_to_space_nd", host=(1, 2))
def batch_to_space_nd(_xp: Any, x: Any, blocks: Any, crops: Any) -> Any:
    """The inverse of space_to_batch_nd; crops: entries [before, after] that go from each spatial axis at the end.

    Raises InvalidArgument where the batch does not divide, or crops leave nothing.
    """
    return _to_space(x, axis_list(blocks), crops.tolist())


def _to_space(x: Any, blocks: Sizes, crops: Any) -> Any:
    n = _spatial("batch_to_space", x, blocks, crops)
    if x.shape[0] % prod(blocks):
        raise InvalidArgument(f"batch_to_space got blocks {list(blocks)} for a batch of {x.shape[0]}")
    batch, sizes, inner = x.shape[0] // prod(blocks), x.shape[1 : n + 1], x.shape[n + 1 :]
    order = [n, *(axis for i in range(n) for axis in (n + 1 + i, i)), *range(2 * n + 1, 2 * n + 1 + len(inner))]
    moved = x.reshape(*blocks, batch, *sizes, *inner).transpose(order)
    whole = moved.reshape(batch, *(size * block for size, block in zip(sizes, blocks, strict=True)), *inner)
    ends = [(low, size - high) for (low, high), size in zip(crops, whole.shape[1:], strict=False)]
    if any(low < 0 or high > size or low >= high for (low, high), size in zip(ends, whole.shape[1:], strict=False)):
        raise InvalidArgument(f"batch_to_space got crops {crops} for sizes {list(whole.shape[1 : n + 1])}")
    return whole[(slice(None), *(slice(low, high) for low, high in ends))]


def _spatial(what: str, x: Any, blocks: Sizes, margins: Any) -> int:
    """How many spatial axes there are. Raises InvalidArgument for blocks and margins that do not fit x."""
    n = len(blocks)
    pairs = len(margins) == n and all(len(margin) == 2 for margin in margins)
    if x.ndim <= n or min(blocks, default=0) < 1 or not pairs:
        raise InvalidArgument(f"{what} got blocks {list(blocks)} and margins {margins} for shape {x.shape}")
    return n


def _read_patches(args: OpArgs) -> Options:
    pairs = [args.ints[i : i + 2] for i in range(0, 6, 2)]
    mode = SAME if args.ints[6] else VALID
    return {"windows": Windows(pairs[0], pairs[1], (0, 0), pairs[2], mode)}


@kernel("extract_image_patches", read=_read_patches, rows=first)
def extract_image_patches(xp: Any, x: Any, *, windows: Windows) -> Any:
    """[b, h, w, c] to [b, rows, columns, kh·kw·c]: the pixels under each place of a window, row by row."""
    b, h, w, c = _four(x, "extract_image_patches")
    placed = windows.placed((h, w))
    check_size((b, *placed.count, *windows.kernel, c), x.itemsize, x.nbytes)
    patches = placed.view(xp, placed.padded(xp, x, 1), 1).transpose(0, 1, 2, 4, 5, 3)
    return patches.reshape(b, *placed.count, prod(windows.kernel) * c)
