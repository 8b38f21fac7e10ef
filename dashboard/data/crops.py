"""Pictures of a run as PNG addresses, exact: squares around a probe pixel, photographs, masks."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from dashboard.colors import rgb_of
from dashboard.data.cache_keys import BY_BYTES
from spcl.store.reader import Run

CROP = 40


@st.cache_data(max_entries=500, show_spinner=False, hash_funcs=BY_BYTES)
def crop(
    run_path: str, step: int | None, key: str, row: int, column: int, colors: tuple[str, ...]
) -> str:
    """Return a square cut around a pixel as a PNG data address: input (step None) or mask.

    Step -1 is the truth; "" where there is no such picture. Colours are "#RRGGBB", in id order.
    """
    run = Run(Path(run_path))
    probe = run.probe()
    if step is None:
        return address_of(_cut(probe.picture(key), row, column))
    ids = probe.label(key) if step == -1 else run.snapshot(step).mask(key)
    if ids is None:
        return ""
    return address_of(_cut(colored(ids, colors), row, column))


def colored(ids: NDArray[np.uint8], colors: Sequence[str]) -> NDArray[np.uint8]:
    """Return class ids (H, W) in their colours "#RRGGBB", (H, W, 3); grey where there is none."""
    table = np.full((256, 3), 140, np.uint8)
    table[: len(colors)] = [rgb_of(color) for color in colors]
    return table[ids]


def _cut(picture: NDArray[np.uint8], row: int, column: int) -> NDArray[np.uint8]:
    padded = np.pad(picture, ((CROP, CROP), (CROP, CROP), (0, 0)), mode="edge")
    top, left = row + CROP - CROP // 2, column + CROP - CROP // 2
    return padded[top : top + CROP, left : left + CROP]


def address_of(picture: NDArray[np.uint8]) -> str:
    """Return a picture (H, W, 3) as a PNG data address."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(stream, format="PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
