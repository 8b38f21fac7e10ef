"""Train what a comparison lacks, one run after the other."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from spcl.ablation.plan import Planned
from spcl.errors import UserError, sentence
from spcl.training.plan import OnUpdate, TargetScore

OnRun = Callable[[Planned, int, str, TargetScore | None], None]
"""Called after an update with the run, its step, its stage, and the target's score so far."""


@dataclass
class Failures:
    """The runs of a comparison that could not be trained; the others are, before it is said."""

    sentences: list[str] = field(default_factory=list)

    @contextmanager
    def kept(self, planned: Planned) -> Iterator[None]:
        """Keep what a user can mend, and go on."""
        try:
            yield
        except UserError as error:
            self.add(planned, sentence(error))

    def add(self, planned: Planned, said: str) -> None:
        """Keep why a run could not be trained."""
        self.sentences.append(f"{planned.label}: {said}")

    def require_none(self) -> None:
        """Say the first failure, and how many more there are (UserError)."""
        if self.sentences:
            more = len(self.sentences) - 1
            others = f" (and {more} more of the runs failed)" if more else ""
            raise UserError(
                f"{self.sentences[0]}{others}; what has been trained stays, and the same command "
                "goes on from there"
            )


def train(runs: Sequence[Planned], *, on_run: OnRun) -> None:
    """Train each run that is not finished, in order (UserError at the end: some could not be)."""
    from spcl.adapt import run_to_end  # torch, only where something is trained

    failures = Failures()
    for planned in runs:
        if planned.is_done:
            continue
        if not planned.can_begin:
            failures.add(planned, f"{planned.warmup} has no warm-up to take over")
            continue
        with failures.kept(planned):
            run_to_end(begun(planned), reporter(planned, on_run))
    failures.require_none()


def reporter(planned: Planned, on_run: OnRun) -> OnUpdate:
    """Return what a training calls after each update, for a run of the comparison."""

    def report(step: int, total: int, stage: str, score: TargetScore | None) -> None:
        on_run(planned, step, stage, score)

    return report


def begun(planned: Planned) -> Any:
    """Return the training of a planned run: resumed, branched from a warm-up, or new."""
    from spcl.launch import resume, start

    config = planned.config
    if planned.known is not None:
        return resume(planned.path, _places(planned))
    if planned.warmup is not None:
        warmup = config.warmup.model_copy(update={"start": planned.warmup.resolve()})
        config = config.model_copy(update={"warmup": warmup})
    return start(config, runs_dir=planned.path.parent, run_id=planned.path.name)


def _places(planned: Planned) -> list[str]:
    """Return where the data lie now, as overrides of what the run recorded."""
    data = planned.config.data
    places = {key: getattr(data, key) for key in ("root", "source_root", "target_root")}
    return [
        f"data.{key}={json.dumps(str(path))}" for key, path in places.items() if path is not None
    ]
