"""The loop: warm up on source, pool prototypes, adapt to target, and record what is seen.

Read this file first. One update lives in `training/learner.py`, its formulas in `method/`.
"""

import time
from typing import Any

import torch

from spcl.config import Config
from spcl.data.domains import Domains
from spcl.errors import UserError
from spcl.method.ranks.sums import num_ranks
from spcl.models.device import named_device
from spcl.recorder.ending import end_recorded
from spcl.recording.observed import snapshot_source
from spcl.recording.protocol import RunRecorder
from spcl.store.scores.whole import is_whole
from spcl.training.batches import Batches
from spcl.training.learner import Learner
from spcl.training.observed.divergence import told_by_step
from spcl.training.observed.models import ObservedModels
from spcl.training.observed.reports import UnreadReports
from spcl.training.observed.selection import BestSnapshot
from spcl.training.optimizer import Report
from spcl.training.plan import OnUpdate, TargetScore, TrainingStage
from spcl.training.processes.interrupt import Stopped, stopping_at_signals
from spcl.training.processes.ranks import (
    any_rank,
    echo_seconds,
    local_rank,
    lost_peers_told,
)
from spcl.training.saved.checkpoint import WARMUP_FILE


class Adaptation:
    """One run: its data, its learner, its plan, its recorder."""

    def __init__(self, config: Config, domains: Domains, recorder: RunRecorder) -> None:
        """Prepare everything; nothing has been learnt yet."""
        torch.set_num_threads(config.num_threads)
        self.config = config
        self.recorder = recorder
        self.device = named_device(config.device, local_rank=local_rank())
        self.batches = Batches(config, domains, device=self.device)
        if not self.batches.source_counts.any():
            raise UserError(
                "no pixel of source/train has a class: its labels say unlabelled only; label some"
            )
        self.learner = Learner(
            config,
            num_classes=len(domains.label_space),
            pixel_counts=self.batches.source_counts.sum(axis=0),
            device=self.device,
        )
        self.models = ObservedModels(self.learner, self.batches.target_images)
        self.best_snapshot = BestSnapshot(config.select.by)
        self.reports = UnreadReports(self.device, every=config.record.metrics_every)
        self.scores: dict[str, Any] = {}
        self.stop_requested = False
        self.stopping = False
        self.plan = self._plan()

    def run(self, on_update: OnUpdate | None = None) -> None:
        """Do all updates from where the learner stands to the end of the plan."""
        self.reports.last_read = self.step
        try:
            for stage in self.plan:
                stage.begin()
                while self.step < stage.last_step and not self._agree_to_stop():
                    self._timed_update(stage)
                    self._read_if_due(stage)
                    self._observe_if_due()
                    self._checkpoint_if_due()
                    if on_update is not None:
                        on_update(self.step, self.config.total_steps, stage.name, self.target_score)
                self.reports.hand_over(self.recorder.metrics)
                if self.stopping:
                    break
            else:
                self.recorder.keep_weights(self.step, self.models)
            self.recorder.checkpoint(self.state())
        finally:
            self.batches.close()

    @property
    def step(self) -> int:
        """Return the updates done since the run began."""
        return self.learner.step

    @property
    def target_score(self) -> TargetScore | None:
        """Return the latest score on the whole target split, if there is one."""
        target = self.scores.get("target")
        if not target:
            return None
        is_adapting = self.scores["step"] > self.config.warmup.steps
        uses_target = is_adapting and self.config.normalization.target_statistics
        return TargetScore(target["mean_iou"], "target" if uses_target else "source")

    def request_stop(self) -> bool:
        """Ask to stop after the update under way; False if that was asked before."""
        asked_before, self.stop_requested = self.stop_requested, True
        return not asked_before

    def state(self) -> dict[str, Any]:
        """Return everything an update or a snapshot changes."""
        return {**self.learner.state(), "choice": self.best_snapshot.state_dict()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.learner.load_state(state)
        self.best_snapshot.load_state_dict(state.get("choice", self.best_snapshot.state_dict()))
        if self.best_snapshot.step is not None:
            self.recorder.spare(self.best_snapshot.step)

    def _plan(self) -> tuple[TrainingStage, ...]:
        config, learn = self.config, self.learner.supervised_update
        update = {
            "spcl": self._adapt,
            "source_only": lambda step: learn(self.batches.source_alone(step)),
            "oracle": lambda step: learn(self.batches.target.batch(step)),
            "oracle_joint": lambda step: learn(self.batches.both_labeled(step)),
        }[config.adapt.arm]
        selftrain = self._selftrain if config.adapt.arm == "spcl" else update
        work = {
            "warmup": (self._begin_warmup, self._warm_up),
            "adapt": (self._begin_adaptation, update),
            "selftrain": (self._begin_selftraining, selftrain),
        }
        return tuple(TrainingStage(s.name, s.last_step, *work[s.name]) for s in config.stages)

    def _begin_warmup(self) -> None:
        if self.step == 0:
            self._observe(scored=self.config.evaluate.every == 0)

    def _warm_up(self, step: int) -> Report:
        has_adversary = self.config.warmup.adversarial != "off"
        target = self.batches.warmup_target.batch(step) if has_adversary else None
        return self.learner.warmup_update(self.batches.warmup_source.batch(step), target)

    def _begin_adaptation(self) -> None:
        """Pool the prototypes; `before_step` is observed after it and has used no target."""
        if self.learner.teacher is None:
            self.recorder.progress(self.step, "prototypes")
            self.learner.begin_adaptation(self.batches.whole_source())
            self._observe_before()
            self.recorder.checkpoint(self.state(), name=WARMUP_FILE)
            self.recorder.checkpoint(self.state())
        elif self.step == self.config.warmup.steps and not any_rank(
            self.recorder.has_snapshot(self.step)
        ):
            self._observe_before()  # another run did the warm-up
        if self.config.pseudo_labels.mode == "offline" and self.step < self.config.adapt_end:
            self._relabel(self.config.warmup.steps)

    def _adapt(self, step: int) -> Report:
        self.models.refresh_labeler()
        return self.learner.adapt_update(*self.batches.both(step))

    def _begin_selftraining(self) -> None:
        if self.step == self.config.adapt_end:
            self.learner.begin_selftraining()
        self._relabel(self.config.adapt_end, scale=self.config.selftrain.scale)

    def _selftrain(self, step: int) -> Report:
        return self.learner.selftrain_update(self.batches.target.batch(step))

    def _relabel(self, first_step: int, *, scale: tuple[float, float] | None = None) -> None:
        """Label the target once for the stage that begins after `first_step`."""
        if self.config.adapt.arm != "spcl":
            return
        model, labeler = self.models.labeling(), self.learner.labeler
        self.batches.relabel_target(
            lambda images, size: labeler.probabilities(model, images.to(self.device), size),
            self.learner.histogram,
            folder=self.recorder.working_folder / "pseudo_labels" / f"step_{first_step}",
            scale=scale,
        )

    def _timed_update(self, stage: TrainingStage) -> None:
        began = time.perf_counter()
        report = stage.update(self.step)
        row = {"stage": stage.name, **report}
        self.reports.add(self.step, row, seconds=time.perf_counter() - began)

    def _read_if_due(self, stage: TrainingStage) -> None:
        """Read the reports where that is due, and before anything of the state is looked at."""
        is_due = self.reports.are_due or self.step == stage.last_step
        is_looked_at = self._is_observation_due or self._is_scoring_due
        if is_due or is_looked_at or self._is_checkpoint_due:
            self.reports.hand_over(self.recorder.metrics)

    def _agree_to_stop(self) -> bool:
        """Return whether a stop was asked of any rank, so that all stop at the same step."""
        self.stopping = any_rank(self.stop_requested)
        return self.stopping

    @property
    def _is_checkpoint_due(self) -> bool:
        is_before_step = self.step == self.config.warmup.steps  # written after pooling
        return self.step % self.config.checkpoint.every == 0 and not is_before_step

    def _checkpoint_if_due(self) -> None:
        if self._is_checkpoint_due:
            self.recorder.checkpoint(self.state())

    @property
    def _is_observation_due(self) -> bool:
        is_before_step = self.step == self.config.warmup.steps  # observed after pooling
        return self.config.is_observed(self.step) and not is_before_step

    @property
    def _is_scoring_due(self) -> bool:
        """Return whether whole splits are scored now: at snapshots, or in a rhythm of their own."""
        every = self.config.evaluate.every
        if every == 0:
            return self._is_observation_due
        is_due = self.step % every == 0 or self.step == self.config.total_steps
        return is_due and self.step != self.config.warmup.steps  # scored after pooling

    def _observe_if_due(self) -> None:
        if self._is_observation_due:
            self._observe(scored=self._is_scoring_due)
        elif self._is_scoring_due:
            self._require_statistics()
            self._keep_scores(self.recorder.score(self.step, snapshot_source(self.models)))

    def _observe(self, *, scored: bool) -> None:
        self._require_statistics()
        scores = self.recorder.snapshot(self.step, snapshot_source(self.models), scored=scored)
        self._keep_scores(scores)
        self.recorder.progress(self.step, self.config.stage_after(self.step))
        if self.step > self.config.warmup.steps:
            self._keep_best(scores)

    def _require_statistics(self) -> None:
        """Have all ranks take part in the target's statistics, before each looks at its share."""
        if num_ranks() > 1:
            self.models.target()

    def _keep_scores(self, scores: dict[str, Any]) -> None:
        """Remember the scores of whole splits."""
        if is_whole(scores.get("target") or {}):
            self.scores = scores

    def _observe_before(self) -> None:
        self._observe(scored=True)
        self.recorder.keep_weights(self.step, self.models)

    def _keep_best(self, scores: dict[str, Any]) -> None:
        """Keep the weights of the best snapshot so far, where `select.by` chooses one."""
        note_before = self.best_snapshot.note()
        if self.best_snapshot.is_better(self.step, scores):
            self.recorder.keep_weights(self.step, self.models)
            self.recorder.spare(self.step)
            note = self.best_snapshot.note()
            assert note is not None, "a step was chosen"
            self.recorder.note(note, instead_of=note_before)


def run_to_end(adaptation: Adaptation, on_update: OnUpdate | None = None) -> None:
    """Run all stages and record the final status, whatever it is.

    Ctrl-C, SIGTERM and SIGHUP finish the update under way, write a checkpoint and raise `Stopped`
    (a KeyboardInterrupt): the run can be resumed. A second one interrupts at once.
    """
    recorder = adaptation.recorder
    with (
        stopping_at_signals(adaptation.request_stop, echo_seconds=echo_seconds()) as heard,
        end_recorded(recorder),  # inside, so that no first signal breaks off what it records
    ):
        with (
            lost_peers_told(),
            told_by_step(adaptation.config, lambda: adaptation.reports.last_read),
        ):
            adaptation.run(on_update)
        if adaptation.stopping:
            raise Stopped(heard.number)
    recorder.end("finished")
