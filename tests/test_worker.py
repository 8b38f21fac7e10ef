import json

import numpy as np
import pytest

from spcl.analysis.lock import only_one
from spcl.analysis.measures import separability
from spcl.analysis.worker import analyse, summary
from spcl.store.derived import DerivedReader
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
    dead = {"pid": 999999999, "started": 1.0, "host": __import__("socket").gethostname()}
    (tmp_path / "analysis.lock").write_text(json.dumps(dead))
    with only_one(tmp_path) as heir:
        assert heir
    assert not (tmp_path / "analysis.lock").exists()


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
