"""What the Compare page says of the map of two runs."""

import re
from collections.abc import Sequence

from dashboard.text.common import counted, of_100

TITLE = "Both runs on one map"
COLOR_BY = ("class", "predicted", "domain", "correct")
"""What a point's colour may say here; all of it holds without a step before."""
ASK = "Lay both runs out on one map"
WHAT = (
    "The two networks have feature spaces of their own, whose axes have nothing to do with each "
    "other. So a pixel's neighbours are those of its own run, and the same pixel in the other run "
    "is held as near as its nearest: where the runs agree a pixel stands at one place on both "
    "maps, and where one took it elsewhere the places differ. That is for looking; the shares of "
    "neighbours are counted in each full feature space."
)
_STAGE = re.compile(r"^(?P<what>[^:]+): (?P<done>\d+) of (?P<total>\d+)")


def before_asking(num_pixels: int) -> str:
    """Return what a person gets by asking for the map."""
    return (
        f"Not made yet for these two snapshots. The analysis lays out the {num_pixels:,} probe "
        "pixels of both, mostly within a minute, and keeps the map with the runs."
    )


def progress(said: str) -> tuple[float, str]:
    """Return the share done in [0, 1] and what is being done, from a line of the analysis."""
    found = _STAGE.match(said)
    if found is None:
        return 0.0, "The analysis is being started."
    done, total = int(found["done"]), int(found["total"])
    part = f"Part {min(done + 1, total)} of {total}: {found['what']}."
    return min(1.0, done / max(1, total)), part


def map_title(letter: str, step: int) -> str:
    """Return what stands above a map."""
    return f"{letter}, step {step:,}"


def kept_reading(kept: Sequence[tuple[str, float]], target: str, names: tuple[str, str]) -> str:
    """Return how to read the classes by how much of their neighbourhood both runs share.

    Args:
        kept: display name and share of neighbours in [0, 1], least first; not empty.
        target: what the target is called.
        names: short names of both runs.
    """
    name, share = kept[0]
    first, second = names
    return (
        f"of the ten pixels nearest to a {target} pixel of {name.lower()} with {first}, "
        f"{of_100(share)} % are among its ten nearest with {second}. Measured with all feature "
        "values of each run; it says how much differs, not which is better."
    )


def of_cell(count: int, title: str) -> str:
    """Return which probe pixels a cell of the table has selected; "" for none."""
    if not count:
        return ""
    verb = "stands" if count == 1 else "stand"
    called = title[:1].lower() + title[1:]
    return f"{counted(count, 'probe pixel')}, {called}, {verb} out on both maps."
