"""Positions of the map out of the bytes of an npy file, believed only as far as there are bytes."""

import io

import numpy as np

_LONGEST_HEADER = 10_000


def positions_in(content: bytes) -> bytes | None:
    """Return positions as int16, little-endian, (N + K, 2), without a header; None if damaged.

    The header is compared with the number of bytes that follow before any array is made.
    """
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(stream, max_header_size=_LONGEST_HEADER)
    except Exception:  # a damaged header can make its parser raise nearly anything
        return None
    rest = content[stream.tell() :]
    if dtype.kind != "i" or dtype.itemsize != 2 or len(shape) != 2 or shape[1] != 2 or fortran:
        return None
    if len(rest) != 4 * shape[0]:
        return None
    return np.frombuffer(rest, dtype).astype("<i2").tobytes()
