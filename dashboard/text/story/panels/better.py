"""Third panel: how many pixels are right now, and what that is worth."""

from dashboard.text.common import first_upper
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Tally, quartiles, stands_out, typical
from dashboard.text.story.panel import Link, Notes, Number, Panel
from dashboard.text.story.panels.unlabelled import changed
from dashboard.text.story.simpler import simpler_way
from dashboard.text.story.words import (
    called,
    gain_words,
    kinds_counted,
    more_pixels,
    of_pixels,
    out_of,
    pictures,
    right_of,
    share_words,
    then_and_now,
    where,
)

_KICKERS = {
    "better": "Where it got better",
    "worse": "Did it get better?",
    "mixed": "What changed",
    "same": "Did it get better?",
    "few": "What changed",
}


def better(numbers: StoryNumbers) -> Panel:
    """Return the panel."""
    now, before = numbers.target_now, numbers.target_before
    if numbers.phase != "adapted":
        return _not_yet(numbers)
    if now is None:
        return changed(numbers)
    if before is None:
        return _only_now(numbers, now)
    first, last = then_and_now(before, now)
    shown = typical(numbers.pictures).key if numbers.pictures else None
    return Panel(
        key="better",
        kicker=_KICKERS[numbers.verdict],
        number=Number(last, first),
        sentence=_sentence(numbers, before, now),
        text=_text(numbers, now),
        card_number=f"{first} → {last}",
        card_caption=_card(numbers, now),
        notes=_notes(numbers, before, now),
        links=(Link("Picture by picture", "masks", shown),),
    )


def _text(numbers: StoryNumbers, now: Tally) -> tuple[str, ...]:
    told = (_squares(numbers, now), _pictures(numbers), _kind(numbers), simpler_way(numbers))
    return tuple(filter(None, told))


def _sentence(numbers: StoryNumbers, before: Tally, now: Tally) -> str:
    first = _now(numbers, now, "now names")
    then = right_of(before)
    if numbers.verdict == "few":
        of = pictures(len(numbers.pictures), called(numbers.target))
        return f"{first} Before, it was {then}. With {of}, that proves nothing."
    if numbers.verdict == "better":
        return f"{first} Before, it was {then}."
    if numbers.verdict == "worse":
        return f"It got worse. {first} Before, it was {then}."
    if numbers.verdict == "same":
        return f"{first} Before, it was as many."
    if not numbers.gain:
        return f"{first} Before, it was as many, but not the same ones."
    if not stands_out([picture.gain for picture in numbers.pictures]):
        return f"{first} Before, it was {then}. That may be chance."
    return f"{first} Before, it was {then}. But not everything got better."


def _now(numbers: StoryNumbers, now: Tally, names: str) -> str:
    pixels = out_of(now, f"{called(numbers.target)} pixel")
    return f"{pixels} it {names} {right_of(now)} right."


def _squares(numbers: StoryNumbers, now: Tally) -> str:
    if now.is_few:
        return "So few pixels have a right answer that they are counted one by one."
    told = "Each square is one pixel in a hundred."
    return f"{told} Nobody told the model what it shows." if numbers.is_the_method else told


def _pictures(numbers: StoryNumbers) -> str:
    gains = [picture.gain for picture in numbers.pictures]
    if not gains:
        return ""
    told = f"In {numbers.improved} of {pictures(len(gains))} more pixels are right"
    counts = f"{told}, in {numbers.harmed} fewer"
    if len(gains) < 3:
        return f"{counts}."
    middle = gain_words(quartiles(gains)[1])
    sentence = f"{counts}; the one in the middle: {middle} in 100."
    if numbers.verdict == "mixed" and not stands_out(gains):
        sentence += " They differ so much that this may be chance."
    return sentence


def _kind(numbers: StoryNumbers) -> str:
    """Return the kind that gained most; in a mixed story how many gained and lost, too."""
    compared = [kind for kind in numbers.known_kinds if kind.before is not None]
    best = max(compared, key=lambda kind: kind.gain, default=None)
    counts = ""
    if numbers.verdict == "mixed" and compared:
        gained = sum(kind.gain > 0 for kind in compared)
        lost = sum(kind.gain < 0 for kind in compared)
        counts = f"Of {kinds_counted(numbers, len(compared))}, {gained} gained and {lost} lost. "
    if best is None or best.before is None or best.gain <= 0:
        return counts.strip()
    change = f"{best.before.of_100} → {best.now.of_100} of 100 pixels that are or were called so"
    return f"{counts}{first_upper(best.name)} gained most: {change}."


def _card(numbers: StoryNumbers, now: Tally) -> str:
    if now.is_few or numbers.verdict == "few":
        return f"Pixels right {where(numbers.target)}: too few to judge"
    if numbers.verdict == "mixed":
        return f"{more_pixels(numbers.gain)}, with a but"
    return more_pixels(numbers.gain)


def _notes(numbers: StoryNumbers, before: Tally, now: Tally) -> Notes:
    sums = (
        f"{first_upper(where(numbers.target))} {of_pixels(before)} were right, now "
        f"{share_words(now)} are."
    )
    if now.is_few:
        sums = (
            f"Pixels right {where(numbers.target)}: {share_words(before)}, now {share_words(now)}."
        )
    told = {
        "better": "We look at a picture from the middle, not at the best one.",
        "worse": "So the training did harm here. We say so.",
        "mixed": "Some of it went up and some went down, or it may be chance; the text says which.",
        "same": "So it made no difference here.",
        "few": "That is too little to judge by.",
    }[numbers.verdict]
    question = "Is that the method, or would something simpler do?"
    answer = simpler_way(numbers) or (
        "This training is itself one of the simpler ways, or a bound; it claims nothing."
    )
    return Notes(f"{sums} {told}", question, answer)


def _only_now(numbers: StoryNumbers, now: Tally) -> Panel:
    return Panel(
        key="better",
        kicker="Where it stands",
        number=Number(share_words(now)),
        sentence=_now(numbers, now, "names"),
        text=("The state before is not there, so nobody can say whether that is better.",),
        card_number=share_words(now),
        card_caption=f"Pixels right {where(numbers.target)}; nothing to compare with",
        notes=Notes(
            f"{first_upper(where(numbers.target))}, {of_pixels(now)} are right.",
            "Is that better than before?",
            "The state before was not recorded.",
        ),
        links=(Link("Picture by picture", "masks"),),
    )


def _not_yet(numbers: StoryNumbers) -> Panel:
    dusk = called(numbers.target)
    now = numbers.target_now if numbers.phase == "turning" else None
    turns = "" if numbers.turns_at is None else f" at step {numbers.turns_at:,}"
    text = f"The model meets {dusk} pictures after step {numbers.step:,}."
    if numbers.phase == "learning":
        text = f"The model meets {dusk} pictures only later{turns and f', {turns.strip()}'}."
    if now is not None:
        text += f" Until then {of_pixels(now)} are right there."
    return Panel(
        key="better",
        kicker="Did it get better?",
        number=None if now is None else Number(share_words(now)),
        sentence="Nothing to compare yet.",
        text=(text,),
        card_number="–" if now is None else share_words(now),
        card_caption="Nothing to compare yet",
        notes=Notes(
            "Here the gain will stand, or the loss.",
            "When?",
            text,
        ),
        links=(Link("How the training stands", "live"),),
    )
