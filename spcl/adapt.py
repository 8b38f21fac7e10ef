"""The loop: warm up on source, pool prototypes, adapt to target, and record what is seen.

Read this file first. One update lives in `learner.py`, its formulas in `method/`.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from spcl.config import Config
from spcl.data.loaders import Batch, BatchLoader
from spcl.errors import UserError
from spcl.method.normalization import batch_norm_statistics
from spcl.recording.null_recorder import NullRecorder
from spcl.recording.recorder import Observed, Prototypes, Recorder
from spcl.store.reader import Run
from spcl.training.batches import Domains, Supply
from spcl.training.checkpoint import WARMUP_FILE, save_checkpoint, save_weights
from spcl.training.interrupt import asking_at_interrupt
from spcl.training.learner import Learner, predictor
from spcl.training.model_selection import BestSnapshot
from spcl.training.optimizer import Report

Progress = Callable[[int, int, str, float | None], None]
"""Told after every update: step, total, stage, target mean IoU in [0, 1] if known."""


class Adaptation:
    """One run: its data, its learner, its recorder."""

    def __init__(self, config: Config, domains: Domains, recorder: Recorder | NullRecorder) -> None:
        """Prepare everything; nothing is learnt yet."""
        torch.set_num_threads(config.num_threads)
        self.config = config
        self.recorder = recorder
        self.supply = Supply(config, domains, run_path=recorder.path)
        self.learner = Learner(
            config,
            num_classes=len(domains.label_space),
            pixel_counts=self.supply.source_counts.sum(axis=0),
        )
        self.choice = BestSnapshot(config.select.by)
        self.last_scores: dict[str, Any] = {}
        self.stop_requested = False
        self._adapted: tuple[int, nn.Module] | None = None

    def state(self) -> dict[str, Any]:
        """Return everything an update or a snapshot changes."""
        return {**self.learner.state(), "choice": self.choice.state_dict()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.learner.load_state(state)
        self.choice.load_state_dict(state.get("choice", self.choice.state_dict()))

    def request_stop(self) -> bool:
        """Ask to stop after the update under way; False if that was asked before."""
        asked_before, self.stop_requested = self.stop_requested, True
        return not asked_before

    def run(self, progress: Progress | None = None) -> None:
        """Do all updates from where the learner stands to the end of the plan."""
        try:
            self._run(progress or (lambda *_: None))
        finally:
            self.supply.close()

    def _run(self, progress: Progress) -> None:
        learner, config = self.learner, self.config
        if learner.step == 0:
            self._observe()
        elif self._branches_off():
            self._observe_before()
        self._stage("warmup", config.warmup.steps, self._warmup_update, progress)
        if learner.teacher is None and not self.stop_requested:
            self._begin_adaptation()
        if learner.step < config.adapt_end and not self.stop_requested:
            self._relabel(config.warmup.steps)
            self._stage("adapt", config.adapt_end, self._adapt_update, progress)
        if learner.step < config.total_steps and not self.stop_requested:
            if learner.step == config.adapt_end:
                learner.begin_selftraining()
            self._relabel(config.adapt_end)
            self._stage("selftrain", config.total_steps, self._selftrain_update, progress)
        if not self.stop_requested:
            self._keep_weights()
        self._checkpoint()

    def _stage(
        self, name: str, last_step: int, update: Callable[[], Report], progress: Progress
    ) -> None:
        while self.learner.step < last_step and not self.stop_requested:
            self._update(name, update)
            progress(self.learner.step, self.config.total_steps, name, self._target_score())

    def _begin_adaptation(self) -> None:
        """Pool the prototypes; `before_step` is observed after it and has used no target."""
        self.recorder.progress(self.learner.step, "prototypes")
        self.learner.begin_adaptation(self.supply.whole_source())
        self._observe_before()
        self._checkpoint(WARMUP_FILE)
        self._checkpoint()

    def _branches_off(self) -> bool:
        """Return whether another run did the warm-up, so that its end is not recorded here yet."""
        path, step = self.recorder.path, self.learner.step
        if path is None or self.learner.teacher is None or step != self.config.warmup.steps:
            return False
        return step not in Run(path).steps()

    def _observe_before(self) -> None:
        self._observe()
        self._keep_weights()

    def _relabel(self, first_step: int) -> None:
        """Label the target once for the stage that begins after `first_step`."""
        config = self.config
        learns_so = config.pseudo_labels.mode == "offline" or first_step == config.adapt_end
        if config.adapt.arm == "spcl" and learns_so:
            learner, adapted = self.learner, config.normalization.target_statistics
            model = self._with_target_statistics() if adapted else learner.observed_model()
            self.supply.relabel_target(
                lambda images, size: learner.class_shares(model, images, size),
                learner.histogram,
                first_step=first_step,
            )

    def _batch(self, loader: BatchLoader) -> Batch:
        return loader.batch(self.learner.step)

    def _warmup_update(self) -> Report:
        adversarial = self.config.warmup.adversarial != "off"
        target = self._batch(self.supply.warmup_target) if adversarial else None
        return self.learner.warmup_update(self._batch(self.supply.warmup_source), target)

    def _adapt_update(self) -> Report:
        arm = self.config.adapt.arm
        if arm == "source_only":
            return self.learner.supervised_update(self._batch(self.supply.source))
        if arm == "oracle":
            return self.learner.supervised_update(self._batch(self.supply.target))
        if arm == "oracle_joint":
            return self.learner.supervised_update(self.supply.both_labeled(self.learner.step))
        self._refresh_target_statistics()
        return self.learner.adapt_update(
            self._batch(self.supply.source), self._batch(self.supply.target)
        )

    def _selftrain_update(self) -> Report:
        if self.config.adapt.arm != "spcl":
            return self._adapt_update()
        return self.learner.selftrain_update(self._batch(self.supply.target))

    def _refresh_target_statistics(self) -> None:
        options = self.config.normalization
        done = self.learner.step - self.config.warmup.steps
        if options.target_statistics and done % options.refresh_every == 0:
            self.learner.target_statistics = batch_norm_statistics(self._with_target_statistics())

    def _with_target_statistics(self) -> nn.Module:
        """Return the observed model with statistics of the target, estimated once a step."""
        if self._adapted is None or self._adapted[0] != self.learner.step:
            images = self.supply.target_images(self.config.normalization.max_images)
            self._adapted = (self.learner.step, self.learner.with_target_statistics(images))
        return self._adapted[1]

    def _update(self, stage: str, update: Callable[[], Report]) -> None:
        begun = time.perf_counter()
        report = update()
        seconds = time.perf_counter() - begun
        step = self.learner.step
        self.recorder.metrics(
            step, {"stage": stage, **report, "seconds_per_step": round(seconds, 4)}
        )
        if not np.isfinite(report["loss/total"]):
            section = "warmup" if stage == "warmup" else "adapt"
            raise UserError(
                f"the loss is not finite at step {step}; lower {section}.body_lr and "
                f"{section}.head_lr, or set optimizer.clip to a smaller value above 0"
            )
        if self._is_observed(step):
            self._observe()
        if step % self.config.checkpoint.every == 0 and step != self.config.warmup.steps:
            self._checkpoint()

    def _is_observed(self, step: int) -> bool:
        if step == self.config.warmup.steps:
            return False  # observed after the prototypes are pooled
        early = step == self.config.record.every // 4
        return early or step % self.config.record.every == 0 or step == self.config.total_steps

    def _observe(self) -> None:
        if isinstance(self.recorder, NullRecorder):
            return
        learner = self.learner
        plain_model = learner.observed_model()
        target_model = self._target_model() or plain_model
        is_last = learner.step == self.config.total_steps  # one more pass, so only where it is read
        bank = learner.bank
        self.last_scores = self.recorder.snapshot(
            learner.step,
            Observed(
                source=predictor(plain_model),
                target=predictor(target_model),
                target_source_statistics=predictor(plain_model) if is_last else None,
                student=predictor(learner.student_alone()) if learner.has_teacher else None,
                prototypes=Prototypes(bank.vectors, bank.pixel_count, bank.age, bank.seen),
                thresholds=learner.thresholds(),
            ),
        )
        self.recorder.progress(learner.step, self.config.stage_after(learner.step))
        if learner.step > self.config.warmup.steps:
            self._choose()

    def _choose(self) -> None:
        """Keep the weights of the best snapshot so far, if one is to be chosen."""
        before = self.choice.note()
        if self.choice.is_better(self.learner.step, self.last_scores):
            self._keep_weights()
            note = self.choice.note()
            assert note is not None, "a step was chosen"
            self.recorder.note(note, instead_of=before)

    def _target_model(self) -> nn.Module | None:
        """Return the model with target statistics; None up to and including `before_step`."""
        adapted = self.learner.step > self.config.warmup.steps
        if not adapted or not self.config.normalization.target_statistics:
            return None
        return self._with_target_statistics()

    def _target_score(self) -> float | None:
        target = self.last_scores.get("target")
        return target["mean_iou"] if target else None

    def _keep_weights(self) -> None:
        if self.recorder.path is not None:
            plain_model = self.learner.observed_model()
            models = {"source": plain_model, "target": self._target_model() or plain_model}
            save_weights(self.recorder.path, self.learner.step, models)

    def _checkpoint(self, name: str = "last.pt") -> None:
        if self.recorder.path is not None:
            save_checkpoint(self.recorder.path, self.state(), name=name)


def conduct(adaptation: Adaptation, progress: Progress | None = None) -> None:
    """Run to the end and put down how it ended.

    Ctrl-C finishes the update under way, writes a checkpoint and raises KeyboardInterrupt: the
    run can be resumed. A second Ctrl-C interrupts at once.
    """
    recorder = adaptation.recorder
    try:
        with asking_at_interrupt(adaptation.request_stop):
            adaptation.run(progress)
    except Exception as error:
        recorder.end("failed", failure=str(error) or type(error).__name__)
        raise
    if adaptation.stop_requested:
        recorder.end("stopped")
        raise KeyboardInterrupt
    recorder.end("finished")
