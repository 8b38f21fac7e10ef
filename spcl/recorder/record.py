"""Record any training loop: `with record(...) as run`, then `run.log` and `run.snapshot`."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from spcl.errors import UserError
from spcl.recorder.ending import end_recorded
from spcl.recorder.given.arrays import Examples, Picture
from spcl.recorder.given.classes import Classes, label_space_of
from spcl.recorder.given.numbers import plain_row, whole_step
from spcl.recorder.given.outputs import Output, Predict, outputs_of
from spcl.recorder.given.plan import Plan, retention_of
from spcl.recorder.probe import ProbeOptions
from spcl.recorder.provenance import fresh_run_info
from spcl.recorder.run_recording import RunRecording
from spcl.recorder.snapshots import Snapshots
from spcl.store.schema import DOMAINS, Domain, RecordedStatus

Outputs = Callable[[Domain], Iterator[Output]]
"""What a model says of the images of a domain, in order."""


def record(
    runs: Path | str,
    classes: Classes,
    *,
    source: Any,
    target: Any,
    steps: int | None = None,
    before: int | None = None,
    title: str = "",
    run_id: str | None = None,
    config: Mapping[str, Any] | None = None,
    ignore: int | None = None,
    domains: Sequence[str] | None = None,
    names: Mapping[Domain, Sequence[str]] | None = None,
    picture: Picture | None = None,
    probe: ProbeOptions | None = None,
    keep: str = "all",
    batch_size: int = 4,
    seed: int = 0,
    notes: Sequence[str] = (),
) -> "RecordedRun":
    """Begin a run that the dashboard shows; use it in a `with` statement.

    Left without an error the run is finished, by Ctrl-C stopped, by any other error failed.

    Args:
        runs: folder of all runs, made when missing.
        classes: names in the order of their ids, {name: (r, g, b)}, or a classes.json.
        source: validation images of the labelled domain: a sequence or dataset of (image, label or
            None). Images are uint8 or float in [0, 1], (H, W, 3) or (3, H, W); labels are class
            ids (H, W). numpy arrays and tensors may be mixed. The same item at every look: leave
            random augmentation out.
        target: those of the other domain; its labels, if there are any, are used for scores only.
        steps: updates planned, for progress and time left.
        before: the step that ends the warm-up, which later ones are compared with; the first
            snapshot by default.
        title: what people call the run.
        run_id: name of the run's folder; date, time and title by default.
        config: settings to keep with the run.
        ignore: id of unlabelled pixels in the labels; 255 by default.
        domains: what source and target are called, e.g. ("day", "dusk").
        names: of the images, by domain; numbers by default.
        picture: makes the picture to show of an image, for images that are normalized.
        probe: how many images and pixels every snapshot observes.
        keep: which snapshots stay: "all", "every N" (at multiples of N updates) or "last N"; the
            one that ends the warm-up and the last always.
        batch_size: images a call of `predict` gets.
        seed: of the training, to be told.
        notes: sentences every page shows.

    Raises:
        UserError: something given cannot be used; the sentence says what to give.
    """
    rule = retention_of(keep)
    space = label_space_of(classes, ignore=ignore, domains=domains)
    named = names or {}
    val = {
        domain: Examples(items, domain, label_space=space, picture=picture, names=named.get(domain))
        for domain, items in zip(DOMAINS, (source, target), strict=True)
    }
    plan = Plan(total=steps, before=before)
    info = fresh_run_info(
        run_id or _new_id(Path(runs), title),
        label_space=space,
        stages=plan.stages(0),
        config={"settings": json.loads(json.dumps(dict(config or {}), default=str))},
        seed=seed,
        threads=_threads(),
        title=title,
        observed_model="student",
        notes=notes,
        code=Path.cwd(),
    )
    absent = ("settings",) if plan.is_known else ("plan", "settings")
    info = info.__class__(**{**info.__dict__, "absent": absent, "before_step": before})
    recording = RunRecording.begin(
        Path(runs), info, val=val, probe=probe or ProbeOptions(), keep=rule
    )
    return RecordedRun(recording, val, plan, batch_size=batch_size)


class RecordedRun:
    """A run that is being recorded; made by `record`."""

    def __init__(
        self,
        recording: RunRecording,
        examples: Mapping[Domain, Examples],
        plan: Plan,
        *,
        batch_size: int,
    ) -> None:
        """Take over a run that has begun."""
        self._recording = recording
        self._examples = examples
        self._plan = plan
        self._batch_size = batch_size
        self._snapshots = Snapshots(recording)
        self._reached = 0
        self._has_ended = False

    @property
    def path(self) -> Path:
        """Return the run's folder."""
        return self._recording.path

    def log(self, step: int, values: Mapping[str, Any] | None = None, /, **named: Any) -> None:
        """Record numbers of an update: `run.log(step, loss=0.3, lr=1e-3)`.

        `loss` is drawn on the live page, and so is every name that begins with `loss/`; names with
        a slash go into a dictionary. Numbers, arrays and tensors of one number, and short lists.
        """
        at = whole_step(step)
        row = plain_row({**(values or {}), **named})
        self._recording.metrics(at, {"stage": self._plan.stage_at(at), **row})
        self._reached = max(self._reached, at)

    def snapshot(
        self,
        step: int,
        predict: Predict,
        *,
        prototypes: Any = None,
        thresholds: Any = None,
    ) -> dict[str, Any]:
        """Observe the model on source and target, publish, and return the scores.

        Args:
            step: updates done so far.
            predict: takes a batch of your images, stacked as you gave them, and returns logits
                (B, K, h, w), or (features, logits) with features (B, C, h', w'), or class ids
                (B, H, W). A torch module is put into its eval mode meanwhile.
            prototypes: class centres of the training, (K, C), compared with the features; means of
                the observed source pixels of each class by default, which the run then says.
            thresholds: confidence in [0, 1] from which a pseudo label is kept, one number or (K,).

        Raises:
            UserError: what was given or returned cannot be used.
        """
        if not callable(predict):
            raise UserError(f"predict is a {type(predict).__name__}; give a function of images")
        classes = len(self._recording.writer.info.label_space)

        def outputs(domain: Domain) -> Iterator[Output]:
            return outputs_of(
                predict,
                self._examples[domain],
                num_classes=classes,
                batch_size=self._batch_size,
            )

        return self.observe(step, outputs, prototypes=prototypes, thresholds=thresholds)

    def observe(
        self, step: int, outputs: Outputs, *, prototypes: Any = None, thresholds: Any = None
    ) -> dict[str, Any]:
        """Publish what is known of the images already; otherwise like `snapshot`."""
        at = whole_step(step)
        self._reached = max(self._reached, at)
        stages = self._plan.stages(self._reached)
        self._recording.writer.update(
            step=self._reached, stages=stages, stage=self._plan.stage_at(at)
        )
        return self._snapshots.take(at, outputs, prototypes=prototypes, thresholds=thresholds)

    def note(self, sentence: str) -> None:
        """Have every page say `sentence`."""
        self._recording.note(sentence)

    def end(self, status: RecordedStatus = "finished", *, failure: str | None = None) -> None:
        """Record how the run ended; a `with` statement does that by itself."""
        if self._has_ended:
            return
        self._has_ended = True
        if status == "finished":
            stages = self._plan.stages(self._reached, has_ended=True)
            stage = stages[-1].name
            self._recording.writer.update(step=self._reached, stages=stages, stage=stage)
        self._recording.end(status, failure=failure)

    def keep_report(self, report: str) -> Path:
        """Keep the report of a fault in the run's folder and return its file."""
        return self._recording.keep_report(report)

    def __enter__(self) -> Self:
        self._ending = end_recorded(self)
        self._ending.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.__exit__(kind, error, trace)
        if error is None:
            self.end()


def _new_id(runs: Path, title: str) -> str:
    """Return an id that sorts by time and reads by name."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "recorded"
    begun = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug}"
    tried, number = begun, 1
    while os.path.lexists(runs / tried):
        number += 1
        tried = f"{begun}-{number}"
    return tried


def _threads() -> int:
    torch = sys.modules.get("torch")
    return 1 if torch is None else int(torch.get_num_threads())
