"""Pictures that move, and pictures whose texts unpack to far more than the file."""

import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image

from tests.support.case_pairs import labels


def image_animated_webp(root):
    first, second = Image.new("RGB", (96, 64), "red"), Image.new("RGB", (96, 64), "blue")
    first.save(
        root / "target/train/images/moving.webp", save_all=True, append_images=[second], duration=90
    )


def image_animated_png(root):
    frames = [Image.new("RGB", (96, 64), color) for color in ("red", "green", "blue")]
    frames[0].save(root / "target/train/images/moving.png", save_all=True, append_images=frames[1:])


def label_animated_png(root):
    path = labels(root, "source/train")[0]
    ids = Image.open(path).copy()
    other = Image.fromarray(np.zeros((64, 96), np.uint8))
    ids.save(path, save_all=True, append_images=[other])


def png_text_bomb(path, kind, *, size=200_000_000, at=33):
    """Put a compressed text that unpacks to `size` bytes into a PNG: behind its header, or `at`."""
    header = {b"zTXt": b"Comment\0\0", b"iTXt": b"Comment\0\1\0\0\0"}[kind]
    data = header + _packed_zeros(size)
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    png = path.read_bytes()
    path.write_bytes(png[:at] + chunk + png[at:])


@cache
def _packed_zeros(size):
    packed = zlib.compressobj(9)
    content = [packed.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)]
    return b"".join(content) + packed.flush()


def image_text_bomb(root):
    png_text_bomb(root / "target/train/images/f3.png", b"zTXt")


def label_text_bomb(root):
    png_text_bomb(root / "source/train/labels/f3.png", b"iTXt")


def image_text_bomb_behind_its_pixels(root):
    png_text_bomb(root / "target/train/images/f3.png", b"zTXt", at=-12)
