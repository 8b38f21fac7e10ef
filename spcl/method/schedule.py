"""Factors over a stage: of the learning rate by its progress, of the contrast by its updates."""

from typing import Literal

ContrastSchedule = Literal["constant", "late", "ramp", "alone"]
"""How the contrast comes in: at once, late, as a ramp, or alone at the beginning of the warm-up."""


def poly_decay(progress: float, *, power: float = 0.9) -> float:
    """Return (1 - progress)^power, which falls from 1 to 0 over the stage.

    Example:
        >>> [round(poly_decay(progress), 3) for progress in (0, 0.5, 1)]
        [1.0, 0.536, 0.0]
    """
    factor: float = (1 - _clamped(progress)) ** power
    return factor


def linear_decay(progress: float, *, final: float = 0.1) -> float:
    """Return a factor that falls linearly from 1 to `final` over the stage.

    Example:
        >>> [round(linear_decay(progress), 3) for progress in (0, 0.5, 1)]
        [1.0, 0.55, 0.1]
    """
    return 1 - (1 - final) * _clamped(progress)


def contrast_factor(schedule: ContrastSchedule, done: int, *, first: float) -> float:
    """Return the factor of the contrast's weight, in [0, 1], at an update of a stage.

    Args:
        schedule: "late" is 0 until `first` updates are done, "ramp" rises to 1 over them.
        done: updates of the stage before this one.
        first: number of updates that the schedule is about.

    Example:
        >>> [contrast_factor("late", done, first=2) for done in range(4)]
        [0.0, 0.0, 1.0, 1.0]
        >>> [contrast_factor("ramp", done, first=2) for done in range(4)]
        [0.5, 1.0, 1.0, 1.0]
    """
    if schedule == "late":
        return float(done >= first)
    return min(1.0, (done + 1) / max(1.0, first)) if schedule == "ramp" else 1.0


def _clamped(progress: float) -> float:
    return min(1.0, max(0.0, progress))
