"""Runs to put load on the dashboard with: long ones, many of them, and one that goes on growing.

`python -m benchmarks.stress.load_runs FOLDER SECONDS` writes a run step by step by the real writer,
four rows a second and a snapshot every ten seconds, without training: it costs a few percent of a
core, and leaves the rest to what is measured.
"""

import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from spcl.analysis.worker import analyse
from spcl.store import schema
from spcl.store.formats.encoding import json_bytes
from spcl.store.reader import Run
from spcl.store.schema import METRICS_FILE
from spcl.store.scores.whole import whole_splits
from tests.support.synthetic_run import CITYSCAPES, SyntheticRun

LIVE = "20260101-000000-live"
ROWS_A_SECOND = 4
SNAPSHOT_EVERY_ROWS = 40
_TOTAL = 100_000


def write_run(folder: Path, run_id: str, *, snapshots: int, rows: int) -> Path:
    """Write a finished run and analyse it; its warm-up ends after the second snapshot."""
    run = _with_probe(folder, run_id, steps=10 * snapshots)
    return _finished(run, (_row(step) for step in range(1, rows + 1)), snapshots)


def write_official(folder: Path, run_id: str, *, snapshots: int, rows: int) -> Path:
    """Write a run as `write_run`, of the size of the official configurations.

    19 classes, 60 images, rows with values for every class, and scores of whole splits.
    """
    run = SyntheticRun(
        folder,
        run_id=run_id,
        steps=10 * snapshots,
        images=30,
        pixels_per_class=60,
        channels=32,
        names=CITYSCAPES,
    )
    run.write_probe()
    run.writer.update(before_step=10)
    of_classes = {
        "pseudo_labels/kept_per_class": [0.5] * len(CITYSCAPES),
        "pseudo_labels/threshold": [0.9] * len(CITYSCAPES),
    }
    each = ({**_row(step), **of_classes} for step in range(1, rows + 1))
    return _finished(run, each, snapshots, has_whole_scores=True)


def _finished(
    run: SyntheticRun,
    rows: Iterable[dict[str, object]],
    snapshots: int,
    *,
    has_whole_scores: bool = False,
) -> Path:
    lines = (json_bytes(row) + b"\n" for row in rows)
    (run.path / METRICS_FILE).write_bytes(b"".join(lines))
    for step in range(0, 10 * snapshots, 10):
        run.write_snapshot(step)
        if has_whole_scores:
            whole = whole_splits(Run(run.path).snapshot(step).scores)
            run.writer.append_scores({"step": step, "time": schema.utc_now(), **whole})
    run.finish()
    analyse(Run(run.path))
    return run.path


def copies(path: Path, number: int) -> list[Path]:
    """Copy a run, beside itself, under other names."""
    made = [path.with_name(f"{path.name}-{index:04}") for index in range(number)]
    for copy in made:
        shutil.copytree(path, copy)
    return made


def write_live(folder: Path, seconds: float) -> None:
    """Write a run that grows for some seconds, and end it."""
    run = begun(folder, LIVE)
    step, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1 / ROWS_A_SECOND)
        step += 1
        run.writer.append_metrics(_row(step))
        if step % SNAPSHOT_EVERY_ROWS == 0:
            run.write_snapshot(step)
    run.finish()


def begun(folder: Path, run_id: str) -> SyntheticRun:
    """Begin a run that this process goes on writing; it has its first snapshot."""
    run = _with_probe(folder, run_id, steps=_TOTAL)
    run.write_snapshot(0)
    return run


def _with_probe(folder: Path, run_id: str, *, steps: int) -> SyntheticRun:
    run = SyntheticRun(
        folder, run_id=run_id, steps=steps, images=6, pixels_per_class=200, channels=32
    )
    run.write_probe()
    run.writer.update(before_step=10 if steps < _TOTAL else SNAPSHOT_EVERY_ROWS)
    return run


def _row(step: int) -> dict[str, object]:
    return {
        "step": step,
        "time": schema.utc_now(),
        "stage": "warmup" if step <= 10 else "adapt",
        "loss/total": 3.0 / step + 0.5,
        "loss/segmentation": 2.0 / step + 0.4,
        "loss/contrast": 1.0 / step + 0.1,
        "pseudo_labels/kept": 0.5,
        "lr": 1e-3,
        "seconds_per_step": 0.25,
    }


if __name__ == "__main__":
    write_live(Path(sys.argv[1]), float(sys.argv[2]))
