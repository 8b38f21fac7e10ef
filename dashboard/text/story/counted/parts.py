"""What is counted for the story: pixels, kinds of things, pictures; how they are rounded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.text.common import FEW_CASES, of_100


@dataclass(frozen=True)
class Tally:
    """How many of some pixels it holds for."""

    right: int
    total: int

    @property
    def share(self) -> float:
        """Return the share in [0, 1]; NaN without pixels."""
        return self.right / self.total if self.total else math.nan

    @property
    def of_100(self) -> int:
        """Return how many of a hundred (there must be pixels)."""
        return of_100(self.share)

    @property
    def is_few(self) -> bool:
        """Return whether the pixels are too few for a share."""
        return self.total < FEW_CASES


@dataclass(frozen=True)
class Kind:
    """A class, or a group of classes, on the target.

    Attributes:
        name: as people call it, in lower case.
        class_ids: its classes, the one with most pixels first.
        now: of the pixels that are of this kind or are called so, those that are both (the IoU).
        found: of the pixels that are of this kind, those that are called so.
        before: as `now`, before adaptation; None where nothing is compared.
        found_before: as `found`, likewise.
    """

    name: str
    class_ids: tuple[int, ...]
    now: Tally
    found: Tally
    before: Tally | None = None
    found_before: Tally | None = None
    members: tuple[str, ...] = ()
    """Names of its classes, where it is a group."""

    @property
    def is_known(self) -> bool:
        """Return whether it occurs, in pixels enough for a share both times."""
        times = [self.now] if self.before is None else [self.now, self.before]
        return not self.found.is_few and not any(tally.is_few for tally in times)

    @property
    def gain(self) -> int:
        """Return the change of the number shown; 0 where nothing is compared."""
        return 0 if self.before is None else self.now.of_100 - self.before.of_100

    @property
    def missed(self) -> int:
        """Return how many of a hundred of its pixels it finds no more, as shown; 0 if it gained."""
        if self.found_before is None:
            return 0
        return max(0, self.found_before.of_100 - self.found.of_100)


@dataclass(frozen=True)
class Picture:
    """A target picture whose labelled pixels are counted before and now."""

    key: str
    name: str
    before: Tally
    now: Tally

    @property
    def gain(self) -> int:
        """Return the change of its pixels right, of 100: the difference of the numbers shown."""
        return self.now.of_100 - self.before.of_100


@dataclass(frozen=True)
class Named:
    """How much of the target is called by a name, where nobody knows what is right."""

    name: str
    class_id: int
    before: Tally
    now: Tally

    @property
    def change(self) -> int:
        """Return the change of the number shown."""
        return self.now.of_100 - self.before.of_100


@dataclass(frozen=True)
class Gap:
    """Distance between the two domains in class spreads; before is NaN where unknown."""

    before: float
    now: float
    num_kinds: int
    by_labels: bool
    closest: tuple[str, float, float] | None = None
    """The class that came closest, before and now."""

    @property
    def shown(self) -> tuple[float, float]:
        """Return both as they are shown."""
        return round(self.before, 2), round(self.now, 2)

    @property
    def is_compared(self) -> bool:
        """Return whether both are known."""
        return math.isfinite(self.before) and math.isfinite(self.now)

    @property
    def percent_closer(self) -> int:
        """Return by how many percent of the distance before it shrank; negative if it grew."""
        before, now = self.shown
        return round(100 * (before - now) / before) if before else 0


@dataclass(frozen=True)
class Rival:
    """A simpler model that saw no target labels, scored on the same pictures."""

    name: str
    pixels_right: float
    """Share of the labelled pixels, in [0, 1]."""


@dataclass(frozen=True)
class Other:
    """Another training with the same settings from another random start."""

    seed: int
    before: float
    """Share of the target's labelled pixels right, in [0, 1]."""
    now: float

    @property
    def gain(self) -> int:
        """Return the change of the number shown, of 100."""
        return of_100(self.now) - of_100(self.before)


def stands_out(gains: Sequence[int]) -> bool:
    """Return whether the mean gain of a picture lies two standard errors from zero."""
    mean = sum(gains) / len(gains)
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / max(1, len(gains) - 1))
    return abs(mean) > 2 * spread / math.sqrt(len(gains))


def quartiles(gains: Sequence[int]) -> tuple[int, int, int]:
    """Return three of the gains: at least a quarter of them lie up to the first, and so on."""
    ordered = sorted(gains)
    last = len(ordered) - 1
    return ordered[last // 4], ordered[last // 2], ordered[last - last // 4]


def typical(pictures: Sequence[Picture]) -> Picture:
    """Return the picture in the middle: as many gained no more as gained no less."""
    ordered = sorted(pictures, key=lambda picture: (picture.gain, picture.key))
    return ordered[(len(ordered) - 1) // 2]


def most_harmed(pictures: Sequence[Picture]) -> Picture:
    """Return the picture that lost most, or gained least."""
    return min(pictures, key=lambda picture: (picture.gain, picture.key))
