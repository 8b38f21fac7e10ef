"""The only places that open a file of a run for writing: whole, one line more, or a torn line."""

import contextlib
import os
import threading
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` so that `path` is either absent, old or complete, also after a power cut.

    A write that fails leaves no temporary file.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def append_line(path: Path, line: bytes) -> None:
    """Append `line` and its newline; a write that fails leaves nothing of it."""
    with path.open("ab", buffering=0) as stream:
        size = stream.seek(0, os.SEEK_END)
        left = memoryview(line + b"\n")
        try:
            while left:
                left = left[stream.write(left) or 0 :]
        except BaseException:
            with contextlib.suppress(OSError):
                stream.truncate(size)
            raise


def flush_folder(path: Path) -> None:
    """Have the disk keep the names in `path`; where a system cannot, they are as safe as it is."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def mend_torn_line(path: Path) -> None:
    """End a last line that a killed process left without newline, so that rows stay apart."""
    if not path.exists():
        return
    with path.open("rb+") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size == 0:
            return
        stream.seek(size - 1)
        if stream.read(1) != b"\n":
            stream.seek(size)
            stream.write(b"\n")
