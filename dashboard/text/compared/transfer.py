"""What the Compare page says of pixels that one run calls this and another that."""

from collections.abc import Sequence

from dashboard.data.compared.tables import Which
from dashboard.text.common import FEW_CASES, counted, of_100
from spcl.store.scores.counts import Counts

WITHIN = {"split": "All images", "image": "The image shown below"}
"""Of which images pixels are counted."""
NOT_COMMON = "These runs observe no image of {target} in common, so no pixel can be followed."


def title(first: str, second: str) -> str:
    """Return the title of the table."""
    return f"Which class of {first} became which of {second}"


def choices(first: str, second: str) -> dict[Which, str]:
    """Return of which pixels the table may be, and what that is called."""
    return {
        "all": "All pixels",
        "second": f"Only {second} right",
        "first": f"Only {first} right",
    }


def counted_words(
    which: Which,
    num_images: int,
    *,
    split: int | None,
    num_unlike: int,
    target: str,
    names: tuple[str, str],
) -> str:
    """Return exactly which pixels are counted.

    Args:
        which: of which pixels.
        num_images: images of the target that both runs observe.
        split: images of its split; None where that is not recorded.
        num_unlike: images left out, because the masks differ in size.
        target: what the target is called.
        names: short names of both runs.
    """
    of = ""
    if split == num_images:
        of = ", which are the whole split"
    elif split is not None:
        of = f", of {split:,} in the split; masks of the others are not kept"
    noun = "image" if num_images == 1 else "images"
    images = f"the {num_images:,} {noun} of {target} that both runs observe{of}"
    left_out = ""
    if num_unlike:
        left_out = f" Left out: {counted(num_unlike, 'image')} whose masks differ in size."
    return f"Counted: {_pixels(which, names)} of {images}.{left_out}"


def of_one_image(which: Which, image: str, names: tuple[str, str]) -> str:
    """Return which pixels of one image are counted."""
    return f"Counted: {_pixels(which, names)} of the image {image}."


def _pixels(which: Which, names: tuple[str, str]) -> str:
    if which == "all":
        return "every pixel"
    return f"the labelled pixels that only {names[1 if which == 'second' else 0]} has right"


def agreement(table: Counts, which: Which, names: tuple[str, str]) -> str:
    """Return how many pixels both runs call the same; of a choice of pixels, how many there are."""
    whole = int(table.sum())
    if which != "all" or not whole:
        return f"{counted(whole, 'pixel')}."
    same = int(table.trace())
    share = f"{same:,} of {whole:,}" if whole < FEW_CASES else f"{of_100(same / whole)} %"
    return f"{names[0]} and {names[1]} call {share} of them the same."


def reading(
    table: Counts, cell: tuple[int, int], displays: Sequence[str], names: tuple[str, str]
) -> str:
    """Return how to read the table, with its largest cell off the diagonal.

    Args:
        table: pixels by class with the first run (row) and with the second, (K, K).
        cell: row and column.
        displays: what the classes are called.
        names: short names of both runs.
    """
    first, second = names
    count, whole = int(table[cell]), int(table[cell[0]].sum())
    own, other = displays[cell[0]].lower(), displays[cell[1]].lower()
    size = f"{count} of the {whole}" if whole < FEW_CASES else f"{of_100(count / whole)} % of the"
    return (
        f"rows are what {first} calls pixels, columns what {second} calls them: {size} pixels that "
        f"{first} calls {own} are {other} with {second}. Click a cell to see where they are."
    )


def cell_title(displays: tuple[str, str], names: tuple[str, str]) -> str:
    """Return the title of the images of a cell."""
    own, other = displays
    if own == other:
        return f"{own} with both"
    return f"{own} with {names[0]}, {other.lower()} with {names[1]}"


def cell_words(counts: Sequence[int], shown: int) -> str:
    """Return how many pixels of how many images are in a cell, and how many are shown."""
    if not counts:
        return "No pixel is in this cell."
    held = f"{counted(sum(counts), 'pixel')} in {counted(len(counts), 'image')}"
    most = f" The {shown} that hold most are shown." if len(counts) > shown else ""
    return f"{held}.{most} An image opens below, under the wipe."
