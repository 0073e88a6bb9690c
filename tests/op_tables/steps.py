"""Recurrent layers as plain loops, one sequence at a time: what the kernels are measured against."""

from collections.abc import Callable
from typing import Any

import numpy as np

from graphserver.spec.dtype import Array

Gate = Callable[[Array], Array]


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x.astype("float64")))


def walked(step: Any, x: Array, states: Any, lengths: Any = None, *, backward: bool = False) -> tuple[Any, Any]:
    """step(entry, state) -> state over x [T, B, i], each sequence by itself: all states [T, B, n], then the last."""
    ends = list[Any]()
    shown: Any = None
    for b in range(x.shape[1]):
        state = tuple(part[b].astype("float64") for part in states)
        own = x.shape[0] if lengths is None else lengths[b]
        for t in reversed(range(own)) if backward else range(own):
            state = step(x[t, b].astype("float64"), state)
            shown = shown or [np.zeros((*x.shape[:2], part.size)) for part in state]
            for whole, part in zip(shown, state, strict=True):
                whole[t, b] = part
        ends.append(state)
    return tuple(map(_single, shown)), tuple(_single(np.stack(parts)) for parts in zip(*ends, strict=True))


def _single(x: Array) -> Array:
    return x.astype("float32")


def lstm_step(
    wx: Array,
    wr: Array,
    bias: Any = 0.0,
    peephole: Any = None,
    *,
    gate: Gate = sigmoid,
    inner: Gate = np.tanh,
    outer: Gate = np.tanh,
    clip: float = np.inf,
) -> Any:
    """(h, c) after (h, c); gates i, f, c, o."""
    pi, pf, po = np.split(np.zeros(3) if peephole is None else peephole, 3)

    def step(x: Array, state: Any) -> Any:
        h, c = state
        i, f, z, o = np.split(x @ wx + h @ wr + bias, 4)
        c = np.clip(gate(f + pf * c) * c + gate(i + pi * c) * inner(z), -clip, clip)
        return gate(o + po * c) * outer(c), c

    return step


def block_step(w: Array, wi: Array, wf: Array, wo: Array, bias: Array, forget: float, clip: float) -> Any:
    """(i, c, f, o, z, h, y) after the same; gates i, z, f, o."""

    def step(x: Array, state: Any) -> Any:
        c, y = state[1], state[6]
        i, z, f, o = np.split(np.concatenate([x, y]) @ w + bias, 4)
        i, f, z = sigmoid(i + wi * c), sigmoid(f + wf * c + forget), np.tanh(z)
        c = np.clip(f * c + i * z, -clip, clip)
        o, h = sigmoid(o + wo * c), np.tanh(c)
        return i, c, f, o, z, h, o * h

    return step


def gru_step(wx: Array, wh: Array, bias: Array) -> Any:
    def step(x: Array, state: Any) -> Any:
        (h,) = state
        xr, xu, xc = np.split(x @ wx + bias, 3)
        hr, hu, _ = np.split(h @ wh, 3)
        r, u = sigmoid(xr + hr), sigmoid(xu + hu)
        return (u * h + (1 - u) * np.tanh(xc + (r * h) @ np.split(wh, 3, axis=1)[2]),)

    return step


def sru_step(w: Array, bias: Array, scale: Any = 1.0) -> Any:
    """(h, c) after (h, c); w [n, 3n] with gates x̃, f, r."""

    def step(x: Array, state: Any) -> Any:
        z, f, r = np.split(x @ w, 3)
        bf, br = np.split(bias, 2)
        f, r = sigmoid(f + bf), sigmoid(r + br)
        c = f * state[1] + (1 - f) * z
        return r * np.tanh(c) * scale + (1 - r) * x, c

    return step


def rnn_step(wx: Array, wh: Array, bias: Array) -> Any:
    bx, bh = np.split(bias, 2)
    return lambda x, state: (np.tanh(x @ wx + bx + state[0] @ wh + bh),)
