"""Fourth panel: where it got worse, or is still weak; it is never empty."""

from dashboard.text.common import first_upper, listing
from dashboard.text.story.numbers import StoryNumbers
from dashboard.text.story.panel import Bar, Link, Notes, Number, Panel
from dashboard.text.story.panels.unlabelled import unseen
from dashboard.text.story.parts import Kind, most_harmed
from dashboard.text.story.people import people_sentence
from dashboard.text.story.words import (
    called,
    kind_sentence,
    kinds_counted,
    names_of,
    number_words,
    pictures,
    share_words,
    then_and_now,
    where,
)

MOST_BARS = 6


def worse(numbers: StoryNumbers) -> Panel:
    """Return the panel."""
    if numbers.target_now is None:
        return unseen(numbers) if numbers.phase == "adapted" else _not_yet(numbers)
    if numbers.phase == "learning":
        return _not_yet(numbers)
    kind = subject(numbers)
    lost = kind is not None and kind.gain < 0
    return Panel(
        key="worse",
        kicker="Where it got worse" if lost else "Where it is still weak",
        number=None if kind is None else _number(kind),
        sentence=_sentence(numbers, kind),
        text=_text(numbers, kind),
        card_number="–" if kind is None else str(_number(kind)),
        card_caption=_card(numbers, kind),
        notes=_notes(numbers, kind),
        links=_links(numbers),
        bars=tuple(_bar(one) for one in numbers.known_kinds[:MOST_BARS]),
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


def _number(kind: Kind) -> Number:
    if kind.gain < 0 and kind.before is not None:
        return Number(number_words(kind.now), number_words(kind.before))
    return Number(share_words(kind.now))


def _sentence(numbers: StoryNumbers, kind: Kind | None) -> str:
    if kind is None:
        few = pictures(numbers.num_target, called(numbers.target))
        return f"{few} hold too few pixels of anything to judge single {_units(numbers)}."
    if kind.gain < 0:
        return f"{first_upper(kind.name)} got worse. {kind_sentence(kind)}"
    if is_perfect(numbers):
        return "No mistake is left on these pictures. That calls for doubt."
    return f"It is weakest at {kind.name}. {kind_sentence(kind)}"


def _units(numbers: StoryNumbers) -> str:
    return "groups of things" if numbers.is_grouped else "kinds of things"


def _text(numbers: StoryNumbers, kind: Kind | None) -> tuple[str, ...]:
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


def _card(numbers: StoryNumbers, kind: Kind | None) -> str:
    if kind is None:
        return "Too few pixels to judge"
    name = first_upper(kind.name)
    if kind.gain < 0:
        return f"{name} got worse"
    if 2 * kind.now.right < kind.now.total:
        return f"{name}: fewer than half are right"
    if is_perfect(numbers):
        return "No mistake is left"
    return f"Weakest: {kind.name}"


def _bar(kind: Kind) -> Bar:
    before = kind.before
    caption = share_words(kind.now)
    if before is not None:
        caption += f", before {before.of_100}"
    return Bar(
        kind.name,
        kind.class_ids[0],
        kind.now.of_100,
        None if before is None else before.of_100,
        caption,
    )


def _links(numbers: StoryNumbers) -> tuple[Link, ...]:
    image = most_harmed(numbers.pictures).key if numbers.pictures else None
    return (
        Link("The picture shown, to look into", "masks", image),
        Link("Which things are mixed up", "separability"),
    )


def _notes(numbers: StoryNumbers, kind: Kind | None) -> Notes:
    say = _sentence(numbers, kind)
    if numbers.pictures:
        count = pictures(len(numbers.pictures))
        say += f" {numbers.harmed} of {count} got worse."
    if kind is None:
        return Notes(say, "So is it safe?", "Nobody can say with so few pixels.")
    people = people_sentence(numbers)
    question = "Can one rely on it for people on the street?" if people else "Can one rely on it?"
    answer = people or f"Not by these numbers: {kind.name} is right in {share_words(kind.now)}."
    return Notes(say, question, answer)


def _not_yet(numbers: StoryNumbers) -> Panel:
    dusk = called(numbers.target)
    return Panel(
        key="worse",
        kicker="Where it is weak",
        number=None,
        sentence="Nothing to compare yet.",
        text=(f"What gets worse shows once the model has met {dusk} pictures.",),
        card_number="–",
        card_caption="Nothing to compare yet",
        notes=Notes(
            "Here the losses will stand. There may be some.",
            "Why show losses at all?",
            "Because a gain on average can hide a loss.",
        ),
        links=(Link("How the training stands", "live"),),
    )
