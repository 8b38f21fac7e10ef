"""The second mean of SYNTHIA: it is scored on 16 classes, and on 13 of them without thin ones."""

import math
from collections.abc import Iterable, Sequence

THIN = ("wall", "fence", "pole")
SIXTEEN = (
    *("road", "sidewalk", "building", *THIN, "traffic light", "traffic sign", "vegetation", "sky"),
    *("person", "rider", "car", "bus", "motorcycle", "bicycle"),
)
"""The classes of SYNTHIA that Cityscapes knows, in its order."""


def mean_of_13(names: Sequence[str], per_class: Iterable[float | None]) -> float | None:
    """Return the mean IoU without the thin classes; None unless the classes are those 16.

    Args:
        names: of all classes, in order.
        per_class: the IoU of each; None or NaN for one in neither truth nor prediction.
    """
    if tuple(names) != SIXTEEN:
        return None
    rest = (value for name, value in zip(names, per_class, strict=True) if name not in THIN)
    known = [value for value in rest if value is not None and math.isfinite(value)]
    return sum(known) / len(known) if known else None
