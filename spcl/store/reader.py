"""Read a run, finished or growing, without trusting a byte of it.

Everything damaged becomes one sentence (`StoreError`); one bad run never takes others down.
"""

import json
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spcl.store import schema
from spcl.store.errors import DamagedError, NewerSchemaError, StoreError
from spcl.store.files import load_npy, load_npz, load_png, plain, read_json
from spcl.store.process import is_alive
from spcl.store.schema import Domain, ProbeImage, RunInfo, step_folder

_WRONG_CONTENT = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What JSON of another shape makes `from_json` raise."""

StatusKind = Literal["running", "stalled", "crashed", "finished", "stopped", "failed", "damaged"]


@dataclass(frozen=True)
class Status:
    """How a run stands now, computed from heartbeat and process, never guessed."""

    kind: StatusKind
    seconds_since_write: float
    pid: int
    process_alive: bool | None
    failure: str | None = None


def status_of(info: RunInfo) -> Status:
    """Return how the run stands: crashed = its process is gone, stalled = 30 s of silence."""
    silent = max(0.0, schema.seconds_since(info.heartbeat_at))
    if info.status != "running":
        return Status(info.status, silent, info.pid, None, info.failure)
    alive = is_alive(info.pid, started=info.process_started, host=info.host)
    kind: StatusKind = "running"
    if alive is False:
        kind = "crashed"
    elif silent > schema.STALLED_AFTER_SECONDS:
        kind = "stalled"
    return Status(kind, silent, info.pid, alive, info.failure)


@dataclass(frozen=True)
class RunSummary:
    """One row of the list of runs; a damaged run keeps its row and says why."""

    id: str
    path: Path
    status: StatusKind
    stage: str
    step: int
    title: str
    problem: str | None


def list_runs(runs_dir: Path) -> list[RunSummary]:
    """Return every run folder below `runs_dir`, newest id first; never raises for a bad one."""
    try:
        folders = [path for path in runs_dir.iterdir() if _looks_like_run(path)]
    except OSError:
        return []
    return [_summary(path) for path in sorted(folders, key=lambda p: p.name, reverse=True)]


def _looks_like_run(path: Path) -> bool:
    names = (schema.RUN_FILE, schema.METRICS_FILE, schema.SNAPSHOTS_FOLDER, schema.PROBE_FOLDER)
    try:
        return not path.name.startswith(".") and any((path / name).exists() for name in names)
    except OSError:
        return False


def _summary(path: Path) -> RunSummary:
    try:
        info = Run(path).info()
    except StoreError as error:
        return RunSummary(path.name, path, "damaged", "", 0, path.name, str(error))
    status = status_of(info)
    return RunSummary(
        path.name,
        path,
        status.kind,
        info.stage,
        info.step,
        info.title or path.name,
        _problem(status, info),
    )


def _problem(status: Status, info: RunInfo) -> str | None:
    if status.kind == "crashed":
        return f"process {status.pid} is gone, last step {info.step}"
    if status.kind == "stalled":
        return f"nothing written for {status.seconds_since_write:.0f} s, process {status.pid}"
    return status.failure


class Run:
    """A run folder; every method reads the disk anew, except what never changes."""

    def __init__(self, path: Path) -> None:
        """Point at `path`; nothing is read yet."""
        self.path = Path(path)

    @classmethod
    def open(cls, path: Path) -> "Run":
        """Return the run at `path` after reading its `run.json` once (StoreError if it cannot)."""
        run = cls(path)
        run.info()
        return run

    def info(self) -> RunInfo:
        """Read `run.json` (StoreError: missing, damaged, newer); the folder names the run."""
        path = self.path / schema.RUN_FILE
        raw = read_json(path)
        version = raw.get("schema_version")
        if not isinstance(version, int):
            raise DamagedError(f"{path} has no schema_version; it is not a run of this program")
        if version > schema.SCHEMA_VERSION:
            raise NewerSchemaError(
                f"{self.path.name} has schema version {version}, this program reads up to "
                f"{schema.SCHEMA_VERSION}; update the program to open it"
            )
        try:
            return replace(RunInfo.from_json(raw), id=self.path.name)
        except _WRONG_CONTENT as error:
            raise DamagedError(f"{path} is damaged ({plain(error)}); copy the run again") from None

    def status(self) -> Status:
        """Return how the run stands now."""
        return status_of(self.info())

    def steps(self) -> list[int]:
        """Return the steps of the published snapshots, ascending."""
        try:
            names = [path.name for path in (self.path / schema.SNAPSHOTS_FOLDER).iterdir()]
        except OSError:
            return []
        steps = (name.removeprefix("step_") for name in names if name.startswith("step_"))
        return sorted(
            int(step)
            for step in steps
            if step.isascii() and step.isdigit() and f"step_{step}" == step_folder(int(step))
        )

    def snapshot(self, step: int) -> "Snapshot":
        """Return the snapshot at `step` (StoreError if it is not published)."""
        path = self.path / schema.SNAPSHOTS_FOLDER / step_folder(step)
        if not path.is_dir():
            steps = self.steps()
            have = f"it has {len(steps)}, the last at step {steps[-1]}" if steps else "it has none"
            raise StoreError(f"{self.path.name} has no snapshot at step {step}; {have}")
        return Snapshot(path, step)

    def probe(self) -> "Probe":
        """Return what every snapshot observes (StoreError if it is not written yet)."""
        if not (self.path / schema.PROBE_FOLDER / schema.PROBE_FILE).exists():
            raise StoreError(f"{self.path.name} has not written its probe images yet")
        return Probe(self.path / schema.PROBE_FOLDER)

    def metrics(self) -> "MetricsTail":
        """Return a tail of `metrics.jsonl`, at its beginning."""
        return MetricsTail(self.path / schema.METRICS_FILE)

    @property
    def derived_path(self) -> Path:
        """Return where this run's derived results are looked for."""
        return self.path / schema.DERIVED_FOLDER


class MetricsTail:
    """Follow a growing JSONL file: each `read` returns only what is new."""

    def __init__(self, path: Path) -> None:
        """Stand at the beginning of `path`, which need not exist yet."""
        self.path = path
        self.skipped = 0
        self.torn = False
        self._offset = 0
        self._inode: int | None = None

    def read(self) -> list[dict[str, Any]]:
        """Return the rows since the last call; a line counts once its newline is there.

        `torn` tells whether bytes without a newline follow, `skipped` counts unreadable lines.
        """
        try:
            with self.path.open("rb") as stream:
                stat = os.fstat(stream.fileno())
                if stat.st_ino != self._inode or stat.st_size < self._offset:
                    self._inode, self._offset = stat.st_ino, 0
                stream.seek(self._offset)
                content = stream.read()
        except OSError:
            return []
        complete = content.rfind(b"\n") + 1
        self.torn = complete < len(content)
        self._offset += complete
        rows = [self._row(line) for line in content[:complete].splitlines() if line.strip()]
        return [row for row in rows if row is not None]

    def _row(self, line: bytes) -> dict[str, Any] | None:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            self.skipped += 1
            return None
        return row


def last_row_per_step(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows ascending by step, the last one of a step (after a resume it counts)."""
    by_step = {row["step"]: row for row in rows if isinstance(row.get("step"), int)}
    return [by_step[step] for step in sorted(by_step)]


class Probe:
    """The probe images and pixels of a run; written once."""

    def __init__(self, path: Path) -> None:
        """Point at the probe folder."""
        self.path = path

    @cached_property
    def images(self) -> tuple[ProbeImage, ...]:
        """Return the probe images in order; `pixels["image"]` indexes them."""
        path = self.path / schema.PROBE_FILE
        try:
            return tuple(ProbeImage.from_json(entry) for entry in read_json(path)["images"])
        except _WRONG_CONTENT as error:
            raise DamagedError(f"{path} is damaged ({plain(error)}); copy the run again") from None

    @cached_property
    def pixels(self) -> dict[str, NDArray[Any]]:
        """Return the probe pixels, each (N,): image, row, column, class_id, domain.

        `class_id` is 255 where there is no label; `domain` is 0 for source, 1 for target.
        """
        path = self.path / schema.PIXELS_FILE
        return load_npz(path, ("image", "row", "column", "class_id", "domain"))

    def image(self, key: str) -> ProbeImage:
        """Return the probe image named `key` (StoreError if there is none)."""
        for image in self.images:
            if image.key == key:
                return image
        raise StoreError(f"there is no probe image {key}; the run has {len(self.images)} others")

    def picture(self, key: str) -> NDArray[np.uint8]:
        """Return the input as RGB (H, W, 3), 0..255."""
        return load_png(self.picture_path(key), mode="RGB")

    def picture_path(self, key: str) -> Path:
        """Return the PNG of the input of a listed image."""
        return self.path / f"{self.image(key).key}.png"

    def label(self, key: str) -> NDArray[np.uint8] | None:
        """Return the true class ids (H, W), 255 where unlabelled; None without a label."""
        return load_png(self.label_path(key)) if self.image(key).has_label else None

    def label_path(self, key: str) -> Path:
        """Return the palette PNG of the label of a listed image."""
        return self.path / f"{self.image(key).key}.label.png"


class Snapshot:
    """What was observed at one step; published whole, never changes."""

    def __init__(self, path: Path, step: int) -> None:
        """Point at a snapshot folder."""
        self.path = path
        self.step = step

    @cached_property
    def features(self) -> NDArray[np.float16]:
        """Return unit-length features (N, C), row i is probe pixel i."""
        array = load_npy(self.path / schema.FEATURES_FILE)
        if array.ndim != 2:
            raise DamagedError(f"{self.path}: features.npy is not (N, C); copy the run again")
        return array

    @cached_property
    def predictions(self) -> dict[str, NDArray[Any]]:
        """Return class_id (N,), confidence (N,) in [0, 1], kept (N,) bool of the probe pixels."""
        path = self.path / schema.PREDICTIONS_FILE
        return load_npz(path, ("class_id", "confidence", "kept"))

    @cached_property
    def prototypes(self) -> dict[str, NDArray[Any]]:
        """Return vectors (K, C), pixel_count (K,), age (K,), seen (K,) bool."""
        path = self.path / schema.PROTOTYPES_FILE
        return load_npz(path, ("vectors", "pixel_count", "age", "seen"))

    @cached_property
    def scores(self) -> dict[str, Any]:
        """Return `scores.json`: per domain the confusion (K, K), IoU per class, mean IoU."""
        path = self.path / schema.SCORES_FILE
        found = read_json(path)
        if not all(isinstance(found.get(name), dict | None) for name in schema.DOMAINS):
            raise DamagedError(f"{path} holds no scores; copy the run again")
        return found

    def mask_path(self, key: str) -> Path:
        """Return the palette PNG with the predicted class ids of probe image `key`."""
        return self.path / schema.MASKS_FOLDER / f"{key}.png"

    def confidence_path(self, key: str) -> Path:
        """Return the grey PNG with the confidence (255 is 1) of probe image `key`."""
        return self.path / schema.MASKS_FOLDER / f"{key}.confidence.png"

    def mask(self, key: str) -> NDArray[np.uint8]:
        """Return the predicted class ids (H, W)."""
        return load_png(self.mask_path(key))

    def confidence(self, key: str) -> NDArray[np.uint8]:
        """Return the confidence (h, w), 255 is 1; may be coarser than the mask."""
        return load_png(self.confidence_path(key))


def domain_index(domain: Domain) -> int:
    """Return 0 for source, 1 for target, as in `pixels["domain"]`."""
    return schema.DOMAINS.index(domain)
