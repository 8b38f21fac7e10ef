"""A training whose numbers leave the range of a float: found before they are kept, said by step."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from spcl.config import Config
from spcl.errors import DivergedError, UserError
from spcl.training.optimizer import Report


def require_finite(report: Report) -> None:
    """Refuse an update whose losses or gradients are no numbers (DivergedError)."""
    for name, value in report.items():
        if name.startswith("loss/") and not math.isfinite(value):
            raise DivergedError("the loss")
    if not math.isfinite(report["gradient_norm"]):
        raise DivergedError("the gradient")


@contextmanager
def told_by_step(config: Config, step: Callable[[], int]) -> Iterator[None]:
    """Say at which step the block found numbers that are not finite, and which keys to lower.

    Args:
        config: the settings.
        step: returns the updates done so far.
    """
    try:
        yield
    except DivergedError as error:
        section = "warmup" if step() <= config.warmup.steps else "adapt"
        raise UserError(
            f"{error.what} is not finite at step {step()}; lower {section}.body_lr and "
            f"{section}.head_lr, or set optimizer.clip to a smaller value above 0"
        ) from None
