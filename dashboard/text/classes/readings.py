"""How to read the charts of a class, each with one of its numbers; and what they wait for."""

from collections.abc import Mapping, Sequence

from dashboard.data.classes.confusion import Fate
from dashboard.data.classes.history import ClassHistory, Rival, Series
from dashboard.data.classes.images import LEAST_PIXELS, ClassImage
from dashboard.text.common import (
    FEW_CASES,
    counted,
    first_upper,
    listing,
    of_100,
    percent,
    signed,
)
from dashboard.text.prototypes import drift_text
from dashboard.text.separability.classes import shown_part

NOT_MEASURED = (
    "Nothing to draw yet: the class has no prototype so far, or the analysis is still at work."
)


def iou_reading(history: ClassHistory, domains: Mapping[str, str], since: int | None) -> str:
    """Return the level of the class now in each domain, and since when it changed."""
    parts = [
        f"{_ends(series, since)} on {domains[domain]}"
        for domain, series in sorted(history.iou.items(), reverse=True)
    ]
    rest = f" since step {since:,}" if since is not None else ""
    return f"{listing(parts)}{rest}; pixels right, of those that are or are called so."


def _ends(series: Series, since: int | None) -> str:
    now = percent(series[max(series)])
    return f"{percent(series[since])} → {now} %" if since in series else f"{now} %"


def labels_reading(history: ClassHistory, name: str) -> str:
    """Return how many pseudo labels are kept now, and how many of those are right."""
    if not history.kept[max(history.kept)]:
        return f"none of the pixels called {name} is kept at this step."
    kept = f"{percent(history.kept[max(history.kept)])} % of the pixels called {name} are kept"
    if max(history.right, default=-1) < max(history.kept):
        return f"{kept}; without labels nobody knows how many are right."
    return f"{kept}, {percent(history.right[max(history.right)])} % of those are right."


def margin_reading(history: ClassHistory, name: str, target: str) -> str:
    """Return the mean margin now; of few pixels it says of how many."""
    series = history.margin.get("target") or next(iter(history.margin.values()))
    value = f"{series[max(series)]:.2f}".replace("-", "−")
    few = f", of {history.pixels} pixels only" if history.pixels < FEW_CASES else ""
    by = " by pseudo label" if history.labels == "pseudo" else ""
    where = target if "target" in history.margin else "the source"
    return (
        f"{value} on {where}{by}{few}; below 0 the average {name} pixel lies nearer to another "
        "prototype."
    )


def rival_text(rival: Rival, display: str, pixels: int) -> str:
    """Return "person takes 22 % → 16 % of its pixels"; counts where there are few."""
    unit = "" if pixels < FEW_CASES else " %"
    now = f"{shown_part(rival.share, pixels)}{unit}"
    if rival.before == rival.before:
        now = f"{shown_part(rival.before, pixels)}{unit} → {now}"
    return f"{display}: {now} of its pixels"


def prototype_reading(history: ClassHistory, displays: Mapping[str, str]) -> str:
    """Return how far the prototype has turned, and which other one lies nearest."""
    parts = []
    if history.drift:
        turned = drift_text(history.drift[max(history.drift)])
        moved = f"it has turned by {turned}" if float(turned) else "it has not turned"
        parts.append(f"{moved} since adaptation began")
    if history.distances:
        nearest, series = next(iter(history.distances.items()))
        distance = drift_text(series[max(series)])
        parts.append(f"that of {displays[nearest].lower()} lies nearest, at {distance}")
    return f"{'; '.join(parts)}. The scale ends at 2."


def gain_text(gain: float) -> str:
    """Return the change of an image as "+9.8" points."""
    return signed(100 * gain)


def no_pseudo_labels(name: str) -> str:
    """Return why there is no line of pseudo labels."""
    return f"No probe pixel was called {name} so far, or the analysis has not reached this step."


def no_flow(name: str, target: str, *, has_labels: bool) -> str:
    """Return why no flow is drawn."""
    if has_labels:
        return f"The labelled {target} images hold no {name} pixel that could be called anything."
    return f"{first_upper(target)} has no labels, so which pixels are {name} is not known."


def flow_reading(now: Fate, name: str, names: Sequence[str]) -> str:
    """Return how to read the flow, with its largest part, and that names lead on."""
    top = int(now.called.argmax())
    count, whole = int(now.called[top]), now.occurring
    share = f"{count} of {whole}" if whole < FEW_CASES else f"{of_100(count / whole)} %"
    return (
        f"of the {whole:,} true {name} pixels {share} are called {names[top].lower()} now. "
        "A name at the right leads to those pixels."
    )


def no_images(name: str, target: str, compared: int | None) -> str:
    """Return why no image is shown."""
    if compared is None:
        return "Images are compared from the first snapshot after the warm-up on."
    return f"No labelled {target} image holds enough {name} pixels to say how they fare."


def none_of_them(is_better: bool) -> str:
    """Return what stands in place of pictures."""
    return "It improved in no image." if is_better else "It got worse in no image."


def images_reading(known: Sequence[ClassImage], name: str, target: str) -> str:
    """Return in how many images the class improved; and that a picture leads to its masks."""
    better = sum(one.gain > 0 for one in known)
    worse = sum(one.gain < 0 for one in known)
    return (
        f"of {counted(len(known), f'{target} image')} with {LEAST_PIXELS} or more {name} pixels, "
        f"IoU of {name} rose in {better} and fell in {worse}. A picture leads to its masks."
    )
