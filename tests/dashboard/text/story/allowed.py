"""The numbers that a panel may say, worked out anew from the numbers of the story."""

import math
from collections.abc import Iterable, Iterator

from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Kind, Tally


def rounded(share: float) -> int:
    """Round as the story does: 0 and 100 are kept for none and all."""
    return int(share * 100) if share in (0, 1) else max(1, min(99, round(share * 100)))


def of(tallies: Iterable[Tally | None]) -> Iterator[str]:
    """Return the numbers that tallies may be said as."""
    for tally in tallies:
        if tally is not None and tally.total:
            yield from (
                (str(tally.right), str(tally.total))
                if tally.total < 30
                else (str(rounded(tally.right / tally.total)),)
            )


def of_kinds(kinds: Iterable[Kind]) -> Iterator[str]:
    for kind in kinds:
        yield from of([kind.now, kind.before, kind.found, kind.found_before])


def counts(*values: int | None) -> Iterator[str]:
    return (str(abs(value)) for value in values if value is not None)


def of_pictures(numbers: StoryNumbers) -> Iterator[str]:
    pictures = numbers.pictures
    gains = [rounded(p.now.share) - rounded(p.before.share) for p in pictures]
    yield from counts(len(pictures), *gains)
    yield from counts(sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains))


def target_gain(numbers: StoryNumbers) -> int:
    before, now = numbers.target_before, numbers.target_now
    return 0 if before is None or now is None else rounded(now.share) - rounded(before.share)


def problem(numbers: StoryNumbers) -> set[str]:
    tallies = (numbers.source_before, numbers.target_before, numbers.source_now, numbers.target_now)
    found = counts(numbers.num_classes, numbers.num_source, numbers.num_target, numbers.turns_at)
    return {"100", *of(tallies), *found}


def learned(numbers: StoryNumbers) -> set[str]:
    gap = numbers.gap
    if gap is None:
        return set()
    before, now = round(gap.before, 2), round(gap.now, 2)
    percent = round(100 * (before - now) / before) if before else 0
    ends = (gap.closest or ("", 0.0, 0.0))[1:]
    return {*(f"{value:.2f}" for value in (before, now, *ends)), *counts(percent, gap.num_kinds)}


def better(numbers: StoryNumbers) -> set[str]:
    tallies = (numbers.target_before, numbers.target_now, numbers.renamed)
    known = [kind for kind in numbers.kinds if kind.is_known]
    gains = [kind.gain for kind in known]
    theirs = [rounded(rival.pixels_right) for rival in numbers.rivals]
    now = rounded(numbers.target_now.share) if numbers.target_now else 0
    return {
        "100",
        *of(tallies),
        *of_kinds(known),
        *of_pictures(numbers),
        *counts(target_gain(numbers), numbers.turns_at, numbers.step, len(known)),
        *counts(sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)),
        *counts(*theirs, *(now - value for value in theirs)),
    }


def worse(numbers: StoryNumbers) -> set[str]:
    known = [kind for kind in numbers.kinds if kind.is_known]
    lost = sum(kind.gain < 0 for kind in known)
    few = len(numbers.kinds) - len(known)
    pictures = [tally for picture in numbers.pictures for tally in (picture.before, picture.now)]
    named = [tally for one in numbers.named for tally in (one.before, one.now)]
    return {
        "100",
        *of_kinds([*known, *(kind for kind in numbers.classes if kind.is_known)]),
        *of([*pictures, *named, numbers.source_before, numbers.source_now]),
        *of_pictures(numbers),
        *counts(numbers.num_target, len(known), lost - 4, few - 3),
    }


def sure(numbers: StoryNumbers) -> set[str]:
    means = {numbers.mean_before, numbers.mean_now, *(mark.value for mark in numbers.marks)}
    tenths = [round(100 * mean, 1) for mean in means if math.isfinite(mean)]
    points = {f"{abs(a - b):.1f}" for a in tenths for b in tenths}
    others = [rounded(other.now) - rounded(other.before) for other in numbers.others]
    known = [kind for kind in numbers.classes if kind.is_known]
    gains = [target_gain(numbers), *others]
    return {
        "100",
        *(f"{value:.1f}" for value in tenths),
        *points,
        *of_kinds(known),
        *of_pictures(numbers),
        *counts(*gains, len(gains), sum(gain > 0 for gain in gains), numbers.seed),
        *counts(numbers.num_target, numbers.num_classes, numbers.num_counted, numbers.total_steps),
        *counts(len(numbers.classes) - len(known) - 3),
        *counts(numbers.target_now.total if numbers.target_now else None),
        "5" if any(mark.name == "GTA5" for mark in numbers.marks) else "100",
    }


ALLOWED = {"problem": problem, "learned": learned, "better": better, "worse": worse, "sure": sure}
