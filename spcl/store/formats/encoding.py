"""Arrays, masks and JSON as the bytes that stand on disk; nothing here touches a file."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.store.classes import LabelSpace

Palette = Sequence[int]


def json_bytes(value: Any) -> bytes:
    """Return `value` as compact JSON; NaN and infinity become null."""
    return json.dumps(finite(value), allow_nan=False, separators=(",", ":")).encode()


def finite(value: Any) -> Any:
    """Return `value` in plain JSON types, with numbers that are not finite as None."""
    if isinstance(value, np.ndarray):
        return finite(value.tolist())
    if isinstance(value, np.generic):
        return finite(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def array_bytes(array: NDArray[Any]) -> bytes:
    """Return `array` in the npy format."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def arrays_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return named `arrays` in the npz format, compressed."""
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def palette_of(label_space: LabelSpace) -> list[int]:
    """Return the 768 palette entries of a mask PNG: class colours, black for ignored."""
    palette = [0] * 768
    for info in label_space:
        palette[3 * info.id : 3 * info.id + 3] = info.color
    return palette


def mask_bytes(class_ids: NDArray[np.uint8], palette: Palette) -> bytes:
    """Return class ids (H, W) as an 8-bit palette PNG."""
    image = Image.fromarray(class_ids)
    image.putpalette(palette)
    return png_bytes(image)


def gray_bytes(shares: NDArray[np.floating[Any]]) -> bytes:
    """Return shares (H, W) in [0, 1] as an 8-bit grey PNG (255 is 1)."""
    return png_bytes(Image.fromarray(np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)))


def png_bytes(image: Image.Image) -> bytes:
    """Return `image` in the PNG format."""
    stream = io.BytesIO()
    # The noise of photographs does not compress: trying hard takes three times as long for little.
    image.save(stream, format="PNG", compress_level=1 if image.mode == "RGB" else 4)
    return stream.getvalue()
