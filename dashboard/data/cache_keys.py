"""How arguments become keys of caches: by bytes, because names of folders need not be UTF-8."""

from collections.abc import Callable
from typing import Any


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


BY_BYTES: dict[str | type, Callable[[Any], Any]] = {str: _bytes_of}
