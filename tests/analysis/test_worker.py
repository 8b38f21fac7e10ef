import errno
import fcntl
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time
from unittest.mock import Mock

import numpy as np
import pytest

from benchmarks.stress.analysis_kills import derived, killed
from spcl.analysis import lock
from spcl.analysis.events.judge import all_events
from spcl.analysis.lock import SILENT_SECONDS, only_one
from spcl.analysis.maps.run_map import RunMap
from spcl.analysis.measures.snapshot import separability
from spcl.analysis.worker import analyse, summary
from spcl.store.derived.reader import DerivedReader
from spcl.store.derived.writer import DerivedWriter
from spcl.store.errors import UnwritableError
from spcl.store.reader import Run
from tests.support.synthetic_run import SyntheticRun, write_synthetic_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def analysed(analyzed_run):
    return Run(analyzed_run)


@pytest.fixture
def copied(analyzed_run, tmp_path):
    """A copy of the analysed run, to be changed at will."""
    return Run(shutil.copytree(analyzed_run, tmp_path / analyzed_run.name))


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    """A run that was analysed although one snapshot cannot be read."""
    run = Run(write_synthetic_run(tmp_path_factory.mktemp("damaged")))
    (run.path / "snapshots" / "step_0000020" / "features.npy").write_bytes(b"torn")
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


def test_measures_rise_as_the_classes_come_apart(measures):
    table = measures
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
    assert set(table[table.domain == "source"].labels.dropna()) == {"truth", "pseudo"}


def test_a_damaged_snapshot_is_an_event_and_stops_nothing_else(damaged):
    reader = DerivedReader(damaged)
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


def test_a_lock_that_no_longer_fits_on_the_disk_is_one_sentence_and_leaves_nothing(
    tmp_path, monkeypatch
):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(lock.json, "dump", Mock(side_effect=full))
    with pytest.raises(UnwritableError, match="the disk is full"), only_one(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


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
    path = tmp_path / "analysis.lock"
    path.write_text(json.dumps({"pid": 1, "started": 1.0, "host": "somewhere else"}))
    with only_one(tmp_path) as mine:
        assert not mine
    long_ago = path.stat().st_mtime - SILENT_SECONDS - 1
    os.utime(path, (long_ago, long_ago))
    with only_one(tmp_path) as mine:
        assert mine


def test_rows_torn_by_a_kill_are_made_again(copied):
    reader = DerivedReader(copied)
    rows, measures = reader.measures().read(), reader.measures().path
    measures.write_bytes(measures.read_bytes()[:-7])
    analyse(copied)
    assert sorted(map(str, reader.measures().read())) == sorted(map(str, rows))


@pytest.mark.parametrize("torn", [b"", b'{"step": 0, "cl', b'{"step": 0}'])
def test_a_step_that_a_kill_cut_short_is_made_again_and_no_other(copied, torn):
    reader = DerivedReader(copied)
    rows, measures = reader.measures().read(), reader.measures().path
    last = [row for row in rows if row["step"] == rows[-1]["step"]]
    whole = measures.read_bytes().splitlines(keepends=True)
    measures.write_bytes(b"".join(whole[: -len(last) // 2]) + torn)
    dead = {"pid": 999999999, "started": 1.0, "host": socket.gethostname()}
    (copied.derived_path / "analysis.lock").write_text(json.dumps(dead))
    analyse(copied)
    assert reader.measures().read() == rows


def test_what_a_killed_analysis_left_is_removed(copied):
    derived = copied.derived_path
    projection = next((derived / "projections").iterdir())
    for folder in (derived, derived / "masks", projection):
        (folder / ".measures.jsonl.12.34.tmp").write_bytes(b"torn")
    events = (derived / "events.jsonl").read_bytes()
    (derived / "events.jsonl").write_bytes(events + b'{"step": 4')
    analyse(copied)
    assert not list(derived.rglob(".*"))
    assert (derived / "events.jsonl").read_bytes() == events


def test_a_disk_that_is_full_ends_the_analysis_with_one_sentence_and_it_goes_on_later(
    analysed, copied
):
    shutil.rmtree(copied.derived_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(UnwritableError, match="a file of .*derived would pass the limit"):
            analyse(copied)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(copied.derived_path.rglob(".*"))
    assert not (copied.derived_path / "analysis.lock").exists()
    analyse(copied)
    assert derived(copied.path) == derived(analysed.path)


@pytest.mark.long
def test_three_kills_change_no_result(tmp_path):
    counts = killed(tmp_path, count=3, seed=1)
    assert [name for name in counts if name.startswith("WRONG")] == []
    assert counts["analysed again with equal results, nothing left"] == 3


def test_a_map_goes_on_in_another_process_as_it_would_have_in_one(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    one = RunMap(run, "umap", DerivedWriter(run))
    one.add(40)
    one.within_reach = 0.25
    one.add(30)
    assert RunMap(run, "umap", DerivedWriter(run)).within_reach == one.within_reach


def test_an_event_is_told_once_however_often_the_analysis_runs(damaged):
    told = DerivedReader(damaged).events().read()
    analyse(damaged)
    assert DerivedReader(damaged).events().read() == told


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


def test_a_loss_lost_after_the_last_snapshot_is_an_event_once_the_run_has_ended(tmp_path):
    run = SyntheticRun(tmp_path)
    run.write_probe()
    for step in (0, 10):
        run.write_snapshot(step)
    run.writer.append_metrics({"step": 12, "loss/total": float("nan")})
    analyse(Run(run.path))
    events = DerivedReader(Run(run.path)).events()
    assert events.read() == []  # a snapshot may still come and judge it
    run.writer.end("failed", failure="the loss is not finite")
    for _ in range(2):
        analyse(Run(run.path))
    (event,) = events.read()
    assert (event["kind"], event["step"], event["number"]) == ("not_finite", 10, 1)
    assert "at step 12" in event["sentence"]
    assert [found.to_json() for found in all_events(Run(run.path))] == [event]


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
    maps.add(30)
    assert sorted(maps.layout.steps) == [30, 40]
    assert maps.layout.refits == ()
    assert maps.rebuilt() == []


def test_a_run_without_probe_is_left_alone(tmp_path):
    run = SyntheticRun(tmp_path)
    run.writer.end("stopped")
    assert analyse(Run(run.path))


def test_another_recipe_begins_the_measures_anew(copied):
    reader = DerivedReader(copied)
    (copied.derived_path / "measures.recipe").write_text("older")
    analyse(copied)
    rows = reader.measures().read()
    keys = [json.dumps({**row, "value": 0}, sort_keys=True) for row in rows]
    assert len(keys) == len(set(keys))


def test_summary_holds_the_last_step(analysed):
    result = summary(analysed)
    assert result["step"] == 40
    assert {row["step"] for row in result["measures"]} == {40}


def _until(condition, seconds):
    """Return how many seconds passed until `condition` held; fails after `seconds`."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - begun


def test_snapshots_are_measured_as_they_appear_while_the_run_goes_on(tmp_path):
    run = SyntheticRun(tmp_path)
    run.write_probe()
    worker = threading.Thread(target=analyse, args=[Run(run.path)], kwargs={"follow": True})
    worker.start()
    measures = run.path / "derived" / "measures.jsonl"
    _until(measures.exists, 60)
    for step in (0, 10):
        run.write_snapshot(step)
        _until(lambda step=step: f'"step":{step},' in measures.read_text().replace(" ", ""), 60)
    run.finish()
    worker.join(timeout=120)
    assert sorted(DerivedReader(Run(run.path)).layout("umap").steps) == [0, 10]


@pytest.mark.long
def test_measures_and_pca_do_not_wait_until_umap_is_compiled(tmp_path):
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.write_snapshot(0)
    command = [sys.executable, "-m", "spcl", "analyse", str(run.path), "--follow"]
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "empty")}
    worker = subprocess.Popen(command, env=environment)
    try:
        reader = DerivedReader(Run(run.path))
        _until((run.path / "derived" / "measures.recipe").exists, 60)
        _until(lambda: DerivedReader(Run(run.path)).layout("pca") is not None, 60)
        _until(lambda: reader.measures().read(), 60)
        assert DerivedReader(Run(run.path)).layout("umap") is None
        _until(lambda: DerivedReader(Run(run.path)).layout("umap") is not None, 400)
        run.finish()
        assert worker.wait(timeout=60) == 0
    finally:
        worker.kill()


def test_a_map_is_built_anew_where_the_old_one_no_longer_fits(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    maps = RunMap(run, "umap", DerivedWriter(run))
    maps.add(0)
    maps.add(10)
    good = maps.layout.steps[10]["trustworthiness"]
    chance = np.random.default_rng(0).permutation(maps.reader.positions(maps.layout, 10))
    for step in (0, 10):
        maps.writer.write_positions(maps.layout, step, chance)
    maps.add(20)
    assert maps.layout.refits == (20,)
    (event,) = maps.rebuilt()
    assert "anew at step 20" in event.sentence
    assert maps.layout.steps[20]["trustworthiness"] > good - 0.1


def test_every_step_tells_how_far_its_map_can_be_trusted(analysed):
    for method in ("pca", "umap"):
        for values in DerivedReader(analysed).layout(method).steps.values():
            assert {"trustworthiness", "continuity", "preservation"} <= set(values)
            assert all(value is None or 0 <= value <= 1 for value in values.values())
        stability = [v["stability"] for v in DerivedReader(analysed).layout(method).steps.values()]
        assert stability.count(None) == 1


def test_a_fresh_layout_tried_in_vain_lowers_what_later_ones_are_compared_with(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    noise = np.random.default_rng(0).normal(size=run.snapshot(0).features.shape)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    for step in (0, 10):
        path = run.path / "snapshots" / f"step_{step:07d}" / "features.npy"
        np.save(path, noise.astype(np.float16))
    found = RunMap(run, "umap", DerivedWriter(run))
    found.add(40)
    best = found.within_reach
    found.add(10)  # no map of noise is as good as that of classes
    assert found.within_reach < best - 0.05
    assert found.layout.refits in ((), (10,))
