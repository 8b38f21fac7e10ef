"""How the story says things: places, tallies, changes; nothing that needs an explanation."""

from collections.abc import Sequence

from dashboard.text.common import counted, listing, signed
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Kind, Tally

_WHERE = {
    "day": "by day",
    "daylight": "by daylight",
    "night": "at night",
    "dusk": "at dusk",
    "dawn": "at dawn",
    "twilight": "at twilight",
    "fog": "in fog",
    "rain": "in rain",
    "night rain": "in rain at night",
    "snow": "in snow",
    "summer": "in summer",
    "winter": "in winter",
}
_UNNAMED = {"source": "familiar", "target": "new"}
"""What domains are called whose data set gives them no names."""


def called(domain: str) -> str:
    """Return the name of a domain as people say it: "day"; "familiar" for an unnamed source."""
    return _UNNAMED.get(domain.lower(), domain)


def where(domain: str) -> str:
    """Return "by day", "at dusk", "in fog"; "on GTA5 pictures" for any other name."""
    return _WHERE.get(domain.lower(), f"on {called(domain)} pictures")


def pictures(count: int, domain: str = "") -> str:
    """Return "60 dusk pictures", "1 picture"."""
    return counted(count, f"{domain} picture".strip())


def verb(count: int, one: str, many: str) -> str:
    """Return the form of a verb that stands behind a count."""
    return one if count == 1 else many


def share_words(tally: Tally) -> str:
    """Return "86 of 100", or "7 of 12" where the pixels are too few for a share."""
    if tally.is_few:
        return f"{tally.right} of {tally.total}"
    return f"{tally.of_100} of 100"


def of_pixels(tally: Tally) -> str:
    """Return "86 of 100 pixels", "7 of 12 pixels", "1 of 1 pixel"."""
    return f"{share_words(tally)} {verb(tally.total, 'pixel', 'pixels')}"


def number_words(tally: Tally) -> str:
    """Return the number alone: "86"; "7 of 12" where the pixels are few."""
    return share_words(tally) if tally.is_few else str(tally.of_100)


def then_and_now(before: Tally, now: Tally) -> tuple[str, str]:
    """Return two tallies in one unit: with a denominator as soon as one of them has few pixels."""
    if before.is_few or now.is_few:
        return f"{before.right} of {before.total}", f"{now.right} of {now.total}"
    return str(before.of_100), str(now.of_100)


def out_of(tally: Tally, what: str) -> str:
    """Return "Out of 100 dusk pixels", "Out of 12 dusk pixels", "Out of 1 dusk pixel"."""
    return f"Out of {counted(tally.total if tally.is_few else 100, what)}"


def right_of(tally: Tally) -> int:
    """Return how many of those that `out_of` names are right."""
    return tally.right if tally.is_few else tally.of_100


def more_pixels(gain: int) -> str:
    """Return "11 more pixels in 100 are right", "1 pixel fewer in 100 is right"."""
    if not gain:
        return "As many pixels in 100 are right"
    direction = "more" if gain > 0 else "fewer"
    noun = verb(abs(gain), "pixel", "pixels")
    return f"{abs(gain)} {direction} {noun} in 100 {verb(abs(gain), 'is', 'are')} right"


def gain_words(gain: int) -> str:
    """Return a gain of a hundred with its sign: "+9", "−2", "0"."""
    return signed(gain, 0)


def kind_sentence(kind: Kind) -> str:
    """Return "Of 100 pixels that are or were called fence, 12 are right; before, 5 were."."""
    said = kind.now.total if kind.now.is_few else 100
    right = right_of(kind.now)
    sentence = (
        f"Of {counted(said, 'pixel')} that {verb(said, 'is', 'are')} or "
        f"{verb(said, 'was', 'were')} called {kind.name}, {right} {verb(right, 'is', 'are')} right"
    )
    if kind.before is None:
        return f"{sentence}."
    if kind.now.is_few or kind.before.is_few:
        then = kind.before
        return f"{sentence}; before, it was {then.right} of {then.total}."
    earlier = kind.before.of_100
    return f"{sentence}; before, {earlier} {verb(earlier, 'was', 'were')}."


def names_of(kinds: Sequence[Kind], most: int = 3) -> str:
    """Return the names of some kinds, the rest of them counted."""
    names = [kind.name for kind in kinds[:most]]
    if len(kinds) > most:
        names.append(f"{len(kinds) - most} more")
    return listing(names)


def kinds_counted(numbers: StoryNumbers, count: int) -> str:
    """Return "11 kinds of things", "1 kind of thing"; "7 groups of things" where they are many."""
    if numbers.is_grouped:
        return f"{counted(count, 'group')} of things"
    return "1 kind of thing" if count == 1 else f"{count} kinds of things"
