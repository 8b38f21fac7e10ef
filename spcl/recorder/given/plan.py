"""A stranger's plan: how many updates, if it says so, and where its warm-up ends."""

from dataclasses import dataclass

from spcl.errors import UserError
from spcl.store.retention import Retention
from spcl.store.schema import Stage


@dataclass(frozen=True)
class Plan:
    """Updates planned in all, and the step that ends the warm-up; None where not said."""

    total: int | None
    before: int | None

    def __post_init__(self) -> None:
        for name, value in (("steps", self.total), ("before", self.before)):
            if value is not None and (not isinstance(value, int) or value < 0):
                raise UserError(f"{name} is {value!r}; use a whole number from 0")
        if self.total is not None and self.before is not None and self.before > self.total:
            raise UserError(f"before is {self.before}, and steps {self.total}; use a smaller one")

    @property
    def is_known(self) -> bool:
        """Return whether it is said how many updates there will be."""
        return self.total is not None

    def stages(self, reached: int, *, has_ended: bool = False) -> tuple[Stage, ...]:
        """Return the stages; they end where the training has come to, if it has no plan or ended.

        Args:
            reached: the last step so far.
            has_ended: whether no update will follow.
        """
        planned = reached if self.total is None or has_ended else self.total
        last = max(planned, reached, 1)
        if self.before is None or not 0 < self.before < last:
            return (Stage("training", 0, last),)
        return (Stage("warmup", 0, self.before), Stage("adapt", self.before, last))

    def stage_at(self, step: int) -> str:
        """Return the name of the stage that the update `step` belongs to."""
        if self.before is None or not self.before:
            return "training"
        if self.total is not None and self.before >= self.total:
            return "training"
        return "warmup" if step <= self.before else "adapt"


def retention_of(keep: object) -> Retention:
    """Return the rule of which snapshots stay (UserError: it is none)."""
    try:
        return Retention.parse(str(keep))
    except ValueError as error:
        raise UserError(f"keep is {error}") from None
