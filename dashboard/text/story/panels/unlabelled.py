"""Third and fourth panel where the target has no labels: what changed, without right and wrong."""

from dashboard.text.common import first_upper
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Named
from dashboard.text.story.panel import Bar, Link, Notes, Number, Panel
from dashboard.text.story.words import called, number_words, out_of, right_of, share_words

_MOST_BARS = 6


def changed(numbers: StoryNumbers) -> Panel:
    """Return the third panel: how many pixels got another name."""
    dusk = called(numbers.target)
    renamed = numbers.renamed
    unknown = (
        f"No {dusk} picture here comes with the right answers. So nobody can say whether that is "
        "better or worse."
    )
    if renamed is None:
        sentence, number = "What changed in the pictures cannot be counted.", None
    else:
        number = Number(share_words(renamed))
        sentence = (
            f"{out_of(renamed, f'{dusk} pixel')}, {right_of(renamed)} got another name than before."
        )
    return Panel(
        key="better",
        kicker="What changed",
        number=number,
        sentence=sentence,
        text=(unknown, "To find out, some pictures need right answers."),
        card_number=str(number or "–"),
        card_caption="Pixels that got another name",
        notes=Notes(
            f"{sentence} Whether that is right, nobody knows: there are no right answers to count "
            "with.",
            "Then what is it good for?",
            "It shows where the model changed its mind, so that people can look there first.",
        ),
        links=(Link("Picture by picture", "masks"),),
    )


def unseen(numbers: StoryNumbers) -> Panel:
    """Return the fourth panel: which names are given more and less often."""
    dusk = called(numbers.target)
    moved = sorted(numbers.named, key=lambda one: (-abs(one.change), one.name))[:_MOST_BARS]
    first = moved[0] if moved and moved[0].change else None
    number = None
    if first is not None:
        number = Number(share_words(first.now))
    sentence = "Nobody can say where it got worse."
    if first is not None:
        sentence += f" Look at {first.name} first: it changed most."
    text = ["Without right answers a mistake looks like any other name."]
    if first is not None:
        text.append(f"{_named_sentence(first, dusk)} That can be right or wrong.")
    elif moved:
        text.append("No name is given noticeably more or less often than before.")
    return Panel(
        key="worse",
        kicker="What nobody can see",
        number=number,
        sentence=sentence,
        text=tuple(text),
        card_number=str(number or "–"),
        card_caption="Nothing to count with"
        if first is None
        else f"{first_upper(first.name)}: how often that name is given",
        notes=Notes(
            f"{sentence} The bars say how often each name is given, not how often it is right.",
            "Can the model not say how sure it is?",
            "It can, but a model can be sure and wrong; only answers by people tell.",
        ),
        links=(Link("How sure the model is, picture by picture", "masks"),),
        bars=tuple(
            Bar(
                one.name,
                one.class_id,
                one.now.of_100,
                one.before.of_100,
                f"{share_words(one.now)}, before {number_words(one.before)}",
            )
            for one in moved
        ),
    )


def _named_sentence(one: Named, dusk: str) -> str:
    return (
        f"{out_of(one.now, f'{dusk} pixel')}, {right_of(one.now)} are called {one.name}; before, "
        f"it was {right_of(one.before)}."
    )
