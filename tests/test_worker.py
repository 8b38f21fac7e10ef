import fcntl
import json
import os
import socket
import threading

import numpy as np
import pytest

from spcl.analysis.lock import SILENT_SECONDS, only_one
from spcl.analysis.maps import RunMap
from spcl.analysis.measures import separability
from spcl.analysis.worker import analyse, summary
from spcl.store.derived import DerivedReader, DerivedWriter
from spcl.store.reader import Run
from tests.synthetic_run import SyntheticRun, write_synthetic_run


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    run = Run(write_synthetic_run(tmp_path_factory.mktemp("runs")))
    analyse(run)
    return run


def test_every_snapshot_gets_measures_and_both_maps(analysed):
    reader = DerivedReader(analysed)
    rows = reader.measures().read()
    assert {row["step"] for row in rows} == {0, 10, 20, 30, 40}
    for method in ("pca", "umap"):
        layout = reader.layout(method)
        assert sorted(layout.steps) == [0, 10, 20, 30, 40]
        positions = reader.positions(layout, 30)
        assert positions.shape == (layout.num_pixels + layout.num_prototypes, 2)
        assert np.isfinite(positions).all()


def test_nothing_is_computed_twice(analysed):
    files = [path for path in analysed.derived_path.rglob("*") if path.is_file()]
    before = {path: path.stat().st_mtime_ns for path in files}
    analyse(analysed)
    assert before == {path: path.stat().st_mtime_ns for path in files}


def test_measures_rise_as_the_classes_come_apart(analysed):
    table = separability(analysed)
    accuracy = table[
        (table.measure == "nearest_prototype_accuracy")
        & (table.domain == "target")
        & (table.labels == "truth")
        & table["class"].isna()
    ].set_index("step")["value"]
    assert accuracy[40] > accuracy[0]
    gap = table[(table.measure == "domain_gap") & (table.labels == "truth") & table["class"].isna()]
    assert gap.set_index("step")["value"][40] < gap.set_index("step")["value"][0]


def test_labels_are_named_truth_only_where_there_are_any(tmp_path):
    run = Run(write_synthetic_run(tmp_path, target_labels=False))
    table = separability(run)
    target = table[(table.domain == "target") & (table.measure == "margin_mean")]
    assert set(target.labels) == {"pseudo"}
    assert set(table[table.domain == "source"].labels) == {"truth", "pseudo"}


def test_a_damaged_snapshot_is_an_event_and_stops_nothing_else(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    (run.path / "snapshots" / "step_0000020" / "features.npy").write_bytes(b"torn")
    analyse(run)
    reader = DerivedReader(run)
    kinds = {(row["kind"], row["step"]) for row in reader.events().read()}
    assert ("analysis_failed", 20) in kinds
    assert {row["step"] for row in reader.measures().read()} == {0, 10, 30, 40}


def test_a_second_worker_leaves_at_once_and_a_dead_ones_lock_is_taken_over(tmp_path):
    with only_one(tmp_path) as first:
        assert first
        with only_one(tmp_path) as second:
            assert not second
    dead = {"pid": 999999999, "started": 1.0, "host": socket.gethostname()}
    (tmp_path / "analysis.lock").write_text(json.dumps(dead))
    with only_one(tmp_path) as heir:
        assert heir
    assert not (tmp_path / "analysis.lock").exists()


def test_two_processes_do_not_take_over_a_dead_lock_at_once(tmp_path):
    taken = threading.Event()

    def take() -> None:
        with only_one(tmp_path):
            taken.set()

    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    other = threading.Thread(target=take)
    other.start()
    assert not taken.wait(0.3)
    os.close(folder)
    other.join(timeout=10)
    assert taken.is_set()


def test_a_lock_copied_from_another_host_is_dead_once_it_is_silent(tmp_path):
    lock = tmp_path / "analysis.lock"
    lock.write_text(json.dumps({"pid": 1, "started": 1.0, "host": "somewhere else"}))
    with only_one(tmp_path) as mine:
        assert not mine
    long_ago = lock.stat().st_mtime - SILENT_SECONDS - 1
    os.utime(lock, (long_ago, long_ago))
    with only_one(tmp_path) as mine:
        assert mine


def test_rows_torn_by_a_kill_are_made_again(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    analyse(run)
    reader = DerivedReader(run)
    rows, measures = reader.measures().read(), reader.measures().path
    measures.write_bytes(measures.read_bytes()[:-7])
    analyse(run)
    assert sorted(map(str, reader.measures().read())) == sorted(map(str, rows))


def test_an_event_is_told_once_however_often_the_analysis_runs(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    (run.path / "snapshots" / "step_0000020" / "features.npy").write_bytes(b"torn")
    analyse(run)
    told = DerivedReader(run).events().read()
    analyse(run)
    assert DerivedReader(run).events().read() == told


def test_a_lost_loss_is_an_event_of_the_snapshot_after_it(tmp_path):
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.writer.append_metrics({"step": 7, "loss/total": float("nan")})
    for step in (0, 10, 20):
        run.write_snapshot(step)
    run.finish()
    analyse(Run(run.path))
    events = DerivedReader(Run(run.path)).events().read()
    assert [row["step"] for row in events if row["kind"] == "not_finite"] == [10]


def test_a_growing_run_is_measured_as_a_finished_one(tmp_path):
    growing = SyntheticRun(tmp_path, run_id="20260101-000000-growing")
    growing.write_probe()
    for step in (0, 10, 20, 30, 40):
        growing.write_snapshot(step)
        analyse(Run(growing.path))
    growing.finish()
    finished = separability(Run(growing.path)).astype(object).where(lambda table: table.notna())
    rows = DerivedReader(Run(growing.path)).measures().read()
    keys = ("step", "class", "domain", "labels", "measure", "rival", "value")
    assert {tuple(row.get(key) for key in keys) for row in rows} == {
        tuple(None if value != value else value for value in row)
        for row in finished[list(keys)].itertuples(index=False)
    }


def test_a_map_is_not_built_anew_where_that_would_not_help(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    maps = RunMap(run, "umap", DerivedWriter(run))
    maps.add(40)
    maps.layout.steps[40]["trustworthiness"] = 2.0
    assert maps.add(30) is None
    assert sorted(maps.layout.steps) == [30, 40]
    assert maps.layout.refits == ()


def test_a_run_without_probe_is_left_alone(tmp_path):
    run = SyntheticRun(tmp_path)
    run.writer.end("stopped")
    assert analyse(Run(run.path)) == 0


def test_another_recipe_begins_the_measures_anew(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    analyse(run)
    reader = DerivedReader(run)
    (run.derived_path / "measures.recipe").write_text("older")
    analyse(run)
    rows = reader.measures().read()
    keys = [json.dumps({**row, "value": 0}, sort_keys=True) for row in rows]
    assert len(keys) == len(set(keys))


def test_summary_holds_the_last_step(analysed):
    result = summary(analysed)
    assert result["step"] == 40
    assert {row["step"] for row in result["measures"]} == {40}
