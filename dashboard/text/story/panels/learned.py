"""Second panel: what happened inside the model, the map before and now."""

from dashboard.text.common import counted, first_upper
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Gap
from dashboard.text.story.panel import Link, Notes, Number, Panel
from dashboard.text.story.words import called, where

_MARKS = (
    "Each dot is a pixel: rings from {day} pictures, discs from {dusk} ones; diamonds are the "
    "centres of things. Alike lies close together; distances between far groups mean nothing. The "
    "numbers are measured inside the model, not on the map."
)


def learned(numbers: StoryNumbers) -> Panel:
    """Return the panel."""
    gap = numbers.gap if numbers.phase == "adapted" else None
    number = _number(gap)
    return Panel(
        key="learned",
        kicker="What the model learned" if numbers.phase == "adapted" else "What it will learn",
        number=number,
        sentence=_sentence(numbers, gap),
        text=tuple(filter(None, (_method(numbers), _distance(numbers, gap)))),
        card_number=str(number) if number else "–",
        card_caption=_card(numbers, gap),
        notes=_notes(numbers, gap),
        links=(
            Link("This map, to look into", "map"),
            Link("The distance of each kind of thing", "separability"),
        ),
        caption=_caption(numbers),
    )


def _change(gap: Gap | None) -> int:
    """Return the sign of the change of the numbers shown, +1 for closer; 0 if unknown or none."""
    if gap is None or not gap.is_compared:
        return 0
    before, now = gap.shown
    return (before > now) - (before < now)


def _number(gap: Gap | None) -> Number | None:
    if gap is None or not gap.is_compared or not gap.percent_closer:
        return None
    percent = abs(gap.percent_closer)
    return Number(f"{percent} % {'closer' if gap.percent_closer > 0 else 'farther apart'}")


def _sentence(numbers: StoryNumbers, gap: Gap | None) -> str:
    day, dusk = called(numbers.source), called(numbers.target)
    if numbers.phase != "adapted":
        return f"The model has not met {dusk} pictures yet."
    if gap is None or not gap.is_compared:
        return f"What changed inside the model between {day} and {dusk} is not measured yet."
    change = _change(gap)
    thing = f"The same thing, {where(numbers.source)} and {where(numbers.target)},"
    if not change:
        return f"{thing} looks as different to the model as before."
    return f"{thing} now looks {'more' if change > 0 else 'less'} alike to the model."


def _method(numbers: StoryNumbers) -> str:
    day, dusk = called(numbers.source), called(numbers.target)
    is_past = numbers.phase == "adapted"
    if numbers.arm == "source_only":
        return f"This model learns from {day} pictures alone, and from no {dusk} picture."
    if numbers.arm == "oracle":
        return f"This model is given the right answers for {dusk} pictures."
    if numbers.arm == "oracle_joint":
        return f"This model is given the right answers for {day} and for {dusk} pictures."
    pulls = numbers.arm == "spcl"
    if is_past:
        guesses = (
            f"It got {dusk} pictures without answers, guessed what they show, and learned from "
            "the guesses it was surest of."
        )
        pulled = " It also pulled pixels of the same thing together."
        return f"{guesses}{pulled}" if pulls else guesses
    guesses = (
        f"It will get {dusk} pictures without answers, guess what they show, and learn from the "
        "guesses it is surest of."
    )
    pulled = " It also pulls pixels of the same thing together."
    return f"{guesses}{pulled}" if pulls else guesses


def _distance(numbers: StoryNumbers, gap: Gap | None) -> str:
    if gap is None or not gap.is_compared:
        return ""
    before, now = gap.shown
    kinds = (
        f"averaged over {counted(gap.num_kinds, 'kind')} of things"
        if gap.num_kinds > 1
        else "for the one kind there is"
    )
    sentence = (
        f"How far {called(numbers.source)} and {called(numbers.target)} pixels of a thing lie "
        f"apart, in widths of their cloud, {kinds}: {before:.2f} before, {now:.2f} now."
    )
    if gap.closest is not None:
        name, then, after = gap.closest
        sentence += f" The largest step closer: {name}, {then:.2f} → {after:.2f}."
    if not gap.by_labels:
        sentence += " What a pixel shows is the model's own guess here, which flatters."
    return sentence


def _caption(numbers: StoryNumbers) -> str:
    if not numbers.has_map:
        return "The map is not made yet; it follows a few seconds after a snapshot."
    return _MARKS.format(day=called(numbers.source), dusk=called(numbers.target))


def _card(numbers: StoryNumbers, gap: Gap | None) -> str:
    change = _change(gap)
    if numbers.phase != "adapted":
        return "Not begun yet"
    if gap is None or not gap.is_compared:
        return "Not measured yet"
    pair = f"{called(numbers.source)} and {called(numbers.target)} pixels of a thing"
    if not change:
        return f"{first_upper(pair)} lie as far apart as before"
    return f"{first_upper(pair)} lie {'closer together' if change > 0 else 'farther apart'}"


def _notes(numbers: StoryNumbers, gap: Gap | None) -> Notes:
    question = "Does closer mean better?"
    answer = (
        "Not by itself. A thing can look alike in both and still be taken for another, and a "
        "cloud can just get wider. So the next panel counts right and wrong pixels."
    )
    if numbers.phase != "adapted":
        return Notes("There is nothing to compare yet. Come back later.", question, answer)
    change = _change(gap)
    told = {1: "moved together", -1: "moved apart", 0: "did not move noticeably"}[change]
    if gap is None or not gap.is_compared:
        told = "moved how far is not measured yet"
        return Notes(f"Each dot is one pixel. Alike lies close. What {told}.", question, answer)
    say = (
        f"Each dot is one pixel; what the model finds alike lies close. On the left before, on "
        f"the right now. {first_upper(called(numbers.source))} and {called(numbers.target)} "
        f"pixels of a thing {told}."
    )
    return Notes(say, question, answer)
