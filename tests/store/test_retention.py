"""Which snapshots stay, and that the others go whole, whoever looks at them meanwhile."""

import os
import signal
import subprocess
import sys
import time

import pytest

from spcl.analysis.worker import analyse
from spcl.store.derived.reader import DerivedReader
from spcl.store.errors import StoreError
from spcl.store.reader import Run
from spcl.store.retention import Retention
from spcl.store.validation import faults
from spcl.store.writer import RunWriter
from tests import ROOT
from tests.support.synthetic_run import SyntheticRun


def left_over(rule, steps, *, before, fresh=1):
    gone = Retention.parse(rule).superseded(steps, spared=[before], fresh=fresh)
    return [step for step in steps if step not in gone]


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("all", [0, 10, 20, 30, 40, 50, 55]),
        ("last 2", [20, 50, 55]),
        ("last 1", [20, 55]),
        ("last 99", [0, 10, 20, 30, 40, 50, 55]),
        ("every 20", [0, 20, 40, 55]),
        ("every 50", [0, 20, 50, 55]),
    ],
)
def test_a_rule_keeps_before_and_last_and_its_own(rule, kept):
    assert left_over(rule, [0, 10, 20, 30, 40, 50, 55], before=20) == kept


def test_while_a_run_goes_on_the_last_two_stay():
    assert left_over("last 1", [0, 10, 20, 30], before=0, fresh=2) == [0, 20, 30]


@pytest.mark.parametrize("rule", ["last 1", "last 3", "every 20", "every 7", "all"])
def test_one_by_one_ends_as_all_at_once_and_is_bounded(rule):
    steps, there, most = list(range(0, 200, 5)), set(), 0
    parsed = Retention.parse(rule)
    for step in steps:
        there.add(step)
        most = max(most, len(there))
        there -= set(parsed.superseded(there, spared=[50]))
    there -= set(parsed.superseded(there, spared=[50], fresh=1))
    assert sorted(there) == left_over(rule, steps, before=50)
    assert parsed.most(steps, spared=[50]) == most


@pytest.mark.parametrize("rule", ["", "none", "every", "every 0", "last -1", "last 2.5", "Every 3"])
def test_another_rule_is_refused(rule):
    with pytest.raises(ValueError, match="is no rule; use"):
        Retention.parse(rule)


@pytest.fixture
def run(tmp_path):
    written = SyntheticRun(tmp_path)
    written.write_probe()
    for step in (0, 10, 20, 30, 40):
        written.write_metrics(step)
        written.write_snapshot(step)
    return written


def test_a_removed_snapshot_leaves_a_sound_run(run):
    run.writer.remove_snapshots([10, 30])
    reader = Run(run.path)
    assert reader.steps() == [0, 20, 40]
    assert list(faults(reader)) == []
    assert sorted(path.name for path in (run.path / "snapshots").iterdir()) == [
        "step_0000000", "step_0000020", "step_0000040",
    ]  # fmt: skip
    with pytest.raises(StoreError, match="has no snapshot at step 30; it has 3, the last at"):
        reader.snapshot(30)


def test_what_a_reader_has_open_stays_readable(run):
    snapshot = Run(run.path).snapshot(30)
    with snapshot.mask_path("target-frame_0").open("rb") as stream:
        first = stream.read(8)
        run.writer.remove_snapshots([30])
        assert (first + stream.read()).endswith(b"IEND\xaeB`\x82")


def test_no_reader_ever_sees_a_half(run, monkeypatch):
    """While the files of a snapshot go one by one, it is none of the run any more."""
    from spcl.store.life import leftovers

    seen, real = [], leftovers.shutil.rmtree

    def slowly(path, **more):
        seen.append(Run(run.path).steps())
        assert list(faults(Run(run.path))) == []
        real(path, **more)

    monkeypatch.setattr(leftovers.shutil, "rmtree", slowly)
    run.writer.remove_snapshots([30])
    assert seen[-1] == [0, 10, 20, 40]


KILLED = """
import os, shutil, signal, sys, time
from pathlib import Path
from spcl.store.life import leftovers
from tests.support.synthetic_run import SyntheticRun

run = SyntheticRun(Path(sys.argv[1]))
run.write_probe()
for step in (0, 10, 20, 30):
    run.write_snapshot(step)

def half(path, **more):
    if not path.exists():
        return
    (path / "features.npy").unlink()
    os.kill(os.getpid(), signal.SIGKILL)

leftovers.shutil.rmtree = half
run.writer.remove_snapshots([10])
"""


@pytest.mark.slow
def test_kill_9_while_one_is_removed_leaves_none_that_is_half(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    run = Run(tmp_path / "20260101-000000-synthetic")
    assert run.steps() == [0, 20, 30]
    assert list(faults(run)) == []
    hidden = [path.name for path in (run.path / "snapshots").iterdir() if path.name[0] == "."]
    assert len(hidden) == 1
    RunWriter.reopen(run.path, run.info()).end("stopped")
    assert not [path for path in (run.path / "snapshots").iterdir() if path.name[0] == "."]
    assert run.steps() == [0, 20, 30]


@pytest.mark.slow
def test_measures_and_events_stay_maps_and_mask_reports_go(run):
    analyse(Run(run.path))
    derived = DerivedReader(Run(run.path))
    before, events = derived.measures().read(), derived.events().read()
    layout = derived.layout("umap")
    places = derived.stored_positions(layout, 40)
    run.writer.remove_snapshots([10, 30])
    run.finish()
    analyse(Run(run.path))
    assert derived.measures().read() == before
    assert derived.events().read()[: len(events)] == events
    for method in ("pca", "umap"):
        layout = derived.layout(method)
        assert sorted(layout.steps) == [0, 20, 40]
        folder = derived.path / "projections" / layout.name
        assert {path.name for path in folder.glob("step_*")} == {
            "step_0.npy", "step_20.npy", "step_40.npy",
        }  # fmt: skip
    assert (derived.stored_positions(layout, 40) == places).all()
    reports = {path.name for path in (derived.path / "masks").iterdir()}
    assert reports == {"step_0.json", "step_20.json", "step_40.json"}
    assert derived.is_complete([0, 20, 40], measured={row["step"] for row in before})


@pytest.mark.slow
def test_a_snapshot_removed_under_the_analysis_is_no_failure(run, monkeypatch):
    from spcl.analysis import run_analysis

    real, removed = run_analysis.rows_at, []

    def gone(history, snapshot):
        if snapshot.step == 30 and not removed:
            removed.append(30)
            run.writer.remove_snapshots([30])
        return real(history, snapshot)

    monkeypatch.setattr(run_analysis, "rows_at", gone)
    run.finish()
    analyse(Run(run.path))
    assert removed
    kinds = {row["kind"] for row in DerivedReader(Run(run.path)).events().read()}
    assert not kinds & {"analysis_failed", "measure_failed"}
    assert {row["step"] for row in DerivedReader(Run(run.path)).measures().read()} >= {0, 10, 20}


@pytest.mark.long
def test_an_analysis_beside_a_run_that_removes_ends_without_failures(tmp_path):
    """The real worker, while the newest two alone stay."""
    written = SyntheticRun(tmp_path, steps=400)
    written.write_probe()
    written.writer.update(before_step=0)
    worker = subprocess.Popen(
        [sys.executable, "-m", "spcl", "analyse", str(written.path), "--follow"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    keep = Retention.parse("last 1")
    for step in range(0, 240, 10):
        written.write_metrics(step)
        written.write_snapshot(step)
        steps = Run(written.path).steps()
        written.writer.remove_snapshots(keep.superseded(steps, spared=[0]))
        time.sleep(0.25)
    written.finish()
    assert worker.wait(timeout=120) == 0
    derived = DerivedReader(Run(written.path))
    kinds = {row["kind"] for row in derived.events().read()}
    assert not kinds & {"analysis_failed", "measure_failed"}
    assert set(derived.layout("umap").steps) == {0, 220, 230} == set(Run(written.path).steps())
