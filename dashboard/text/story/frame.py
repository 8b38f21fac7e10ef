"""What stands around the panels: title, summary, footer, and that a training still goes on."""

from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.words import called, pictures, then_and_now, where

_BROKE_OFF = {
    "stopped": "was stopped",
    "failed": "failed",
    "crashed": "broke off",
    "stalled": "has not written anything for a while",
}


def summary(numbers: StoryNumbers) -> str:
    """Return the story in one sentence."""
    by_day, at_dusk = where(numbers.source), where(numbers.target)
    began = f"A model that learned to see {by_day}"
    if numbers.phase != "adapted":
        return f"{began} is to learn to see {at_dusk}."
    if numbers.arm == "source_only":
        told = f"{began} went on learning {by_day} alone, and was then tried {at_dusk}"
    elif not numbers.is_the_method:
        told = f"{began} was given the right answers {at_dusk}, to see what is possible"
    else:
        told = f"{began} was to learn to see {at_dusk}, without anybody telling it what is right"
    return f"{told}{_result(numbers)}."


def _result(numbers: StoryNumbers) -> str:
    before, now = numbers.target_before, numbers.target_now
    if now is None:
        return "; whether it did, nobody can count"
    if before is None:
        return ""
    first, last = then_and_now(before, now)
    pixels = "" if now.is_few or before.is_few else " of 100"
    return f": {first}{pixels} {called(numbers.target)} pixels were right before, {last} are now"


def running(numbers: StoryNumbers) -> str | None:
    """Return that the training goes on, broke off, or that this is not its end; None otherwise."""
    at = f"step {numbers.reached:,} of {numbers.total_steps:,}"
    if numbers.status == "running":
        return f"Still training: {at}. This story follows it."
    if numbers.status in _BROKE_OFF:
        told = f"This story tells it up to step {numbers.step:,}."
        return f"The training {_BROKE_OFF[numbers.status]} at {at}. {told}"
    if numbers.step < numbers.total_steps:
        at = f"step {numbers.step:,} of {numbers.total_steps:,}"
        return f"This story is told at {at}, not at the end."
    return None


def footer(numbers: StoryNumbers) -> str:
    """Return where every number comes from."""
    parts = [
        f"Run {numbers.run_id}, seed {numbers.seed}, step {numbers.step:,} of "
        f"{numbers.total_steps:,}"
    ]
    counts = []
    if numbers.num_target:
        counts.append(pictures(numbers.num_target, called(numbers.target)))
    counts.append("1 class" if numbers.num_classes == 1 else f"{numbers.num_classes} classes")
    if numbers.is_scored:
        counts.append("all pixels counted together")
    parts.append(", ".join(counts))
    if numbers.commit:
        parts.append(f"commit {numbers.commit[:7]}")
    return " · ".join(parts)


def title(numbers: StoryNumbers) -> str:
    """Return what the story is called."""
    return numbers.title or f"From {called(numbers.source)} to {called(numbers.target)}"
