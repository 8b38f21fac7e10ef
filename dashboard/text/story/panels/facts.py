"""The facts of the fifth panel: on what its certainty rests, and what to do next."""

from dashboard.text.common import counted, first_upper, listing
from dashboard.text.scores import baselines
from dashboard.text.scores.baselines import Mark
from dashboard.text.story.counted.numbers import FEW_PICTURES, StoryNumbers
from dashboard.text.story.counted.parts import quartiles
from dashboard.text.story.panel import Fact
from dashboard.text.story.panels.losses import subject
from dashboard.text.story.people import people_sentence
from dashboard.text.story.simpler import meaning
from dashboard.text.story.words import called, gain_words, names_of, pictures


def facts(numbers: StoryNumbers) -> tuple[Fact, ...]:
    """Return them, each with its label; those that say nothing are left out."""
    told = {
        "Noted": " ".join(numbers.notes),
        "People": people_sentence(numbers) if numbers.phase != "learning" else "",
        "Trainings": trainings(numbers),
        "Not tested": _not_tested(numbers),
        "Next": _next(numbers),
        "Right answers": _labels(numbers),
        "Spread": _spread(numbers),
        "Compared with": _compared(numbers),
        "Pictures": _pictures(numbers),
        "Kinds of things": _kinds(numbers),
    }
    return tuple(Fact(label, text) for label, text in told.items() if text)


def gains_of_seeds(numbers: StoryNumbers) -> list[int]:
    """Return the gain of this training and of others like it, in pixels of 100, ascending."""
    if not numbers.is_compared or not numbers.is_whole or numbers.phase != "adapted":
        return []
    return sorted([numbers.gain, *(other.gain for other in numbers.others)])


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


def trainings(numbers: StoryNumbers) -> str:
    """Return how many trainings there are, and how far apart they end."""
    seeds = gains_of_seeds(numbers)
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
    if len(gains_of_seeds(numbers)) < 2:
        steps.append("train from other random starts")
    kind = subject(numbers)
    if kind is not None:
        steps.append(f"look at the pictures with {kind.name}")
    return f"{first_upper(', then '.join(steps))}." if steps else ""
