"""Fifth panel: how sure all this is, and compared with what."""

import math

from dashboard.text import baselines
from dashboard.text.baselines import Mark
from dashboard.text.common import counted, first_upper, listing, percent, signed
from dashboard.text.story.numbers import FEW_PICTURES, StoryNumbers
from dashboard.text.story.panel import Fact, Link, Notes, Number, Panel
from dashboard.text.story.panels.worse import subject
from dashboard.text.story.parts import quartiles
from dashboard.text.story.people import people_sentence
from dashboard.text.story.simpler import meaning, own_points
from dashboard.text.story.words import called, gain_words, names_of, pictures, where


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
        facts=_facts(numbers),
    )


def _seeds(numbers: StoryNumbers) -> list[int]:
    """Return the gain of this training and of others like it, in pixels of 100, ascending."""
    if not numbers.is_compared or not numbers.is_whole or numbers.phase != "adapted":
        return []
    return sorted([numbers.gain, *(other.gain for other in numbers.others)])


def _number(numbers: StoryNumbers) -> Number | None:
    seeds = _seeds(numbers)
    if len(seeds) > 1:
        ends = [gain_words(seeds[0]), gain_words(seeds[-1])]
        return Number(ends[0] if ends[0] == ends[1] else " to ".join(ends))
    own = own_points(numbers)
    if own is not None:
        return Number(f"{own.method:.1f} of {own.gain:.1f}")
    return Number(pictures(numbers.num_target)) if numbers.num_target else None


def _sentence(numbers: StoryNumbers) -> str:
    seeds = _seeds(numbers)
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
        f"{_mean_before(numbers)}. The other pages count by it, too."
    )


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


def _facts(numbers: StoryNumbers) -> tuple[Fact, ...]:
    told = {
        "Noted": " ".join(numbers.notes),
        "People": people_sentence(numbers) if numbers.phase != "learning" else "",
        "Trainings": _trainings(numbers),
        "Not tested": _not_tested(numbers),
        "Next": _next(numbers),
        "Right answers": _labels(numbers),
        "Spread": _spread(numbers),
        "Compared with": _compared(numbers),
        "Pictures": _pictures(numbers),
        "Kinds of things": _kinds(numbers),
    }
    return tuple(Fact(label, text) for label, text in told.items() if text)


def _pictures(numbers: StoryNumbers) -> str:
    if not numbers.num_target:
        return ""
    dusk = pictures(numbers.num_target, called(numbers.target))
    kept = "kept apart from learning"
    if numbers.target_now is None:
        return f"{dusk}, {kept}; none with the right answers."
    return f"{dusk}, {kept}; {counted(numbers.target_now.total, 'pixel')} counted."


def _spread(numbers: StoryNumbers) -> str:
    gains = [picture.gain for picture in numbers.pictures]
    if not gains or numbers.phase != "adapted":
        return ""
    if len(gains) < FEW_PICTURES:
        told = listing([gain_words(gain) for gain in sorted(gains)])
        return f"Change of each picture, in 100 pixels: {told}."
    low, _, high = quartiles(gains)
    return (
        f"{gain_words(min(gains))} to {gain_words(max(gains))} in 100 pixels; at least half of the "
        f"pictures {gain_words(low)} to {gain_words(high)}."
    )


def _trainings(numbers: StoryNumbers) -> str:
    seeds = _seeds(numbers)
    if len(seeds) > 1:
        told = listing([gain_words(gain) for gain in seeds])
        return (
            f"{len(seeds)} with the same settings, from different random starts (seeds): {told} "
            "in 100 pixels."
        )
    return (
        f"One random start (seed {numbers.seed}). Where another would end, nobody has tried here."
    )


def _kinds(numbers: StoryNumbers) -> str:
    if not numbers.is_scored:
        return ""
    told = ""
    if numbers.num_counted < numbers.num_classes:
        told = f"{numbers.num_counted} of {numbers.num_classes} occur or are named, and count. "
    few = [kind for kind in numbers.classes if not kind.is_known]
    if few and numbers.is_grouped:  # otherwise the panel before names them
        told += f"Too few pixels to judge: {names_of(few)}."
    return told.strip()


def _labels(numbers: StoryNumbers) -> str:
    dusk = called(numbers.target)
    if numbers.arm in ("oracle", "oracle_joint"):
        return f"This training learned from those of {dusk} pictures."
    if not numbers.is_scored:
        return f"There are none for {dusk} pictures."
    if numbers.selected_by == "target_miou":
        return (
            f"Those of {dusk} pictures chose the best moment of the training, too. So the result "
            "is flattered."
        )
    used = f"Used to count {dusk} pictures, and for nothing else."
    if numbers.selected_by != "last":
        return f"{used} The moment of the training was chosen without them."
    return used


def _compared(numbers: StoryNumbers) -> str:
    if not numbers.is_scored or numbers.phase != "adapted" or not numbers.is_the_method:
        return ""
    rivals = [_explained(numbers, mark) for mark in numbers.marks if baselines.is_baseline(mark)]
    if not rivals:
        command = f" Type {numbers.compare_command}" if numbers.compare_command else ""
        return f"Not compared with a simpler way yet.{command}"
    if not baselines.clause(numbers.marks):
        return f"{first_upper(listing(rivals))}; what the method adds is told at the end."
    return f"{first_upper(listing(rivals))}."


def _explained(numbers: StoryNumbers, mark: Mark) -> str:
    """Return the name of a simpler way, what it is in brackets."""
    what = meaning(mark.name, numbers)
    return f"{mark.name} ({what})" if what else mark.name


def _not_tested(numbers: StoryNumbers) -> str:
    drawn = "photographs (these are drawn), " * numbers.is_drawn
    both = f"{called(numbers.source)} and {called(numbers.target)}"
    return first_upper(f"{drawn}other places, other cameras, anything but {both}.")


def _next(numbers: StoryNumbers) -> str:
    """Return what to do next, the most needed first."""
    dusk = called(numbers.target)
    if numbers.status in ("running", "stalled"):
        return "Let the training end."
    if numbers.status != "finished":
        return "Take the training up again."
    if numbers.step < numbers.total_steps:
        return f"Look at the last step, {numbers.total_steps:,}."
    if not numbers.is_scored:
        return f"Have people mark some {dusk} pictures, to count with."
    steps = []
    if numbers.is_the_method and not any(map(baselines.is_baseline, numbers.marks)):
        steps.append("compare with a simpler way")
    if len(_seeds(numbers)) < 2:
        steps.append("train from other random starts")
    kind = subject(numbers)
    if kind is not None:
        steps.append(f"look at the pictures with {kind.name}")
    return f"{first_upper(', then '.join(steps))}." if steps else ""


def _card(numbers: StoryNumbers) -> str:
    seeds = _seeds(numbers)
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
    return Notes(say, question, _trainings(numbers))
