"""PNG files byte by byte, for what an ordinary library would hide."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_png(path, samples, *, bits, color_type, palette=None, filters=(0,)):
    """Write samples (H, W) or (H, W, channels) of 8 or 16 bits, rows filtered in turn.

    Filter 0 leaves a row, 1 subtracts the pixel to the left, 2 the one above.
    """
    samples = samples.reshape(*samples.shape[:2], -1)
    height, width, channels = samples.shape
    step = channels * bits // 8
    rows, above = [], np.zeros(width * step, np.uint8)
    for index, row in enumerate(samples):
        plain = np.frombuffer(row.astype(">u2" if bits == 16 else "u1").tobytes(), np.uint8)
        kind = filters[index % len(filters)]
        left = np.concatenate([np.zeros(step, np.uint8), plain[:-step]])
        before = {0: np.zeros_like(plain), 1: left, 2: above}[kind]
        rows.append(bytes([kind]) + (plain - before).tobytes())
        above = plain
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0)
    chunks = [(b"IHDR", header)]
    if palette is not None:
        chunks.append((b"PLTE", bytes(value for color in palette for value in color)))
    chunks += [(b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    path.write_bytes(SIGNATURE + b"".join(chunk(kind, data) for kind, data in chunks))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
