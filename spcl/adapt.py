"""The loop: warm up on source, pool prototypes, adapt to target, and record what is seen.

Read this file first. One update lives in `learner.py`, its formulas in `method/`.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spcl.checkpoint import WARMUP_FILE, load_checkpoint, save_checkpoint, save_weights
from spcl.config import Config, make_config, plain
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
from spcl.errors import UserError
from spcl.learner import Learner, Report, predictor
from spcl.probe import ProbeOptions
from spcl.recorder import Observed, Prototypes, Recorder
from spcl.store.reader import Run
from spcl.store.schema import LabelSpace, Stage
from spcl.store.writer import RunWriter

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


def new_run_id(config: Config) -> str:
    """Return an id that sorts by time and reads by name, e.g. 20261123-101500-streets."""
    name = config.data.root.name if config.data.root is not None else config.data.kind
    arm = "" if config.adapt.arm == "spcl" else f"-{config.adapt.arm.replace('_', '-')}"
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{name}{arm}"


def stages_of(config: Config) -> list[Stage]:
    """Return the plan of a run."""
    end = config.warmup.steps
    return [Stage("warmup", 0, end), Stage("adapt", end, config.total_steps)]


def probe_options(config: Config) -> ProbeOptions:
    """Return how much the configuration wants observed."""
    record = config.record
    return ProbeOptions(
        record.probe_images, record.probe_pixels, record.pixels_per_class, config.seed
    )


def start(config: Config, *, runs_dir: Path, run_id: str | None = None) -> Adaptation:
    """Make a new run (UserError for a pair or folder that cannot be used)."""
    domains = Domains.open(config)
    warm = _warm_state(config)
    recorder = Recorder.create(
        runs_dir,
        run_id or new_run_id(config),
        label_space=domains.label_space,
        val={"source": domains.source_val, "target": domains.target_val},
        size=config.data.size,
        stages=stages_of(config),
        config=plain(config),
        seed=config.seed,
        threads=config.num_threads,
        title=config.title,
        observed_model="teacher",
        probe=probe_options(config),
    )
    return _begin(config, domains, recorder, warm)


def resume(run_path: Path, overrides: Iterable[str] = ()) -> Adaptation:
    """Continue a run from its last checkpoint (UserError: no run, other configuration, ended)."""
    run = Run.open(run_path)
    info, status = run.info(), run.status()
    if status.kind == "running":
        raise UserError(f"{run_path} is still written by process {info.pid}; stop that one first")
    config = make_config(info.config, where=f"{run_path}/run.json")
    wanted = make_config(info.config, list(overrides), where=str(run_path))
    if wanted != config:
        raise UserError(
            f"{run_path} was started with another configuration ({_difference(config, wanted)}); "
            "resume it without overrides, or start a new run"
        )
    state = load_checkpoint(run_path)
    if state["step"] >= config.total_steps:
        raise UserError(f"{run_path} has done all its {config.total_steps} steps; nothing is left")
    domains = Domains.open(config)
    writer = RunWriter.reopen(run_path, info)
    writer.update(status="running", failure=None, ended_at=None)
    recorder = Recorder(
        writer,
        val={"source": domains.source_val, "target": domains.target_val},
        size=config.data.size,
        probe=probe_options(config),
    )
    return _begin(config, domains, recorder, state)


def _begin(
    config: Config, domains: Domains, recorder: Recorder, state: dict[str, Any] | None
) -> Adaptation:
    try:
        adaptation = Adaptation(config, domains, recorder)
        if state is not None:
            adaptation.learner.load_state(state)
    except BaseException as error:
        recorder.end("failed", failure=str(error))
        raise
    return adaptation


def _warm_state(config: Config) -> dict[str, Any] | None:
    """Return the state at the end of another run's warm-up, if `warmup.start` names one."""
    if config.warmup.start is None:
        return None
    other = Run.open(config.warmup.start)
    theirs = make_config(other.info().config, where=str(other.path))
    ours = config.model_copy(update={"warmup": config.warmup.model_copy(update={"start": None})})
    keys = ("seed", "data", "model", "warmup", "segmentation", "prototypes")
    for key in keys:
        if getattr(theirs, key) != getattr(ours, key):
            raise UserError(
                f"warmup.start: {other.path} was warmed up with another {key}; use the same"
            )
    return load_checkpoint(other.path, name=WARMUP_FILE)


def _difference(first: Config, second: Config) -> str:
    a, b = plain(first), plain(second)
    found = []
    for section, value in a.items():
        if isinstance(value, dict):
            found += [
                f"{section}.{key} {value[key]} not {b[section][key]}"
                for key in value
                if value[key] != b[section][key]
            ]
        elif value != b[section]:
            found.append(f"{section} {value} not {b[section]}")
    return ", ".join(found)


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
