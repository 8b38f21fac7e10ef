"""JSON of a run as values that can be shown: text that can be printed, numbers that are numbers.

A run may come from a stranger or from another program. Half a surrogate pair stops every encoder,
control characters and reversed writing falsify a line, NaN and infinity are no measurements: all
are replaced here, where they enter, so that nobody behind needs to ask again.
"""

import json
import math
import re
import unicodedata
from typing import Any

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_JOINERS = ("\u200c", "\u200d")  # some scripts and emoji are written with them
_HUGE = re.compile(r"e\+?\d{3}"), re.compile(r"E\+?\d{3}")  # two literals: ten times as fast
_MOST_DIGITS = 300
_LONG = re.compile(rf"\d{{{_MOST_DIGITS}}}")


def parse_json(content: bytes) -> Any:
    """Return the value of UTF-8 JSON; NaN and numbers beyond a float's range are None.

    Raises:
        ValueError, RecursionError: it is not JSON.
    """
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    is_huge = any(pattern.search(text) for pattern in _HUGE) or _LONG.search(text)
    value = (_BOUNDED if is_huge else _PLAIN).decode(text)
    # Looking for what is rare must cost little: every row of every file comes through here.
    is_plain = "\\" not in text and text.isascii() and "\x7f" not in text
    return value if is_plain else _cleaned(value)


def _none(_: str) -> None:
    return None


def _finite_float(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _bounded_int(text: str) -> int | None:
    return int(text) if len(text) < _MOST_DIGITS else None  # longer ones fit no float


# Made once, and without a call for every number: a table of 150 classes holds 22,500 of them.
_PLAIN = json.JSONDecoder(parse_constant=_none)
_BOUNDED = json.JSONDecoder(parse_constant=_none, parse_float=_finite_float, parse_int=_bounded_int)


def printable(text: str) -> str:
    """Return `text` with U+FFFD for what cannot be printed."""
    return _UNPRINTABLE.sub("\ufffd", text)


def one_line(text: str, most: int = 400) -> str:
    """Return `text` as one line of at most `most` letters that any screen and encoding can take.

    Line breaks and tabs become spaces, broken letters U+FFFD; control characters and those that
    turn the direction of writing, which could make a name read as another, are left out.
    """
    line = "".join(map(_letter, text[: most + 1]))
    return f"{line[: most - 1]}…" if len(text) > most else line


def _letter(letter: str) -> str:
    if letter.isspace():
        return " "
    kind = unicodedata.category(letter)
    if kind == "Cs":
        return "\ufffd"
    return "" if kind in ("Cc", "Cf") and letter not in _JOINERS else letter


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value
