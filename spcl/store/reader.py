"""Read a run, finished or growing, without trusting a byte of it.

Everything damaged becomes one sentence (`StoreError`); one bad run never takes others down.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from spcl.store import schema
from spcl.store.errors import DamagedError, NewerSchemaError, StoreError
from spcl.store.formats.files import WRONG_CONTENT, plain, read_json
from spcl.store.formats.jsonl import MetricsTail, last_row_per_step
from spcl.store.formats.own_files import is_own_folder, own_entries
from spcl.store.formats.text import one_line
from spcl.store.life.arriving import is_arriving, still_arriving
from spcl.store.life.status import Status, StatusKind, status_of
from spcl.store.observed import Probe, Snapshot
from spcl.store.schema import RunInfo, step_folder

__all__ = [
    "MetricsTail",
    "Probe",
    "Run",
    "RunSummary",
    "Snapshot",
    "Status",
    "StatusKind",
    "last_row_per_step",
    "list_runs",
    "status_of",
]


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


def list_runs(
    runs_dir: Path, *, info_of: Callable[["Run"], RunInfo] | None = None
) -> list[RunSummary]:
    """Return every run folder below `runs_dir`, newest id first; never raises for a bad one.

    Args:
        runs_dir: the folder of all runs.
        info_of: reads what a run says of itself, for whoever remembers it; `Run.info` by default.
    """
    read = info_of or Run.info
    try:
        folders = [path for path in runs_dir.iterdir() if _looks_like_run(path)]
    except OSError:
        return []
    return [_summary(path, read) for path in sorted(folders, key=lambda p: p.name, reverse=True)]


def _looks_like_run(path: Path) -> bool:
    names = (schema.RUN_FILE, schema.METRICS_FILE, schema.SNAPSHOTS_FOLDER, schema.PROBE_FOLDER)
    if path.name.startswith("."):
        return False
    if any(os.path.lexists(path / name) for name in names):
        return not is_arriving(path)
    return path.is_dir() and not os.access(path, os.X_OK)  # it may be one: its row says why


def _summary(path: Path, read: Callable[["Run"], RunInfo]) -> RunSummary:
    try:
        info = read(Run(path))
        status = status_of(info, path)
    except StoreError as error:
        return _damaged(path, str(error))
    except Exception as error:  # whatever one run holds, the others keep their rows
        return _damaged(path, f"{path.name} cannot be read ({plain(error)})")
    title = info.title or one_line(path.name)
    problem = _problem(status, info)
    return RunSummary(path.name, path, status.kind, info.stage, info.step, title, problem)


def _damaged(path: Path, problem: str) -> RunSummary:
    name = one_line(path.name)
    return RunSummary(path.name, path, "damaged", "", 0, name, one_line(problem, 600))


def _readable(info: RunInfo) -> RunInfo:
    """Return what a run says of itself with texts that can be shown; class names stay as keys."""
    space = info.label_space
    classes = tuple(replace(one, display=one_line(one.display, 80)) for one in space.classes)
    domains = {key: one_line(text, 80) for key, text in space.domain_names.items()}
    return replace(
        info,
        title=one_line(info.title, 120),
        stage=one_line(info.stage, 80),
        failure=None if info.failure is None else one_line(info.failure),
        notes=tuple(one_line(note) for note in info.notes[:20]),
        label_space=replace(space, classes=classes, domain_names=domains),
    )


def _problem(status: Status, info: RunInfo) -> str | None:
    if status.kind == "crashed":
        return f"process {status.pid} is gone, last heard of at step {info.step}"
    if status.kind == "stalled" and status.elsewhere:
        return f"nothing heard from {status.elsewhere} for {status.seconds_since_write:.0f} s"
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
        if not os.path.lexists(self.path):
            raise DamagedError(
                f"{self.path} is missing: it was moved or removed, or never there; choose another "
                "run, or name the folder where it is now"
            )
        raw = read_json(path, within=self.path)
        version = raw.get("schema_version")
        if not isinstance(version, int):
            raise DamagedError(f"{path} has no schema_version; it is not a run of this program")
        if version > schema.SCHEMA_VERSION:
            raise NewerSchemaError(
                f"{self.path.name} has schema version {version}, this program reads up to "
                f"{schema.SCHEMA_VERSION}; update the program to open it"
            )
        try:
            return _readable(replace(RunInfo.from_json(raw), id=self.path.name))
        except WRONG_CONTENT as error:
            raise DamagedError(f"{path} is damaged ({plain(error)}); copy the run again") from None

    def status(self) -> Status:
        """Return how the run stands now."""
        return status_of(self.info(), self.path)

    def steps(self) -> list[int]:
        """Return the steps of the published snapshots, ascending; see `arriving`."""
        folders = self.folders()
        waited_for = self._arriving(folders)
        return [step for step in folders if step not in waited_for]

    def arriving(self) -> list[int]:
        """Return the steps of snapshots that a copy is still bringing, ascending."""
        return sorted(self._arriving(self.folders()))

    def _arriving(self, folders: list[int]) -> set[int]:
        names = {step_folder(step): step for step in folders}
        place = self.path / schema.SNAPSHOTS_FOLDER
        return {names[name] for name in still_arriving(place, list(names), within=self.path)}

    def folders(self) -> list[int]:
        """Return the steps that have a folder of a snapshot, ascending, whole or not."""
        names = own_entries(self.path / schema.SNAPSHOTS_FOLDER, within=self.path)
        return schema.steps_of(names)

    def snapshot(self, step: int) -> Snapshot:
        """Return the snapshot at `step` (StoreError if it is not published)."""
        path = self.path / schema.SNAPSHOTS_FOLDER / step_folder(step)
        if not is_own_folder(path, within=self.path):
            steps = self.steps()
            have = f"it has {len(steps)}, the last at step {steps[-1]}" if steps else "it has none"
            raise StoreError(f"{self.path.name} has no snapshot at step {step}; {have}")
        return Snapshot(path, step)

    def probe(self) -> Probe:
        """Return what every snapshot observes (StoreError if it is not written yet)."""
        path = self.path / schema.PROBE_FOLDER
        if not os.path.lexists(path / schema.PROBE_FILE):
            raise StoreError(f"{self.path.name} has not written its probe images yet")
        return Probe(path)

    def metrics(self) -> MetricsTail:
        """Return a tail of `metrics.jsonl`, at its beginning."""
        return MetricsTail(self.path / schema.METRICS_FILE, within=self.path)

    def scored_rows(self) -> MetricsTail:
        """Return a tail of `scores.jsonl`, at its beginning; the last row of a step counts."""
        return MetricsTail(self.path / schema.SCORED_FILE, within=self.path)

    @property
    def derived_path(self) -> Path:
        """Return where this run's derived results are looked for."""
        return self.path / schema.DERIVED_FOLDER
