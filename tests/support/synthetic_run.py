"""A small run made with the real writer: numbers by a seeded generator, no training.

Used by the tests of reader, analysis and dashboard; `python -m tests.support.synthetic_run DIR`
writes one to look at.
"""

import atexit
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spcl.store import schema
from spcl.store.classes import IGNORE_INDEX, LabelSpace
from spcl.store.formats.encoding import (
    array_bytes,
    arrays_bytes,
    gray_bytes,
    json_bytes,
    mask_bytes,
    palette_of,
)
from spcl.store.names import MeasureRow
from spcl.store.schema import ProbeImage, RunInfo, Stage
from spcl.store.scores.counts import cross_table, score, score_of_image
from spcl.store.writer import RunWriter

NAMES = ("road", "building", "sky", "person", "car")
COLORS = ((128, 64, 128), (70, 70, 70), (70, 130, 180), (220, 20, 60), (0, 0, 142))
SIZE = (32, 64)
CITYSCAPES = (
    *("road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign"),
    *("vegetation", "terrain", "sky", "person", "rider", "car", "truck", "bus", "train"),
    *("motorcycle", "bicycle"),
)


def label_space(names: Sequence[str] = NAMES) -> LabelSpace:
    colors = [COLORS[i] if i < len(COLORS) else _further_color(i) for i in range(len(names))]
    classes = [
        {"id": i, "name": name, "color": color, "display": name.capitalize()}
        for i, (name, color) in enumerate(zip(names, colors, strict=True))
    ]
    return LabelSpace.from_json(
        {"classes": classes, "ignore": 255, "domains": {"source": "day", "target": "dusk"}}
    )


def _further_color(index: int) -> tuple[int, int, int]:
    """Return a color of any number that no other index has."""
    return 10 * index % 256, 5 * index % 256, 90


def run_info(run_id: str, *, steps: int = 40, names: Sequence[str] = NAMES) -> RunInfo:
    now = schema.utc_now()
    return RunInfo(
        id=run_id,
        status="running",
        started_at=now,
        updated_at=now,
        ended_at=None,
        heartbeat_at=now,
        host="",
        pid=0,
        process_started=0.0,
        seed=0,
        threads=1,
        stage="warmup",
        step=0,
        stages=(Stage("warmup", 0, steps // 2), Stage("adapt", steps // 2, steps)),
        before_step=steps // 2,
        observed_model="teacher",
        label_space=label_space(names),
        config={"seed": 0, "data": {"kind": "streets"}, "contrast": {"temperature": 0.1}},
        title="Synthetic day to dusk",
    )


_writers: dict[Path, RunWriter] = {}


class SyntheticRun:
    """Write a run bit by bit, as training would; quality rises with the step.

    With `target_worsens` that of the target falls again after the warm-up, as if its pseudo labels
    were shuffled.
    """

    def __init__(
        self,
        runs_dir: Path,
        *,
        run_id: str = "20260101-000000-synthetic",
        steps: int = 40,
        images: int = 3,
        pixels_per_class: int = 20,
        channels: int = 16,
        target_labels: bool = True,
        names: Sequence[str] = NAMES,
        target_worsens: bool = False,
        seed: int = 0,
    ) -> None:
        self.random = np.random.default_rng(seed)
        self.names = tuple(names)
        self.target_worsens = target_worsens
        self.steps = steps
        self.target_labels = target_labels
        info = run_info(run_id, steps=steps, names=names)
        info = replace(info, seed=seed, config={**info.config, "seed": seed})
        self.writer = RunWriter.create(runs_dir, info)
        self.path = self.writer.path
        _writers[self.path] = self.writer
        self.images = tuple(
            ProbeImage(
                f"{domain}-frame_{i}",
                f"frame_{i}",
                domain,
                *SIZE,
                domain == "source" or target_labels,
            )
            for domain in schema.DOMAINS
            for i in range(images)
        )
        self.labels = {image.key: self._label() for image in self.images}
        self.pixels = self._pixels(pixels_per_class)
        self.centers = self.random.normal(size=(len(self.names), channels))
        self.noise = self.random.normal(size=(len(self.pixels["image"]), channels))
        self.shift = self.random.normal(size=channels)

    def _label(self) -> NDArray[np.uint8]:
        if len(self.names) > len(CITYSCAPES):
            return self._tiles()
        height, width = SIZE
        label = np.zeros(SIZE, np.uint8)
        label[: height // 2] = 1
        label[: height // 4, width // 4 :] = 2
        left = int(self.random.integers(0, width - 20))
        label[height // 2 : height - 4, left : left + 5] = 3
        label[height // 2 : height - 8, left + 6 : left + 18] = 4
        for class_id in range(len(NAMES), len(self.names)):
            label[height - 4 :, 4 * (class_id - len(NAMES)) :][:, :4] = class_id
        return label % np.uint8(len(self.names))

    def _tiles(self) -> NDArray[np.uint8]:
        """Return a label map in which each of very many classes has as much room as the others."""
        height, width = SIZE
        columns = int(np.ceil(np.sqrt(2 * len(self.names))))
        rows = int(np.ceil(len(self.names) / columns))
        row, column = np.indices(SIZE)
        tile = row * rows // height * columns + column * columns // width
        moved = np.roll(tile % len(self.names), int(self.random.integers(width)), axis=1)
        return moved.astype(np.uint8)

    def _pixels(self, per_class: int) -> dict[str, NDArray[np.int32]]:
        rows = []
        for domain in range(2):
            indices = [i for i, im in enumerate(self.images) if im.domain == schema.DOMAINS[domain]]
            for class_id in range(len(self.names)):
                for _ in range(per_class):
                    index = int(self.random.choice(indices))
                    places = np.argwhere(self.labels[self.images[index].key] == class_id)
                    row, column = places[self.random.integers(len(places))]
                    rows.append((index, row, column, class_id, domain))
        table = np.array(rows, np.int32)
        self.truth = table[:, 3].copy()
        if not self.target_labels:
            table[table[:, 4] == 1, 3] = IGNORE_INDEX
        names = ("image", "row", "column", "class_id", "domain")
        return {name: table[:, i] for i, name in enumerate(names)}

    def write_probe(self) -> None:
        colors = np.array([info.color for info in self.writer.info.label_space], np.uint8)
        known = {im.key: self.labels[im.key] for im in self.images if im.has_label}
        pictures = {
            image.key: (colors[self.labels[image.key]] // (1 + (image.domain == "target"))).astype(
                np.uint8
            )
            for image in self.images
        }
        self.writer.write_probe(self.images, self.pixels, pictures=pictures, labels=known)

    def write_metrics(self, up_to: int) -> None:
        for step in range(1, up_to + 1):
            self.writer.append_metrics(
                {
                    "step": step,
                    "time": schema.utc_now(),
                    "stage": "warmup" if step <= self.steps // 2 else "adapt",
                    "loss/total": 3.0 / step + 0.5,
                    "loss/segmentation": 2.0 / step + 0.4,
                    "loss/contrast": 1.0 / step + 0.1,
                    "lr": 1e-3,
                    "seconds_per_step": 0.1,
                }
            )

    def write_snapshot(self, step: int) -> None:
        share = step / self.steps
        features = self._features(share)
        noisy = {
            image.key: self._noisy(self.labels[image.key], self._wrong(image.domain, share))
            for image in self.images
        }
        wrong = self.random.random(len(self.truth)) < 0.3 * (1 - share)
        other = self.random.integers(0, len(self.names), len(self.truth))
        predicted = np.where(wrong, other, self.truth).astype(np.uint8)
        confidence = self.random.uniform(0.5, 1, len(self.truth)).astype(np.float16)
        palette = palette_of(self.writer.info.label_space)
        files = {
            schema.FEATURES_FILE: array_bytes(features.astype(np.float16)),
            schema.PREDICTIONS_FILE: arrays_bytes(
                {"class_id": predicted, "confidence": confidence, "kept": confidence > 0.7}
            ),
            schema.PROTOTYPES_FILE: arrays_bytes(self._prototypes(features)),
            schema.SCORES_FILE: json_bytes(self._scores(step, noisy)),
        }
        for key, mask in noisy.items():
            files[f"masks/{key}.png"] = mask_bytes(mask, palette)
            files[f"masks/{key}.confidence.png"] = gray_bytes(np.full((8, 16), 0.5 + share / 2))
        self.writer.publish_snapshot(step, files)
        stage = "warmup" if step < self.steps // 2 else "adapt"
        self.writer.update(step=step, stage=stage)

    def _wrong(self, domain: schema.Domain, share: float) -> float:
        """Return the share of pixels that get any class whatever."""
        if domain == "target" and self.target_worsens and share > 0.5:
            return 0.15 + 0.5 * (share - 0.5)
        return 0.3 * (1 - share)

    def _features(self, share: float) -> NDArray[np.float64]:
        spread = 1.2 - 0.8 * share
        features = self.centers[self.truth] + spread * self.noise
        features += (self.pixels["domain"] == 1)[:, None] * self.shift * (1 - share)
        unit: NDArray[np.float64] = features / np.linalg.norm(features, axis=1, keepdims=True)
        return unit

    def _prototypes(self, features: NDArray[np.float64]) -> dict[str, NDArray[np.generic]]:
        source = self.pixels["domain"] == 0
        means = np.stack(
            [features[source & (self.truth == k)].mean(axis=0) for k in range(len(self.names))]
        )
        vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        count = np.array([int((source & (self.truth == k)).sum()) for k in range(len(self.names))])
        return {
            "vectors": vectors.astype(np.float32),
            "pixel_count": count.astype(np.int64),
            "age": np.arange(len(self.names), dtype=np.int64),
            "seen": np.ones(len(self.names), bool),
        }

    def _noisy(self, label: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
        wrong = self.random.random(label.shape) < share
        other = self.random.integers(0, len(self.names), label.shape)
        return np.where(wrong, other, label).astype(np.uint8)

    def _scores(self, step: int, masks: dict[str, NDArray[np.uint8]]) -> dict[str, object]:
        scores: dict[str, object] = {"step": step}
        for domain in schema.DOMAINS:
            if domain == "target" and not self.target_labels:
                scores[domain] = None
                continue
            keys = [image.key for image in self.images if image.domain == domain]
            size = len(self.names)
            matrices = {key: cross_table(self.labels[key], masks[key], size) for key in keys}
            scores[domain] = {
                "split": f"{domain}/val",
                "num_images": len(keys),
                **score(np.sum(list(matrices.values()), axis=0)),
                "images": {key: score_of_image(matrix) for key, matrix in matrices.items()},
            }
        return scores

    def finish(self) -> None:
        self.writer.update(step=self.steps, stage="adapt")
        self.writer.end("finished")


def write_synthetic_run(runs_dir: Path, *, finished: bool = True, **options: object) -> Path:
    """Write a whole run with snapshots at 0, 10, 20 (before), 30, 40; return its folder.

    A finished one without options is written once and copied from then on, which is much faster.
    """
    if finished and not options:
        made = _finished_run()
        return Path(shutil.copytree(made, runs_dir / made.name))
    return _write_run(runs_dir, finished=finished, **options)


@cache
def _finished_run() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="synthetic-")
    atexit.register(folder.cleanup)
    return _write_run(Path(folder.name), finished=True)


def _write_run(runs_dir: Path, *, finished: bool, **options: object) -> Path:
    run = SyntheticRun(runs_dir, **options)  # type: ignore[arg-type]
    run.write_probe()
    run.write_metrics(run.steps)
    for step in range(0, run.steps + 1, run.steps // 4):
        run.write_snapshot(step)
    if finished:
        run.finish()
    return run.path


def margin_row(step: int, value: float) -> MeasureRow:
    """Return a measure of the target's pixels as the analysis writes it."""
    return MeasureRow(step, None, "target", "truth", "margin_mean", value, "cosine")


def set_recorded(path: Path, **changes: object) -> None:
    """Rewrite fields of a run's `run.json`, e.g. to age its heartbeat (and with it the file).

    With `process_started` the run is another process's: the one that made it lets it go.
    """
    from spcl.store.reader import Run

    if "process_started" in changes and path in _writers:
        abandon(_writers[path])
    info = replace(Run(path).info(), **changes)  # type: ignore[arg-type]
    (path / schema.RUN_FILE).write_bytes(json_bytes(info.to_json()))
    if "heartbeat_at" in changes:
        age = schema.seconds_since(info.heartbeat_at)
        os.utime(path / schema.RUN_FILE, (time.time() - age, time.time() - age))


def abandon(writer: RunWriter) -> None:
    """Let go of a run as a killed process does: without a word."""
    writer._ended.set()
    writer._ownership.release()


if __name__ == "__main__":
    print(write_synthetic_run(Path(sys.argv[1]), pixels_per_class=200, images=12, channels=64))
