"""JSON of a run as values that can be shown: text that can be printed, numbers that are numbers.

A run may come from a stranger or from another program. Half a surrogate pair stops every encoder,
control characters and reversed writing falsify a line, NaN and infinity are no measurements: all
are replaced here, where they enter, so that nobody behind needs to ask again.
"""

import json
import math
import re
from typing import Any

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_HUGE = re.compile(r"e\+?\d{3}"), re.compile(r"E\+?\d{3}")  # two literals: ten times as fast


def parse_json(content: bytes) -> Any:
    """Return the value of UTF-8 JSON; NaN and numbers beyond a float's range are None.

    Raises:
        ValueError, RecursionError: it is not JSON.
    """
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    is_huge = any(pattern.search(text) for pattern in _HUGE)
    value = json.loads(
        text,
        parse_constant=_none,
        parse_float=_finite_float if is_huge else None,
        parse_int=_bounded_int,
    )
    # Looking for what is rare must cost little: every row of every file comes through here.
    is_plain = "\\" not in text and text.isascii() and "\x7f" not in text
    return value if is_plain else _cleaned(value)


def printable(text: str, most: int | None = None) -> str:
    """Return `text` without what cannot be printed, cut to `most` characters."""
    clean = _UNPRINTABLE.sub("\ufffd", text)
    return clean if most is None or len(clean) <= most else clean[: most - 1] + "…"


def one_line(text: str, most: int = 200) -> str:
    """Return `text` printable, in one line, cut to `most` characters."""
    return printable(" ".join(text.split()), most)


def _none(_: str) -> None:
    return None


def _finite_float(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _bounded_int(text: str) -> int | None:
    return int(text) if len(text) < 300 else None  # longer ones fit no float


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value
