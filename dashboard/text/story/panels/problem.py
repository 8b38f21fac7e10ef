"""First panel: what the model could do before it met the target."""

from dashboard.text.common import counted, first_upper
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Tally
from dashboard.text.story.panel import Link, Notes, Number, Panel
from dashboard.text.story.words import called, number_words, of_pixels, pictures, share_words, where


def problem(numbers: StoryNumbers) -> Panel:
    """Return the panel."""
    source, target = numbers.at_the_start
    if numbers.phase == "learning":
        source, target = None, None
    return Panel(
        key="problem",
        kicker="The problem",
        number=_number(source, target),
        sentence=_sentence(numbers, source, target),
        text=_text(numbers, source, target),
        card_number=str(_number(source, target) or "–"),
        card_caption=_card(numbers, source, target),
        notes=_notes(numbers, source, target),
        links=(Link(f"How right it is {_both(numbers)}", "live"),),
    )


def _number(source: Tally | None, target: Tally | None) -> Number | None:
    if source is not None and target is not None:
        return Number(number_words(target), number_words(source))
    known = source if source is not None else target
    return None if known is None else Number(share_words(known))


def _fell(source: Tally, target: Tally) -> bool:
    return target.of_100 < source.of_100


def _both(numbers: StoryNumbers) -> str:
    return f"{where(numbers.source)} and {where(numbers.target)}"


def _sentence(numbers: StoryNumbers, source: Tally | None, target: Tally | None) -> str:
    by_day, at_dusk = where(numbers.source), where(numbers.target)
    if numbers.phase == "learning":
        if numbers.status == "running":
            return f"The model is still learning {by_day}."
        return f"At this point the model was still learning {by_day}."
    if source is None and target is None:
        return "No picture here comes with the right answers, so nothing can be counted."
    first = source if source is not None else target
    assert first is not None, "one of them is known"
    place = by_day if source is not None else at_dusk
    claim = f"{first_upper(place)} the model names {of_pixels(first)} right."
    if source is None:
        return claim
    if target is None:
        return f"{claim} {first_upper(at_dusk)} nobody can count."
    unseen = "" if numbers.saw_target_early else ", without ever having seen it"
    if _fell(source, target):
        return f"{claim} {first_upper(at_dusk)}{unseen}: {number_words(target)}."
    return f"{claim} {first_upper(at_dusk)}{unseen}, it does as well: {number_words(target)}."


def _text(numbers: StoryNumbers, source: Tally | None, target: Tally | None) -> tuple[str, ...]:
    day, dusk = called(numbers.source), called(numbers.target)
    kinds = f"It knows {counted(numbers.num_classes, 'kind')} of things"
    examples = f", such as {' and '.join(numbers.examples[:2])}" if numbers.examples else ""
    what = (
        "The model looks at a picture and names the thing that each pixel shows. "
        f"A pixel is one dot of the picture. {kinds}{examples}."
    )
    learned = f"It learned from {day} pictures that came with the right answers."
    if numbers.phase == "learning":
        turns = "" if numbers.turns_at is None else f" at step {numbers.turns_at:,}"
        return (
            what,
            f"{learned[:-1]}; a step is one round of practice. It turns to {dusk} pictures{turns}, "
            "and what they change is told from there on.",
        )
    kept = (
        f"The answers of {pictures(numbers.num_target, dusk)} are kept aside, to count with."
        if target is not None
        else f"No {dusk} picture kept aside for counting comes with them."
    )
    paragraphs = [what, f"{learned} {kept}"]
    if source is not None and target is not None and _fell(source, target):
        paragraphs.append(
            "The two numbers come from different pictures: "
            f"{pictures(numbers.num_source, day)} and {pictures(numbers.num_target, dusk)}. So a "
            "part of the difference may lie in what they show."
        )
    return tuple(paragraphs)


def _card(numbers: StoryNumbers, source: Tally | None, target: Tally | None) -> str:
    if source is not None and target is not None:
        return f"Pixels right, {_both(numbers)}"
    if source is None and target is None:
        return "Nothing counted yet" if numbers.phase == "learning" else "Nothing can be counted"
    return f"Pixels right {where(numbers.source if source is not None else numbers.target)}"


def _notes(numbers: StoryNumbers, source: Tally | None, target: Tally | None) -> Notes:
    day, dusk = called(numbers.source), called(numbers.target)
    question = f"Why not simply give it the answers for {dusk} pictures, too?"
    answer = (
        "Somebody would have to mark them pixel by pixel, and again for every new camera and "
        "every new place. The idea is to do without."
    )
    if not numbers.is_the_method:
        question, answer = "Is this the method?", _ARMS.get(numbers.arm, _ARMS["other"])
    if numbers.phase == "learning":
        early = f"It is too early: the model still learns from {day} pictures."
        return Notes(early, question, answer)
    if source is not None and target is not None:
        fell = _fell(source, target)
        end = "That loss is the problem." if fell else "So there is no loss to repair here."
        say = (
            f"The model names what every pixel shows. {first_upper(where(numbers.source))} it gets "
            f"{share_words(source)} right, {where(numbers.target)} {number_words(target)}. {end}"
        )
    else:
        say = (
            f"The model names what every pixel shows. It learned from {day} pictures; here is what "
            f"it makes of {dusk} pictures."
        )
    return Notes(say, question, answer)


_ARMS = {
    "source_only": "No. This is the simpler training that the method is held against.",
    "oracle": "No. This training was given the answers that the method has to do without.",
    "oracle_joint": "No. This training was given the answers that the method has to do without.",
    "other": "No. It was trained in another way, to be held against the method.",
}
