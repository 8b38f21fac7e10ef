"""What got worse or is still weak, in sentences."""

from dashboard.text.common import first_upper, listing
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Kind, most_harmed
from dashboard.text.story.words import (
    kinds_counted,
    names_of,
    pictures,
    share_words,
    then_and_now,
    where,
)


def lost_kinds(numbers: StoryNumbers) -> tuple[Kind, ...]:
    """Return the kinds that lost, the largest loss first."""
    lost = [kind for kind in numbers.known_kinds if kind.gain < 0]
    return tuple(sorted(lost, key=lambda kind: kind.gain))


def subject(numbers: StoryNumbers) -> Kind | None:
    """Return the kind that lost most; the weakest where none did; None where none can be judged."""
    lost, known = lost_kinds(numbers), numbers.known_kinds
    return lost[0] if lost else (known[0] if known else None)


def is_perfect(numbers: StoryNumbers) -> bool:
    """Return whether every pixel is right."""
    now = numbers.target_now
    return now is not None and now.right == now.total


def paragraphs(numbers: StoryNumbers, kind: Kind | None) -> tuple[str, ...]:
    """Return what there is to say beside the kind that the panel is about."""
    return tuple(
        filter(
            None,
            (
                _other_losses(numbers),
                _members(kind),
                _found(kind),
                _missed(numbers),
                _weakest_class(numbers),
                _pictures(numbers),
                _source(numbers),
                _too_few(numbers),
            ),
        )
    )


def _other_losses(numbers: StoryNumbers) -> str:
    compared = [kind for kind in numbers.known_kinds if kind.before is not None]
    if not compared:
        return ""
    lost = lost_kinds(numbers)
    if not lost:
        few = " with pixels enough to count" if len(compared) < len(numbers.kinds) else ""
        if len(compared) == 1:
            return f"The one thing{few} did not get worse."
        return f"None of {kinds_counted(numbers, len(compared))}{few} got worse."
    weakest = compared[0]
    told = ""
    if len(lost) > 1:
        losses = [
            f"{kind.name} ({kind.before.of_100} → {kind.now.of_100})"
            for kind in lost[1:4]
            if kind.before is not None
        ]
        if len(lost) > 4:
            losses.append(f"{len(lost) - 4} more")
        told = f"Worse, too: {listing(losses)}. "
    if weakest is lost[0]:
        return f"{told}It is the weakest of all, too." if len(compared) > 1 else told.strip()
    return f"{told}Weakest of all is {weakest.name}: {share_words(weakest.now)}."


def _members(kind: Kind | None) -> str:
    """Return which classes a group is made of."""
    if kind is None or len(kind.members) < 2:
        return ""
    return f"{first_upper(kind.name)} here means {listing(kind.members)}."


def _found(kind: Kind | None) -> str:
    """Return how many of its pixels are found, where nothing else can be said of it yet."""
    if kind is None or kind.before is not None:
        return ""
    return f"It finds {kind.found.of_100} of 100 {kind.name} pixels."


def _missed(numbers: StoryNumbers) -> str:
    """Return the kinds that are found less often although they are not worse on balance."""
    fewer = [
        kind
        for kind in numbers.known_kinds
        if kind.missed and kind.before is not None and kind.now.share > kind.before.share
    ]
    if not fewer:
        return ""
    worst = sorted(fewer, key=lambda kind: (-kind.missed, kind.name))[:2]
    told = [
        f"{kind.name} ({kind.found_before.of_100} → {kind.found.of_100} of 100)"
        for kind in worst
        if kind.found_before is not None
    ]
    return f"Found less often: {listing(told)}; but fewer other pixels are called so by mistake."


def _weakest_class(numbers: StoryNumbers) -> str:
    """Return the weakest class where groups are shown, which hide it."""
    known = [kind for kind in numbers.classes if kind.is_known]
    if not numbers.is_grouped or not known or is_perfect(numbers):
        return ""
    return (
        "Mistakes within a group do not count here. The weakest single thing is "
        f"{known[0].name}: {share_words(known[0].now)}."
    )


def _pictures(numbers: StoryNumbers) -> str:
    if not numbers.pictures:
        return ""
    shown = most_harmed(numbers.pictures)
    before, now = then_and_now(shown.before, shown.now)
    count = len(numbers.pictures)
    if numbers.harmed:
        counts = (
            f"{numbers.harmed} of {pictures(count)} got worse; the greatest loss: {before} → {now}"
        )
    elif count == 1:
        counts = f"The one picture there is did not get worse: {before} → {now}"
    else:
        least = "gained least" if shown.gain else "gained nothing"
        counts = f"None of {pictures(count)} got worse; one {least}: {before} → {now}"
    unit = "" if shown.before.is_few or shown.now.is_few else " of 100"
    return f"{counts}{unit}."


def _source(numbers: StoryNumbers) -> str:
    """Return what became of the source, which must not be forgotten."""
    before, now = numbers.source_before, numbers.source_now
    if before is None or now is None or before.is_few or now.is_few:
        return ""
    place = first_upper(where(numbers.source))
    if now.of_100 < before.of_100:
        return f"{place} it got worse: {before.of_100} → {now.of_100} of 100 right."
    if now.of_100 == before.of_100:
        return f"{place}, {now.of_100} of 100 are right, as before."
    return f"{place}, {before.of_100} → {now.of_100} of 100 are right."


def _too_few(numbers: StoryNumbers) -> str:
    few = [kind for kind in numbers.kinds if not kind.is_known]
    if len(few) == len(numbers.kinds):
        return "A share of so few pixels would mislead."
    if not few:
        return ""
    return f"Too few pixels to judge: {names_of(few)}."
