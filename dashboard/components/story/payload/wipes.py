"""Pictures of the target to wipe over: a typical one first, some that gained, some that lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.data import recorded
from dashboard.data.addresses import encoded
from dashboard.data.opened_run import OpenedRun
from dashboard.data.story.facts import StoryRead
from dashboard.text.story import captions
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Picture, Tally, most_harmed, typical
from spcl.store.schema import ProbeImage

_OF_EACH = 4


@dataclass(frozen=True)
class Chosen:
    """One picture of a wipe, and why it is in it."""

    key: str
    tab: str
    label: str
    caption: str


def photo(opened: OpenedRun, key: str) -> str:
    """Return the address of a probe picture."""
    return f"{opened.api}/probe/{encoded(key)}.png?v={opened.version}"


def mask(opened: OpenedRun, key: str, step: int) -> str:
    """Return the address of a mask."""
    return f"{opened.api}/snapshots/{step}/masks/{encoded(key)}.png?v={opened.version}"


def wipe(opened: OpenedRun, pictures: Sequence[Chosen], chosen: str) -> dict[str, Any] | None:
    """Return the pictures as the browser draws them; None without any, or nothing to compare.

    All are of one size: that of the one to begin with.

    Args:
        opened: the run.
        pictures: in the order of the list.
        chosen: key of the one to begin with.
    """
    before, step = opened.compared_step, opened.step
    known = {image.key: image for image in recorded.images(opened.path)}
    if not pictures or before is None or step is None:
        return None
    keys = [picture.key for picture in pictures]
    first = known[chosen if chosen in keys else keys[0]]
    alike = [one for one in pictures if _size(known[one.key]) == _size(first)]
    return {
        "width": first.width,
        "height": first.height,
        "images": [
            {
                "tab": picture.tab,
                "key": picture.key,
                "label": picture.label,
                "caption": picture.caption,
                "photo": photo(opened, picture.key),
                "before": mask(opened, picture.key, before),
                "after": mask(opened, picture.key, step),
                "truth": f"{opened.api}/probe/{encoded(picture.key)}.label.png?v={opened.version}"
                if known[picture.key].has_label
                else None,
            }
            for picture in alike
        ],
        "chosen": first.key,
    }


def _size(image: ProbeImage) -> tuple[int, int]:
    return image.height, image.width


def offered_pictures(read: StoryRead, numbers: StoryNumbers) -> list[Chosen]:
    """Return the pictures that can be compared, those by which it is told first."""
    return scored_pictures(numbers) if numbers.is_compared else renamed_pictures(read, numbers)


def scored_pictures(numbers: StoryNumbers) -> list[Chosen]:
    """Return some pictures, each once: from the middle, of the most gain, of the least."""
    if not numbers.pictures:
        return []
    middle, lowest = typical(numbers.pictures), most_harmed(numbers.pictures)
    rising = sorted(numbers.pictures, key=lambda one: (one.gain, one.key))
    taken: dict[str, Chosen] = {}

    def take(pictures: Sequence[Picture], tab: str) -> None:
        for one in [one for one in pictures if one.key not in taken][:_OF_EACH]:
            label = captions.picture_label(numbers, one.name, tab)
            taken[one.key] = Chosen(one.key, tab, label, captions.picture_caption(one))

    take([middle], "typical")
    take([lowest], "harmed" if lowest.gain < 0 else "least")
    take([one for one in rising[::-1] if one.gain > 0], "improved")
    take([one for one in rising if one.gain < 0][: _OF_EACH - 1], "harmed")
    take(sorted(rising, key=lambda one: abs(one.gain - middle.gain))[: _OF_EACH - 1], "typical")
    return list(taken.values())


def renamed_pictures(read: StoryRead, numbers: StoryNumbers) -> list[Chosen]:
    """Return pictures without labels: the one that changed typically, then those that did most."""
    tallies = {
        key: Tally(int(table.sum() - table.trace()), int(table.sum()))
        for key, table in read.transfers.items()
        if table.sum()
    }
    falling = sorted(tallies, key=lambda key: (-tallies[key].share, key))
    if not falling:
        return []
    middle = falling[len(falling) // 2]
    keys = [middle, *(key for key in falling[:_OF_EACH] if key != middle)]
    return [_renamed(read.names, numbers, tallies, key, is_most=key == falling[0]) for key in keys]


def _renamed(
    names: Mapping[str, str],
    numbers: StoryNumbers,
    tallies: Mapping[str, Tally],
    key: str,
    *,
    is_most: bool,
) -> Chosen:
    label = captions.renamed_label(numbers, names[key], is_most=is_most)
    return Chosen(key, "typical", label, captions.renamed_caption(tallies[key]))
