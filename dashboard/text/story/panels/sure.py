"""Fifth panel: how sure all this is, and compared with what."""

import math

from dashboard.text.common import counted, percent, signed
from dashboard.text.scores import baselines
from dashboard.text.scores.thirteen import over_13
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.panel import Link, Notes, Number, Panel
from dashboard.text.story.panels.facts import facts, gains_of_seeds, trainings
from dashboard.text.story.simpler import own_points
from dashboard.text.story.words import called, gain_words, pictures, where


def sure(numbers: StoryNumbers) -> Panel:
    """Return the panel."""
    number = _number(numbers)
    return Panel(
        key="sure",
        kicker="How sure we are",
        number=number,
        sentence=_sentence(numbers),
        text=tuple(filter(None, (_ruler(numbers), _rival(numbers)))),
        card_number=str(number or "–"),
        card_caption=_card(numbers),
        notes=_notes(numbers),
        links=(Link("The same numbers on the live page", "live"),),
        facts=facts(numbers),
    )


def _number(numbers: StoryNumbers) -> Number | None:
    seeds = gains_of_seeds(numbers)
    if len(seeds) > 1:
        ends = [gain_words(seeds[0]), gain_words(seeds[-1])]
        return Number(ends[0] if ends[0] == ends[1] else " to ".join(ends))
    own = own_points(numbers)
    if own is not None:
        return Number(f"{own.method:.1f} of {own.gain:.1f}")
    return Number(pictures(numbers.num_target)) if numbers.num_target else None


def _sentence(numbers: StoryNumbers) -> str:
    seeds = gains_of_seeds(numbers)
    if numbers.phase != "adapted":
        return "There is nothing yet to be sure of."
    dusk = pictures(numbers.num_target, called(numbers.target))
    if not numbers.is_scored:
        return f"Not sure at all: {dusk}, and none with the right answers."
    own = own_points(numbers)
    added = ""
    if own is not None:
        added = f" Of {own.gain:.1f} points gained, the method adds {own.method:.1f}."
    if len(seeds) < 2:
        return f"One training, {dusk}: a first answer, not a proof.{added}"
    gained = sum(gain > 0 for gain in seeds)
    told = (
        f"all {len(seeds)} gained"
        if gained == len(seeds)
        else f"{gained or 'none'} of {len(seeds)} gained"
    )
    return f"{len(seeds)} trainings from different random starts: {told}, on {dusk}.{added}"


def _ruler(numbers: StoryNumbers) -> str:
    """Return what the marks count; the only place that names mIoU."""
    if not math.isfinite(numbers.mean_now) or not numbers.marks:
        return ""
    what = "of the pixels that are or were called so, how many are right"
    return (
        f"The chart counts in another way: for each kind of thing, {what}; then the average over "
        f"{counted(numbers.num_counted, 'kind')}, so that a rare thing counts as much as a common "
        f"one. People call that mIoU. Here it is {percent(numbers.mean_now)} %"
        f"{_mean_before(numbers)}. {_over_13(numbers)}The other pages count by it, too."
    )


def _over_13(numbers: StoryNumbers) -> str:
    said = over_13(numbers.mean_of_13)
    return f"{said} " if said else ""


def _mean_before(numbers: StoryNumbers) -> str:
    if not math.isfinite(numbers.mean_before):
        return ""
    change = f", {signed(numbers.mean_points)} points" if numbers.mean_points else ""
    return f", before {percent(numbers.mean_before)} %{change}"


def _rival(numbers: StoryNumbers) -> str:
    """Return how much of the gain in mIoU the best simpler way has as well."""
    clause = baselines.clause(numbers.marks)
    if not clause or not numbers.is_the_method:
        return ""
    told = f"Held against simpler ways, that is {clause}."
    own = own_points(numbers)
    if own is None:
        return told
    most = "Most" if 2 * own.simpler > own.gain else "A part"
    part = f"{own.simpler:.1f} of {own.gain:.1f} points"
    return f"{told} {most} of the gain, {part}, comes without the method."


def _card(numbers: StoryNumbers) -> str:
    seeds = gains_of_seeds(numbers)
    if len(seeds) > 1:
        return f"In 100 pixels, over {len(seeds)} trainings"
    if numbers.phase != "adapted":
        return "Nothing to be sure of yet"
    if not numbers.is_scored:
        return "No right answers to count with"
    if own_points(numbers) is not None:
        return "Points of the gain that the method adds"
    return f"One training, counted {where(numbers.target)}"


def _notes(numbers: StoryNumbers) -> Notes:
    say = _sentence(numbers)
    rival, clause = baselines.best_rival(numbers.marks), baselines.clause(numbers.marks)
    if rival is not None and clause and numbers.is_the_method:
        say += f" In points of mIoU, the chart's own count, it is {clause}."
    elif numbers.is_scored and numbers.is_the_method and numbers.phase == "adapted":
        say += " What a simpler way would reach is not known here."
    question = "Would it come out the same if you did it again?"
    return Notes(say, question, trainings(numbers))
