"""A copy stands still within a snapshot: what fails of it is done anew when the copy goes on."""

import shutil
import threading
import time

import pytest

from dashboard.server.analysis_processes import is_complete
from spcl.analysis import failures, run_analysis
from spcl.analysis.events.judge import all_events
from spcl.analysis.worker import analyse
from spcl.store.derived.reader import DerivedReader
from spcl.store.life import arriving
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

pytestmark = pytest.mark.slow

STEP = 20
"""The end of the warm-up, with which later snapshots are compared."""
MASK = "masks/target-frame_0.png"


@pytest.fixture
def copy(analyzed_run, tmp_path, monkeypatch):
    """A run without results, in which nothing is waited for any more."""
    monkeypatch.setattr(arriving, "QUIET_SECONDS", 0)
    monkeypatch.setattr(failures, "LOOK_SECONDS", 0)
    path = shutil.copytree(
        analyzed_run, tmp_path / analyzed_run.name, ignore=shutil.ignore_patterns("derived")
    )
    return Run(path)


class Lacking:
    """Files of a snapshot that the copy has still to bring."""

    def __init__(self, run, names, step=STEP):
        self.folder, self.names = run.path / "snapshots" / f"step_{step:07d}", names
        self.aside = run.path.parent / "aside"
        for name in names:
            (self.aside / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).rename(self.aside / name)

    def come(self):
        for name in self.names:
            (self.aside / name).rename(self.folder / name)


def rows_of(run):
    return sorted(map(str, DerivedReader(run).measures().read()))


def events_of(run):
    rows = DerivedReader(run).events().read()
    return sorted(str(row) for row in rows if row["kind"] != "map_rebuilt")


def kinds_of(run):
    return {(row["kind"], row["step"]) for row in DerivedReader(run).events().read()}


LACKING = (
    ["predictions.npz"],
    ["prototypes.npz"],
    ["features.npy"],
    ["scores.json"],
    [MASK],
    ["features.npy", MASK, "predictions.npz", "prototypes.npz", "scores.json"],
)


@pytest.mark.parametrize("names", LACKING, ids=" ".join)
def test_what_failed_for_want_of_a_file_is_as_if_it_had_never_failed(copy, analyzed_run, names):
    lacking = Lacking(copy, names)
    analyse(copy)
    assert kinds_of(copy) & {("measure_failed", STEP), ("analysis_failed", STEP)}
    lacking.come()
    assert not is_complete(copy.path)
    analyse(copy)
    assert is_complete(copy.path)
    assert rows_of(copy) == rows_of(Run(analyzed_run))
    assert events_of(copy) == sorted(str(event.to_json()) for event in all_events(copy))
    assert DerivedReader(copy).mask_report(40) == DerivedReader(Run(analyzed_run)).mask_report(40)
    for method in ("pca", "umap"):
        assert sorted(DerivedReader(copy).layout(method).steps) == [0, 10, 20, 30, 40]


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_the_analysis_that_met_half_a_snapshot_goes_on_with_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(arriving, "QUIET_SECONDS", 0)
    monkeypatch.setattr(failures, "LOOK_SECONDS", 0.1)
    run = Run(write_synthetic_run(tmp_path, finished=False))
    lacking = Lacking(run, ["predictions.npz", MASK])
    ended = threading.Event()
    monkeypatch.setattr("spcl.analysis.worker._is_growing", lambda _: not ended.is_set())
    worker = threading.Thread(target=analyse, args=[run], kwargs={"follow": True})
    worker.start()
    failed = {("measure_failed", STEP), ("analysis_failed", STEP)}
    try:
        until(lambda: failed <= kinds_of(run))
        lacking.come()
        until(lambda: not failed & kinds_of(run))
    finally:
        ended.set()
        worker.join(timeout=120)
    assert events_of(run) == sorted(str(event.to_json()) for event in all_events(run))
    assert DerivedReader(run).mask_report(STEP) is not None


@pytest.mark.parametrize("names", [["predictions.npz"], ["features.npy"]], ids=" ".join)
def test_what_stays_damaged_is_measured_once_and_again_when_it_is_damaged_otherwise(
    copy, monkeypatch, names
):
    measured = []

    def counted(history, snapshot, **options):
        measured.append(snapshot.step)
        return rows_at(history, snapshot, **options)

    rows_at = run_analysis.rows_at
    monkeypatch.setattr(run_analysis, "rows_at", counted)
    Lacking(copy, names)
    analyse(copy)
    rows, events = rows_of(copy), events_of(copy)
    assert sorted(measured) == [0, 10, 20, 30, 40]
    analyse(copy)
    assert sorted(measured) == [0, 10, 20, 30, 40]
    assert (rows_of(copy), events_of(copy)) == (rows, events)
    (copy.path / "snapshots" / f"step_{STEP:07d}" / names[0]).write_bytes(b"torn")
    analyse(copy)
    assert sorted(measured) == [0, 10, 20, 20, 30, 30, 40, 40]
    again = {(row["step"], row["kind"]) for row in DerivedReader(copy).events().read()}
    assert {kind for step, kind in again if step == STEP} & {"measure_failed", "analysis_failed"}


def test_a_failure_that_an_older_program_did_not_note_is_tried_once_more(copy):
    lacking = Lacking(copy, ["predictions.npz"])
    analyse(copy)
    (copy.derived_path / "measures.failed.json").unlink()
    lacking.come()
    analyse(copy)
    assert not {kind for kind, _ in kinds_of(copy)} & {"measure_failed", "analysis_failed"}
