"""What a comparison says, the same on the page and in the terminal: no more than its numbers."""

import math
from collections.abc import Sequence

from spcl.store.compared.paired import LEAST_IMAGES, Paired


def points(share: float) -> str:
    """Return "+1.8", "−2.0" or "0.0"; "" for an unknown difference."""
    if not math.isfinite(share):
        return ""
    value = round(100 * share, 1)
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):.1f}"


def answer(paired: Paired, *, first: str, second: str, domain: str, names: Sequence[str]) -> str:
    """Return which run is better and where, e.g. "B is 1.8 points better than A on dusk; ...".

    Args:
        paired: the second run against the first.
        first: what the first is called.
        second: what the second is called.
        domain: what the domain is called.
        names: of the classes, in id order, as people call them.
    """
    parts = [_verdict(paired.mean_iou.value, first=first, second=second, domain=domain)]
    changes = [
        (round(100 * one.value, 1), name.lower())
        for one, name in zip(paired.per_class, names, strict=True)
        if math.isfinite(one.value)
    ]
    most, least = max(changes, default=(0, "")), min(changes, default=(0, ""))
    moved = [f"{most[1]} gains {most[0]:.1f}"] if most[0] > 0 else []
    moved += [f"{least[1]} loses {-least[0]:.1f}"] if least[0] < 0 else []
    if moved:
        parts.append(", ".join(moved))
    if paired.num_images:
        images = "image" if paired.num_images == 1 else "images"
        which = ", first run against first run" if paired.over == "seeds" else ""
        parts.append(f"better on {paired.better} of {paired.num_images} {images}{which}")
    return "; ".join(parts)


def _verdict(value: float, *, first: str, second: str, domain: str) -> str:
    rounded = round(100 * value, 1)
    if not math.isfinite(rounded):
        return f"{second} and {first} share no class with a score on {domain}"
    if rounded == 0:
        return f"{second} and {first} are equal on {domain} to a tenth of a point"
    better = "better" if rounded > 0 else "worse"
    unit = "point" if abs(rounded) == 1 else "points"
    return f"{second} is {abs(rounded):.1f} {unit} {better} than {first} on {domain}"


def scoring(first: str, second: str) -> str:
    """Return a sentence where two runs were scored in different ways; "" where they were not.

    Args:
        first: how images of the first run were scored, "" where that is not recorded.
        second: the same of the second.
    """
    if not (first and second) or first == second:
        return ""
    return (
        f"They were scored in different ways, and a part of the difference may come from that: "
        f"the first with {first}, the second with {second}."
    )


def sureness(paired: Paired) -> str:
    """Return how sure the difference is: its interval, over what, and whether it holds zero."""
    one = paired.mean_iou
    if not math.isfinite(one.low):
        return (
            f"Too few images for an interval: {paired.of}, and {LEAST_IMAGES} are needed. "
            "How sure the difference is, nobody can say from them."
        )
    ends = f"{points(one.low)} to {points(one.high)} points"
    if paired.over == "seeds":
        same = "have the same sign" if one.is_sure else "do not agree on the sign"
        return f"Over {paired.of} seeds, from {ends}: they {same}."
    images = f"{paired.of} images"
    if one.is_sure:
        chance = "other images of this kind would hardly reverse it"
    else:
        chance = "it holds zero, so these images do not tell which is better"
    return f"95 % interval over {images}: {ends}; {chance}. Other seeds may differ by more."
