"""Sentences about points of the map: what their colour says, layers, a selection, two of them."""

from collections.abc import Sequence

from dashboard.data.pixels.measured import Group
from dashboard.text.common import FEW_CASES, all_of, counted, first_upper, of_100, signed

COLOR_NAMES = {
    "class": "Class",
    "predicted": "Predicted class",
    "domain": "Domain",
    "correct": "Right or wrong",
    "confidence": "Confidence",
    "margin": "Margin",
    "change": "Change since before",
}
SHOW_NAMES = {
    "source": "○ Source",
    "target": "● Target",
    "prototypes": "◆ Prototypes",
    "trails": "╱ Trails",
    "density": "◎ Density",
    "regions": "▦ Regions",
}
LAYERS = ("density", "regions")
SHOWN_AT_FIRST = ("source", "target", "prototypes", "trails")


def layer_notes(show: Sequence[str], source: str, target: str) -> str:
    """Return what the layers that are shown mean; "" without any.

    Args:
        show: what is shown.
        source: display name of the source domain.
        target: display name of the target domain.
    """
    notes = []
    if "density" in show:
        notes.append(
            f"Density: the inner line holds the densest half of the points shown, the outer nine "
            f"tenths; {source} grey and dashed, {target} blue."
        )
    if "regions" in show:
        notes.append(
            "Regions: each cell has the colour of the prototype that most of its points are "
            "nearest to, measured with all feature values; the fewer agree, the paler. "
            "Between points nothing is claimed."
        )
    return " ".join(notes)


def twin_title(twin: str, step: int) -> str:
    """Return what stands above one of two maps side by side."""
    return f"{'Before adaptation' if twin == 'before' else 'Now'}, step {step:,}"


def kept_reading(kept: Sequence[tuple[str, float]], target: str) -> str:
    """Return how to read the classes by how much their neighbourhood changed.

    Args:
        kept: display name and share of neighbours kept in [0, 1], least first; not empty.
        target: display name of the target domain.
    """
    name, share = kept[0]
    return (
        f"of the ten pixels nearest to a {target} pixel of {name.lower()} now, {of_100(share)} % "
        "were among its ten nearest before. Measured with all feature values; it says how much "
        "changed, not whether that was good."
    )


def group_rows(
    groups: Sequence[Group], names: Sequence[str], *, source: str, target: str
) -> list[tuple[str, tuple[str, ...]]]:
    """Return what is compared of some groups: a title, and a value for each of them.

    Args:
        groups: what is known of each.
        names: display names of the classes, by id.
        source: display name of the source domain.
        target: display name of the target domain.
    """
    rows = {
        "Pixels": [f"{one.count:,}" for one in groups],
        f"{source} + {target}": [f"{one.count - one.target:,} + {one.target:,}" for one in groups],
        "Most are": [_most(one.classes, names, one.count) for one in groups],
        "Predicted right": [_share(one.right, one.labeled) for one in groups],
        "Mean margin": ["–" if one.margin is None else signed(one.margin, 2) for one in groups],
        "Nearer to another": [_share(one.astray, one.count) for one in groups],
        "Their rival": [
            _most(one.rivals, names, sum(count for _, count in one.rivals)) for one in groups
        ],
    }
    return [(title, tuple(values)) for title, values in rows.items()]


def _share(share: float | None, count: int) -> str:
    if share is None:
        return "–"
    return f"{round(share * count)} of {count}" if count < FEW_CASES else f"{of_100(share)} %"


def _most(counts: Sequence[tuple[int, int]], names: Sequence[str], whole: int) -> str:
    if not counts:
        return "none"
    class_id, count = counts[0]
    return f"{names[class_id].lower()}, {_share(count / whole, whole)}"


def rival_words(rival: str, share: float) -> str:
    """Return what else the target pixels of a class are nearest to, "next: building, 16 %"."""
    return f"next: {rival.lower()}, {of_100(share)} %"


def overlap_sentence(shared: int, first: int, second: int) -> str:
    """Return how many pixels two selections share.

    Args:
        shared: pixels that are in both.
        first: pixels of one.
        second: pixels of the other.
    """
    if not shared:
        return "They share no pixel."
    if shared == first == second:
        return "They are the same pixels."
    return f"{counted(shared, 'pixel')} {'is' if shared == 1 else 'are'} in both."


def legend_heads(target: str) -> tuple[str, str]:
    """Return what the two numbers beside a class are called."""
    return "Points", f"{first_upper(target)}, near own"


def filter_line(shown: int, classes: int) -> str:
    """Return how many classes are shown, "All 11 classes", "2 of 11 classes shown"."""
    return (
        f"{all_of(classes, 'classes')} shown" if shown == classes else f"{shown} of {classes} shown"
    )
