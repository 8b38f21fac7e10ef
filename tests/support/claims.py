"""Whether sentences say more than their numbers carry: rules for all of them, whatever the page."""

import re

NUMBER = re.compile(r"(?<![\w.])[+−]?\d[\d,]*(?:\.\d+)?(?![\w])")
_BROKEN = re.compile(
    r"nan\b|\binf\b|None\b(?! of)|  | \.|\.\.|\{|\}|,,| ,|\bof 0 |\bof no\b"
    r"|\b1 (?:pictures|pixels|kinds|trainings|classes|images|snapshots|steps|pairs|updates)\b"
    r"|(?<![\d,.])0 of 0\b"
)
SWEEPING = re.compile(r"\b(every|all|always|never|most|none|no|nothing|nobody|any)\b", re.I)


def numbers_in(text: str) -> list[str]:
    """Return the numbers that a text says, without signs and thousands' commas."""
    found = [match.rstrip(",").lstrip("+−") for match in NUMBER.findall(text)]
    return [one.replace(",", "") for one in found]


def broken(text: str) -> list[str]:
    """Return what no text may hold: a missing value, an empty part, a plural of one."""
    return [match.group() for match in _BROKEN.finditer(text)]


def sweeping(text: str, harmless: tuple[str, ...]) -> list[str]:
    """Return the words that claim something of all or of none, outside of `harmless` phrases."""
    for phrase in harmless:
        text = text.replace(phrase, " ")
    return [match.group() for match in SWEEPING.finditer(text)]
