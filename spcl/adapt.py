"""The loop: warm up on source, pool prototypes, adapt to target, and record what is seen.

Read this file first. One update lives in `learner.py`, its formulas in `method/`.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spcl.checkpoint import WARMUP_FILE, save_checkpoint, save_weights
from spcl.config import Config
from spcl.data.folders import FolderPair
from spcl.data.loaders import (
    Batch,
    BatchLoader,
    Frames,
    RareClassSampler,
    ViewOptions,
    class_counts,
    labelled_batches,
    whole_batches,
)
from spcl.data.pairs import open_pair
from spcl.learner import Learner, Report, predictor
from spcl.recorder import Observed, Prototypes, Recorder
from spcl.store.schema import LabelSpace

Progress = Callable[[int, int, str, float | None], None]
"""Told after every update: step, total, stage, target mean IoU in [0, 1] if known."""


class NullRecorder:
    """Record nothing: for benchmarks and the test that recording changes no weight."""

    path = None

    def metrics(self, step: int, values: dict[str, Any]) -> None:
        """Drop a row."""

    def progress(self, step: int, stage: str) -> None:
        """Drop the position."""

    def snapshot(self, step: int, observed: Observed) -> dict[str, Any]:
        """Observe nothing."""
        return {}

    def end(self, status: str, *, failure: str | None = None) -> None:
        """Drop the ending."""


@dataclass(frozen=True)
class Domains:
    """The frames training may open; target/train comes without labels except for the oracle."""

    label_space: LabelSpace
    source_train: Frames
    target_train: Frames
    source_val: Frames
    target_val: Frames

    @classmethod
    def open(cls, config: Config) -> "Domains":
        """List the images of the pair and check that both domains have some."""
        pair: FolderPair = open_pair(config.data)
        cache = config.data.cache_mb
        oracle = config.adapt.arm == "oracle"
        return cls(
            pair.label_space,
            Frames(pair.split("source/train", with_labels=True), cache_mb=cache),
            Frames(pair.split("target/train", with_labels=oracle), cache_mb=cache),
            Frames(pair.split("source/val", with_labels=True), cache_mb=cache),
            Frames(
                pair.split("target/val", with_labels=pair.has_labels("target/val")), cache_mb=cache
            ),
        )


class Adaptation:
    """One run: its data, its learner, its recorder."""

    def __init__(self, config: Config, domains: Domains, recorder: Recorder | NullRecorder) -> None:
        """Prepare everything; nothing is learnt yet."""
        torch.set_num_threads(config.num_threads)
        self.config = config
        self.domains = domains
        self.recorder = recorder
        counts = class_counts(domains.source_train, len(domains.label_space))
        self.learner = Learner(
            config, num_classes=len(domains.label_space), pixel_counts=counts.sum(axis=0)
        )
        rare = RareClassSampler(counts) if config.data.sampling == "rare_class" else None
        adapt = config.adapt
        self._warmup_source = self._loader(domains.source_train, config.warmup.batch, 0, rare)
        supervised = config.warmup.batch  # arms that only go on with labels keep its batch
        self._source = self._loader(
            domains.source_train,
            adapt.source_batch if adapt.arm == "spcl" else supervised,
            1,
            rare,
        )
        self._target = self._loader(
            domains.target_train,
            adapt.target_batch if adapt.arm == "spcl" else supervised,
            2,
            None,
        )
        self.last_scores: dict[str, Any] = {}
        self.stop_requested = False

    def _loader(
        self, frames: Frames, batch_size: int, stream: int, rare: RareClassSampler | None
    ) -> BatchLoader:
        return BatchLoader(
            frames,
            batch_size=batch_size,
            view=ViewOptions(self.config.data.size, self.config.data.crop_scale),
            seed=self.config.seed,
            stream=stream,
            rare=rare,
        )

    def run(self, progress: Progress | None = None) -> None:
        """Do all updates from where the learner stands to the end of the plan."""
        try:
            self._run(progress or (lambda *_: None))
        finally:
            for loader in (self._warmup_source, self._source, self._target):
                loader.close()

    def _run(self, progress: Progress) -> None:
        learner, config = self.learner, self.config
        if learner.step == 0:
            self._observe()
        while learner.step < config.warmup.steps and not self.stop_requested:
            self._update("warmup", lambda: learner.warmup_update(self._batch(self._warmup_source)))
            progress(learner.step, config.total_steps, "warmup", self._target_score())
        if learner.teacher is None and not self.stop_requested:
            self._begin_adaptation()
        while learner.step < config.total_steps and not self.stop_requested:
            self._update("adapt", self._adapt_update)
            progress(learner.step, config.total_steps, "adapt", self._target_score())
        if not self.stop_requested:
            self._keep_weights()
        self._checkpoint()

    def _begin_adaptation(self) -> None:
        """Pool the prototypes; `before_step` is observed after it and has used no target."""
        self.recorder.progress(self.learner.step, "prototypes")
        self.learner.begin_adaptation(
            labelled_batches(self.domains.source_train, size=self.config.data.size)
        )
        self._observe()
        self._keep_weights()
        self._checkpoint(WARMUP_FILE)
        self._checkpoint()

    def _batch(self, loader: BatchLoader) -> Batch:
        return loader.batch(self.learner.step)

    def _adapt_update(self) -> Report:
        arm = self.config.adapt.arm
        if arm == "source_only":
            return self.learner.supervised_update(self._batch(self._source))
        if arm == "oracle":
            return self.learner.supervised_update(self._batch(self._target))
        self._refresh_target_statistics()
        return self.learner.adapt_update(self._batch(self._source), self._batch(self._target))

    def _refresh_target_statistics(self) -> None:
        options = self.config.normalisation
        done = self.learner.step - self.config.warmup.steps
        if options.target_statistics and done % options.refresh_every == 0:
            self.learner.refresh_target_statistics(self._target_images())

    def _update(self, stage: str, update: Callable[[], Report]) -> None:
        begun = time.perf_counter()
        report = update()
        seconds = time.perf_counter() - begun
        step = self.learner.step
        self.recorder.metrics(
            step, {"stage": stage, **report, "seconds_per_step": round(seconds, 4)}
        )
        if not np.isfinite(report["loss/total"]):
            raise FloatingPointError(
                f"the loss is not finite at step {step}; lower warmup.body_lr and adapt.body_lr"
            )
        config = self.config
        if self._is_observed(step):
            self._observe()
        if step % config.checkpoint.every == 0 and step != config.warmup.steps:
            self._checkpoint()

    def _is_observed(self, step: int) -> bool:
        if step == self.config.warmup.steps:
            return False  # observed after the prototypes are pooled
        early = step == self.config.record.every // 4
        return early or step % self.config.record.every == 0 or step == self.config.total_steps

    def _target_images(self) -> Iterator[Tensor]:
        most = self.config.normalisation.max_images
        for batch in whole_batches(
            self.domains.target_train, size=self.config.data.size, most=most
        ):
            yield batch.images

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
                prototypes=Prototypes(bank.vectors, bank.pixel_count, bank.age, bank.seen),
                thresholds=learner.thresholds(),
            ),
        )
        stage = "warmup" if learner.step < self.config.warmup.steps else "adapt"
        self.recorder.progress(learner.step, stage)

    def _target_model(self) -> torch.nn.Module | None:
        """Return the model with target statistics; None up to and including `before_step`."""
        adapted = self.learner.step > self.config.warmup.steps
        if not adapted or not self.config.normalisation.target_statistics:
            return None
        return self.learner.with_target_statistics(self._target_images())

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
            save_checkpoint(self.recorder.path, self.learner.state(), name=name)


def conduct(adaptation: Adaptation, progress: Progress | None = None) -> None:
    """Run to the end and put down how it ended.

    Ctrl-C finishes the update under way, writes a checkpoint and raises KeyboardInterrupt: the
    run can be resumed. A second Ctrl-C interrupts at once.
    """
    recorder = adaptation.recorder
    try:
        with _stopping_at_interrupt(adaptation):
            adaptation.run(progress)
    except Exception as error:
        recorder.end("failed", failure=str(error) or type(error).__name__)
        raise
    if adaptation.stop_requested:
        recorder.end("stopped")
        raise KeyboardInterrupt
    recorder.end("finished")


@contextmanager
def _stopping_at_interrupt(adaptation: Adaptation) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def request(*_: object) -> None:
        if adaptation.stop_requested:
            raise KeyboardInterrupt
        adaptation.stop_requested = True

    before = signal.signal(signal.SIGINT, request)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
