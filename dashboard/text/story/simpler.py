"""What of a gain a simpler way reaches, counted in pixels."""

from dataclasses import dataclass

from dashboard.text.common import first_upper, of_100, points
from dashboard.text.scores.baselines import best_rival, clause
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.words import called

_MEANT = {
    "source-only": "the same model, trained as long on {day} pictures alone",
    "AdaBN": (
        "the same model, trained on {day} pictures alone, then adjusted to the average look of "
        "{dusk} ones"
    ),
    "FDA": "the same model, trained on {day} pictures made to look a little like {dusk} ones",
    "FDA with AdaBN": (
        "the same model, trained on {day} pictures made to look a little like {dusk} ones, then "
        "adjusted to their average look"
    ),
    "colour transfer": "the same model, trained on {day} pictures in the colours of {dusk} ones",
    "colour transfer with AdaBN": (
        "the same model, trained on {day} pictures in the colours of {dusk} ones, then adjusted to "
        "their average look"
    ),
    "self-training": "the same model, learning from its own guesses alone",
    "as released": "the method as first published",
    "oracle": "a model given the right answers of {dusk} pictures",
    "oracle, joint": "a model given all right answers",
}


def meaning(name: str, numbers: StoryNumbers) -> str:
    """Return what a simpler way is; "" for one that only its maker knows."""
    return _MEANT.get(name, "").format(day=called(numbers.source), dusk=called(numbers.target))


@dataclass(frozen=True)
class OwnPoints:
    """A gain in points of mIoU: all of it, the best simpler way's, and what the method adds."""

    gain: float
    simpler: float
    method: float


def own_points(numbers: StoryNumbers) -> OwnPoints | None:
    """Return how a finished run's gain is made up; None unless both parts are more than nothing."""
    rival = best_rival(numbers.marks)
    if rival is None or not clause(numbers.marks) or not numbers.is_the_method:
        return None
    gain, simpler = numbers.mean_points, points(numbers.mean_before, rival.value)
    method = points(rival.value, numbers.mean_now)
    return OwnPoints(gain, simpler, method) if simpler > 0 and method > 0 else None


def simpler_way(numbers: StoryNumbers) -> str:
    """Return what a simpler way gets right, or that nobody has tried; "" where it does not matter.

    Args:
        numbers: of a run whose target is scored.
    """
    if not numbers.is_the_method or numbers.target_now is None or numbers.target_before is None:
        return ""
    if numbers.target_now.is_few:
        return ""
    rival = numbers.best_rival
    if rival is None:
        if numbers.rivals:
            return "What a simpler way reaches is told for a training that ran to its end."
        return "No simpler way was tried yet, so nobody knows how much is the method's doing."
    before, now = numbers.target_before.of_100, numbers.target_now.of_100
    theirs = of_100(rival.pixels_right)
    what = meaning(rival.name, numbers)
    way = f'The model called "{rival.name}"'
    if what:
        way = f"{first_upper(what)} ({rival.name}),"
    ahead = now - theirs
    claim = f"{way} gets {theirs} right"
    if before < theirs < now:
        return f"Of {now - before} gained, the method adds {ahead}: {claim[0].lower()}{claim[1:]}."
    if ahead > 0:
        return f"{claim}; the method adds {ahead}."
    if ahead < 0:
        return f"{claim}: {-ahead} more than the method."
    return f"{claim}. The method adds nothing to that."
