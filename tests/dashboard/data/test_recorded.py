import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard.data import recorded
from dashboard.data.growing import jsonl_follower
from dashboard.text.live.key_figures import kept_figure
from spcl.store.derived.reader import Layout
from spcl.store.derived.writer import DerivedWriter
from spcl.store.errors import StoreError
from spcl.store.growing.follower import GrowingRows
from spcl.store.growing.update_table import UpdateTable
from spcl.store.names import EventRow
from spcl.store.reader import Run
from tests.support.synthetic_run import NAMES, SyntheticRun, margin_row, write_synthetic_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(write_synthetic_run(tmp_path))


def test_iou_frame_holds_every_step_domain_and_class(run: Run) -> None:
    frame = recorded.iou_frame(str(run.path), (20, 40), NAMES)
    assert len(frame) == 2 * 2 * (1 + 5)
    mean = frame[(frame["step"] == 40) & (frame["domain"] == "target") & frame["class"].isna()]
    assert mean["iou"].item() == run.snapshot(40).scores["target"]["mean_iou"]


def test_an_absent_class_is_not_a_number(run: Run) -> None:
    path = run.snapshot(40).path / "scores.json"
    scores = json.loads(path.read_text())
    confusion = np.array(scores["target"]["confusion"])
    confusion[3], confusion[:, 3] = 0, 0
    scores["target"]["confusion"] = confusion.tolist()
    path.write_text(json.dumps(scores))
    frame = recorded.iou_frame(str(run.path), (40,), NAMES)
    chosen = frame[(frame["domain"] == "target") & (frame["class"] == "person")]
    assert np.isnan(chosen["iou"].item())


def test_without_target_labels_there_are_source_rows_only(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path, target_labels=False)
    assert set(recorded.iou_frame(str(path), (0, 40), NAMES)["domain"]) == {"source"}


def test_image_gain_is_after_less_before(run: Run) -> None:
    frame = recorded.image_frame(str(run.path), 40, 20)
    assert list(frame["key"]) == [image.key for image in run.probe().images]
    assert np.allclose(frame["gain"], frame["after"] - frame["before"])
    assert (frame["gain"] > 0).all()


def test_before_unknown_makes_gains_unknown(run: Run) -> None:
    assert recorded.image_frame(str(run.path), 40, None)["gain"].isna().all()


def test_measures_grow_with_the_file_and_the_last_row_counts(run: Run) -> None:
    assert recorded.measures_frame(run, at=(10, 20)).empty
    writer = DerivedWriter(run)
    writer.append_measures([margin_row(10, 0.1), margin_row(20, 0.2)])
    assert len(recorded.measures_frame(run, at=(10, 20))) == 2
    writer.append_measures([margin_row(20, 0.3)])
    frame = recorded.measures_frame(run, at=(10, 20))
    assert list(frame["value"]) == [0.1, 0.3]


def test_a_value_that_is_null_is_not_a_number(run: Run) -> None:
    DerivedWriter(run).append_measures([margin_row(10, float("nan"))])
    assert recorded.measures_frame(run, at=(10,))["value"].isna().all()


@pytest.mark.parametrize("key", ["class_name", "rival"])
def test_measures_of_a_class_that_the_run_does_not_have_are_left_out(run: Run, key: str) -> None:
    known = replace(margin_row(10, 0.1), class_name="building", rival="road")
    DerivedWriter(run).append_measures([replace(known, **{key: "buildiNg"}), known])
    frame = recorded.measures_frame(run, at=(10,))
    assert frame[["class", "rival"]].to_numpy().tolist() == [["building", "road"]]


def test_rows_of_a_replaced_file_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}\n')
    rows = GrowingRows(path, within=tmp_path)
    assert len(rows.read()) == 2
    new = tmp_path / "new"
    new.write_text('{"step": 7}\n')
    new.replace(path)
    assert rows.read() == [{"step": 7}]


def test_a_line_counts_once_its_newline_is_there(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"step": 1}\n{"st')
    rows = GrowingRows(path, within=tmp_path)
    assert rows.read() == [{"step": 1}]
    with path.open("a") as stream:
        stream.write('ep": 2}\n')
    assert rows.read() == [{"step": 1}, {"step": 2}]


def test_positions_are_read_again_when_they_change(run: Run) -> None:
    writer = DerivedWriter(run)
    layout = Layout("pca", "abc", {}, 0, 2, 1, 0.5, steps={10: {}})
    assert recorded.positions(str(run.path), layout.name, 10) is None
    for value in (1.0, 2.0):
        writer.write_positions(layout, 10, np.full((3, 2), value))
        writer.write_layout(layout)
        found = recorded.positions(str(run.path), layout.name, 10)
        assert found is not None
        assert (found == value).all()


def test_a_run_is_derived_when_every_snapshot_is_measured_mapped_and_its_masks_reported_on(
    run: Run,
) -> None:
    steps = run.steps()
    writer = DerivedWriter(run)
    writer.append_measures([margin_row(step, 0.0) for step in steps])
    assert not recorded.is_derived(run, steps)
    writer.write_layout(Layout("umap", "abc", {}, 0, 2, 1, 0.5, steps={s: {} for s in steps}))
    assert not recorded.is_derived(run, steps)
    for step in steps:
        writer.write_mask_report(step, {"recipe": "abc"})
    assert not recorded.is_derived(run, steps)
    writer.write_versions()
    assert recorded.is_derived(run, steps)


def test_derived_marks_change_with_what_is_put_down(run: Run) -> None:
    before = recorded.derived_marks(run)
    DerivedWriter(run).append_events([EventRow(1, "car", "class_lost", -11, -10, "Lost.")])
    assert recorded.derived_marks(run) != before


def test_missing_snapshots_are_one_sentence(run: Run) -> None:
    with pytest.raises(StoreError, match="no snapshot at step 7"):
        recorded.scores(str(run.path), 7)


def test_the_list_of_runs_survives_damage(tmp_path: Path) -> None:
    write_synthetic_run(tmp_path)
    (tmp_path / "20270101-bad").mkdir()
    (tmp_path / "20270101-bad" / "run.json").write_text("{")
    found = recorded.run_list(str(tmp_path))
    assert [run.status for run in found] == ["damaged", "finished"]


def test_lists_of_a_long_run_take_little_memory_and_say_the_same(tmp_path: Path) -> None:
    """Kept as lists, 40,000 rows of 19 classes did not fit, and were read anew at every look."""
    run = SyntheticRun(tmp_path)
    shares = [0.5, None, 0.25]
    row = {"step": 1, "pseudo_labels/kept": 0.4, "pseudo_labels/kept_per_class": shares}
    run.writer.append_metrics(row)
    updates = recorded.updates(Run(run.path))
    assert "least for sky: 25 %" in kept_figure(updates, 1, ["road", "car", "sky"]).description
    table = UpdateTable()
    for step in range(1000):
        table.add({**row, "step": step, "pseudo_labels/kept_per_class": 19 * [0.5]})
    assert 40 * table.num_bytes < jsonl_follower.MOST_BYTES / 4
