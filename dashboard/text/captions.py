"""What every measure says, how it is computed and when it misleads, read from docs/measures.md.

That page is the only place where measures are described; the dashboard repeats it word for word.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spcl.store.places.shipped import shipped

PAGE = shipped(Path(__file__).resolve().parents[1], "docs") / "measures.md"


@dataclass(frozen=True)
class Caption:
    """One measure in words; `good` is "high", "low", "neither" or "high ... on the diagonal"."""

    title: str
    says: str
    formula: str
    unit: str
    good: str
    misleads: str


def caption(measure: str) -> Caption:
    """Return the description of a measure (KeyError for one that the page does not name)."""
    return _captions()[measure]


@cache
def _captions() -> dict[str, Caption]:
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(map(_caption, sections))


def _caption(section: str) -> tuple[str, Caption]:
    key, title = re.match(r"`(\w+)`: (.+)", section).groups()  # type: ignore[union-attr]
    fields = dict(re.findall(r"^- (\w+): (.+)$", section, flags=re.MULTILINE))
    kind, _, direction = fields["Range"].partition("; ")
    return key, Caption(
        title=title,
        says=fields["Says"],
        formula=fields["Formula"],
        unit=kind.rpartition(", ")[2],
        good=direction.removesuffix(" is good"),
        misleads=fields["Misleads"],
    )
