"""Which snapshots of a run stay, as `record.keep` says; numbers alone, nothing touches a disk."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

RULE = r"all|(every|last) [1-9]\d{0,8}"
"""What a rule looks like."""
FRESH = 2
"""The newest snapshots that stay while a run goes on, whatever the rule: who looks at the newest
has until the next but one to finish."""


@dataclass(frozen=True)
class Retention:
    """A rule: all snapshots, those at multiples of `number` updates, or the last `number`."""

    kind: Literal["all", "every", "last"] = "all"
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> "Retention":
        """Read `all`, `every N` or `last N` (ValueError for anything else)."""
        if re.fullmatch(RULE, text) is None:
            raise ValueError(f'{text!r} is no rule; use "all", "every N" or "last N"')
        kind, _, number = text.partition(" ")
        return cls(kind, int(number or 0))  # type: ignore[arg-type]

    def superseded(
        self, steps: Collection[int], *, spared: Collection[int], fresh: int = FRESH
    ) -> list[int]:
        """Return the steps whose snapshots may go, ascending.

        Args:
            steps: of all snapshots there are.
            spared: steps that stay whatever the rule, such as the end of the warm-up.
            fresh: how many of the newest stay whatever the rule.
        """
        ordered = sorted(steps)
        kept = {*spared, *ordered[-fresh:]}
        return [step for step in ordered if step not in kept and step not in self._own(ordered)]

    def most(self, steps: Sequence[int], *, spared: Collection[int]) -> int:
        """Return how many snapshots there are at most at a time, if they are taken at `steps`."""
        there: set[int] = set()
        most = 0
        for step in steps:
            there.add(step)
            most = max(most, len(there))
            there -= set(self.superseded(there, spared=spared))
        return most

    def _own(self, ordered: Sequence[int]) -> set[int]:
        if self.kind == "all":
            return set(ordered)
        if self.kind == "last":
            return set(ordered[-self.number :])
        return {step for step in ordered if step % self.number == 0}
