"""Fourth panel: where it got worse, or is still weak; it is never empty."""

from dashboard.text.common import first_upper
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Kind, most_harmed
from dashboard.text.story.panel import Bar, Link, Notes, Number, Panel
from dashboard.text.story.panels.losses import is_perfect, paragraphs, subject
from dashboard.text.story.panels.unlabelled import unseen
from dashboard.text.story.people import people_sentence
from dashboard.text.story.words import (
    called,
    kind_sentence,
    number_words,
    pictures,
    share_words,
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
        text=paragraphs(numbers, kind),
        card_number="–" if kind is None else str(_number(kind)),
        card_caption=_card(numbers, kind),
        notes=_notes(numbers, kind),
        links=_links(numbers),
        bars=tuple(_bar(one) for one in numbers.known_kinds[:MOST_BARS]),
    )


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
