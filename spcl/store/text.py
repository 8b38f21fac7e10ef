"""Texts of a run, or names of its folders, as they may be shown: nothing that steers a screen."""

import unicodedata

LONGEST = 400
_REPLACEMENT = "\ufffd"
_KEPT_FORMATS = {"\u200c", "\u200d"}
"""Joiners, which some scripts and emoji are written with; all else of this kind is invisible."""


def shown(text: str, *, most: int = LONGEST) -> str:
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
        return _REPLACEMENT
    return "" if kind in ("Cc", "Cf") and letter not in _KEPT_FORMATS else letter
