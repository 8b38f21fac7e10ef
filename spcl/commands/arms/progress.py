"""How far a comparison is, over all its arms and seeds, and how long the rest takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from spcl.ablation.plan import Plan, Planned
from spcl.ablation.training import OnRun
from spcl.commands.line.progress import STAGES, Report, score_words, work_progress
from spcl.training.plan import TargetScore


@contextmanager
def comparison_progress(plan: Plan, *, jobs: int) -> Iterator[OnRun]:
    """Show how many updates of all runs are done, of those that are not there yet.

    Yields what is to be called after each update.
    """
    left = [one for one in plan.runs if not one.is_done]
    there = len(plan.runs) - len(left)
    title = f"{len(plan.runs)} runs, {there} there already" if there else f"{len(plan.runs)} runs"
    if not left:
        yield lambda *_: None
        return
    with work_progress(f"{title}; {len(left)} to train, {jobs} at a time") as report:
        yield _Updates(left, report, is_one_by_one=jobs == 1).on_run


class _Updates:
    """Counts the updates of several runs together."""

    def __init__(self, left: list[Planned], report: Report, *, is_one_by_one: bool) -> None:
        self.places = {one.path: number for number, one in enumerate(left, 1)}
        self.steps = {one.path: one.first_step for one in left}
        self.totals = {one.path: one.config.total_steps for one in left}
        self.total = sum(self.totals.values()) - sum(self.steps.values())
        self.report = report
        self.is_one_by_one = is_one_by_one

    def on_run(self, planned: Planned, step: int, stage: str, score: TargetScore | None) -> None:
        self.steps[planned.path] = step
        done = self.total - sum(self.totals.values()) + sum(self.steps.values())
        told = score_words(score)
        if self.is_one_by_one:
            which = f"{planned.label} ({self.places[planned.path]} of {len(self.places)})"
            more = ", ".join(filter(None, (STAGES.get(stage, stage), told)))
            self.report(done, self.total, which, more)
            return
        ended = sum(self.steps[path] >= self.totals[path] for path in self.places)
        which = f"{ended} of {len(self.places)} runs ended"
        more = ", ".join(filter(None, (f"{planned.label} at step {step}", told)))
        self.report(done, self.total, which, more)
