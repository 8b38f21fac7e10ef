import json
import shutil

import numpy as np
import pytest

from spcl.analysis.measures.history import History, traces
from spcl.analysis.measures.table import Context, context_of
from spcl.analysis.run_analysis import RunAnalysis
from spcl.store.derived.writer import DerivedWriter
from spcl.store.reader import Run
from tests.support.synthetic_run import SyntheticRun, write_synthetic_run

CONTEXT = Context(("a", "b"), np.array([0, 1]), np.array([1, 1]))


class Bare:
    """A snapshot of two prototypes, one of which stays where it is."""

    def __init__(self, step, angle, *, seen=(True, False), kept=(True, True)):
        a = np.radians(angle)
        vectors = np.array([[np.cos(a), np.sin(a)], [1.0, 0.0]])
        self.step = step
        self.prototypes = {"vectors": vectors, "seen": np.array(seen)}
        self.predictions = {"class_id": np.array([0, 1]), "kept": np.array(kept)}


def test_a_path_adds_up_angles_and_passes_over_gaps():
    whole = [Bare(step, angle) for step, angle in enumerate((0, 30, 50, 20))]
    assert traces(whole, CONTEXT)[-1].path[0] == pytest.approx(30 + 20 + 30)
    assert np.isnan(traces(whole, CONTEXT)[-1].path[1])
    whole[1] = Bare(1, 30, seen=(False, False))
    assert traces(whole, CONTEXT)[-1].path[0] == pytest.approx(50 + 30)
    assert np.isnan(traces(whole, CONTEXT)[2].drift[0])


def test_the_highest_so_far_stays():
    course = [Bare(0, 90, seen=(True, True)), Bare(1, 10, seen=(True, True), kept=(False, True))]
    first, last = traces(course, CONTEXT)
    assert first.rank == pytest.approx(2) == last.highest_rank
    assert last.rank < 2
    assert (last.kept.tolist(), last.most_kept.tolist()) == ([0, 1], [1, 1])


def test_traces_are_the_same_in_any_order_and_each_snapshot_is_read_once(tmp_path, monkeypatch):
    run = Run(write_synthetic_run(tmp_path))
    expected = traces(map(run.snapshot, run.steps()), context_of(run))
    reads = []
    snapshot = Run.snapshot
    monkeypatch.setattr(
        Run, "snapshot", lambda self, step: reads.append(step) or snapshot(self, step)
    )
    history = History(run)
    for step in (30, 10, 40, 50):
        found = history.earlier(step)
        assert [one.step for one in found] == [s for s in (0, 10, 20, 30, 40) if s < step]
        for one, other in zip(found, expected, strict=False):
            for name, value in vars(other).items():
                np.testing.assert_array_equal(getattr(one, name), value)
    assert reads == [0, 10, 20, 30, 40]


def test_a_snapshot_that_appears_late_is_put_in_its_place(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    late = run.path / "snapshots" / "step_0000020"
    late.rename(tmp_path / "late")
    history = History(run)
    assert [one.step for one in history.earlier(41)] == [0, 10, 30, 40]
    shutil.move(tmp_path / "late", late)
    found = history.earlier(41)
    assert [one.step for one in found] == [0, 10, 20, 30, 40]
    expected = traces(map(run.snapshot, run.steps()), context_of(run))
    np.testing.assert_array_equal(found[-1].path, expected[-1].path)


def test_a_damaged_snapshot_is_passed_over(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    (run.path / "snapshots" / "step_0000010" / "prototypes.npz").write_bytes(b"torn")
    assert [one.step for one in History(run).earlier(40)] == [0, 20, 30]


def _rows(run):
    """Return the lines of measures and events, in no order."""
    names = ("measures.jsonl", "events.jsonl")
    return [sorted((run.derived_path / name).read_text().splitlines()) for name in names]


@pytest.mark.long
def test_measures_and_events_are_the_same_in_any_order_and_after_restarts(tmp_path):
    growing = SyntheticRun(tmp_path / "a", steps=120)
    growing.write_probe()
    growing.write_metrics(120)
    steps = range(0, 121, 10)
    for step in steps:
        growing.write_snapshot(step)
        if step % 30 == 0:  # some at once, some newest first, each time by a new process
            run = Run(growing.path)
            analysis = RunAnalysis(run, DerivedWriter(run), follow=False)
            for unmeasured in sorted(set(run.steps()) - analysis.measured, reverse=True):
                analysis.measure(unmeasured)
    growing.finish()
    copy = Run(shutil.copytree(growing.path, tmp_path / "b" / growing.path.name))
    shutil.rmtree(copy.derived_path)
    analysis = RunAnalysis(copy, DerivedWriter(copy), follow=False)
    for step in np.random.default_rng(0).permutation(steps):
        analysis.measure(int(step))
    assert _rows(copy) == _rows(Run(growing.path))
    assert {json.loads(line)["step"] for line in _rows(copy)[0]} == set(steps)
