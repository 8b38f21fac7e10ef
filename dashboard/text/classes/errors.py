"""What is said of the place of the errors in the image."""

import numpy as np

from dashboard.data.classes.errors import ErrorMap
from dashboard.text.common import counted, of_100

TITLE = "Where in the image the errors stand"
_THIRDS = ("upper", "middle", "lower")


def unit(found: ErrorMap, name: str | None) -> str:
    """Return what a cell says, and over how many images."""
    whose = "the labelled pixels" if name is None else f"the {name.lower()} pixels"
    images = counted(found.images, "image")
    of = "" if found.images == found.of_images else f" of {found.of_images}"
    return f"% of {whose} that are wrong, over {images}{of}"


def reading(found: ErrorMap, target: str) -> str:
    """Return which third of the image holds most errors, with its share of them."""
    total = int(found.wrong.sum())
    if not total:
        return "no pixel is wrong."
    thirds = [int(part.sum()) for part in np.array_split(found.wrong, 3, axis=0)]
    place = int(np.argmax(thirds))
    seen = "the images read here" if found.images < found.of_images else "the observed images"
    return (
        f"all {target} images laid on each other, strong where many pixels are wrong. The "
        f"{_THIRDS[place]} third holds {of_100(thirds[place] / total)} % of the {total:,} wrong "
        f"pixels of {seen}."
    )


def nothing(name: str | None, target: str) -> str:
    """Return why there is no map."""
    if name is None:
        return f"The {target} images have no labels, so nobody knows which pixels are wrong."
    return f"No observed {target} image with a label holds {name.lower()}."
