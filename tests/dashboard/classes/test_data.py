"""What pages read of one class, counted a second time by slower means."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dashboard.data import runs_folder
from dashboard.data.classes.chosen import chosen_class, chosen_pair, pair_word
from dashboard.data.classes.confusion import fate, most_changed
from dashboard.data.classes.errors import COLUMNS, ROWS, by_cells, error_map
from dashboard.data.classes.history import class_history
from dashboard.data.classes.images import class_images, fates, images_with
from dashboard.data.classes.pairs import largest_pair, pair_pixels
from dashboard.data.opened_run import OpenedRun, open_run
from dashboard.data.selection import parse
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

Open = Callable[..., OpenedRun]


@pytest.fixture
def opened() -> Open:
    def read(path: Path, **asked: str) -> OpenedRun:
        runs_folder.use(path.parent)
        found = open_run(parse({"run": path.name, **asked}, [path.name]))
        assert found is not None
        return found

    return read


@pytest.fixture
def run_path(tmp_path: Path) -> Path:
    return write_synthetic_run(tmp_path)


def test_a_class_is_asked_for_by_name_or_id_and_anything_else_is_none(
    opened: Open, run_path: Path
) -> None:
    for asked, name in [("car", "car"), ("4", "car"), ("Car", None), ("99", None), ("", None)]:
        info = chosen_class(opened(run_path, name=asked))
        assert (info.name if info else None) == name, asked


def test_a_pair_is_two_known_classes_even_if_names_hold_commas(
    tmp_path: Path, opened: Open
) -> None:
    path = write_synthetic_run(tmp_path, names=("a,b", "b", "a", "c", "d"))
    for first, second in [("a,b", "b"), ("a", "b"), ("b", "a,b")]:
        pair = chosen_pair(opened(path, pair=pair_word(first, second)))
        assert pair is not None
        assert (pair[0].name, pair[1].name) == (first, second)
    assert chosen_pair(opened(path, pair="a,unknown")) is None
    assert chosen_pair(opened(path, pair="a")) is None


def test_the_fate_of_a_class_is_its_row_and_column_of_the_masks(
    opened: Open, run_path: Path
) -> None:
    run = Run(run_path)
    keys = [image.key for image in run.probe().images if image.domain == "target"]
    called, from_ = np.zeros(5, int), np.zeros(5, int)
    for key in keys:  # the synthetic split is what is observed
        truth, mask = run.probe().label(key), run.snapshot(40).mask(key)
        assert truth is not None
        called += np.bincount(mask[truth == 3], minlength=5)
        from_ += np.bincount(truth[mask == 3], minlength=5)
    found = fate(opened(run_path), 3, 40)
    assert found is not None
    assert found.called.tolist() == called.tolist()
    assert found.from_.tolist() == from_.tolist()
    union = called.sum() + from_.sum() - called[3]
    assert found.iou == pytest.approx(called[3] / union)


def test_without_labels_nothing_is_known_of_the_fate(tmp_path: Path, opened: Open) -> None:
    path = write_synthetic_run(tmp_path, target_labels=False)
    assert fate(opened(path), 3, 40) is None
    assert most_changed(opened(path)) == 0
    assert error_map(opened(path), 40, None) is None
    assert class_images(opened(path), opened(path).classes[3]) == []


def test_the_class_to_begin_with_changed_most(opened: Open, run_path: Path) -> None:
    one = opened(run_path)
    changes = []
    for info in one.classes:
        now, before = fate(one, info.id, 40), fate(one, info.id, 20)
        assert now is not None and before is not None
        changes.append(abs(now.iou - before.iou))
    assert most_changed(one) == int(np.argmax(changes))


def test_what_became_of_a_class_at_each_pixel() -> None:
    truth = np.array([[1, 1, 1, 1], [0, 0, 255, 0]], np.uint8)
    before = np.array([[1, 0, 1, 0], [0, 1, 1, 0]], np.uint8)
    now = np.array([[1, 1, 0, 0], [0, 1, 1, 0]], np.uint8)
    assert fates(truth, before, now, class_id=1).tolist() == [[0, 1, 2, 3], [255, 4, 255, 255]]


def test_images_of_a_class_come_with_its_own_iou_and_small_ones_are_left_out(
    opened: Open, run_path: Path
) -> None:
    one = opened(run_path)
    person = one.classes[3]
    found = class_images(one, person)
    assert len(found) == 3
    assert [image.gain for image in found] == sorted((i.gain for i in found), reverse=True)
    for image in found:
        truth, mask = (
            Run(run_path).probe().label(image.key),
            Run(run_path).snapshot(40).mask(image.key),
        )
        assert truth is not None
        union = ((truth == 3) | (mask == 3)).sum()
        assert image.after == pytest.approx(((truth == 3) & (mask == 3)).sum() / union)
        assert image.pixels == int((truth == 3).sum()) >= 30


def test_images_with_a_class_are_those_whose_truth_holds_it(tmp_path: Path, opened: Open) -> None:
    path = write_synthetic_run(
        tmp_path, names=("road", "building", "sky", "person", "car", "train")
    )
    one = opened(path)
    held = images_with(one, one.classes[5], "target")
    expected = {
        image.key
        for image in one.run.probe().images
        if image.domain == "target" and (one.run.probe().label(image.key) == 5).any()  # type: ignore[union-attr]
    }
    assert held == expected


@pytest.mark.parametrize("by", ["prediction", "prototype"])
def test_the_pixels_of_a_pair_are_those_that_go_there(
    opened: Open, run_path: Path, by: str
) -> None:
    one = opened(run_path, by=by, step="10")
    pair = largest_pair(one, 10)
    assert pair is not None
    snapshot, pixels = one.run.snapshot(10), one.run.probe().pixels
    going = snapshot.predictions["class_id"]
    if by == "prototype":
        vectors = snapshot.prototypes["vectors"]
        going = (snapshot.features.astype(np.float32) @ vectors.T).argmax(axis=1)
    expected = [
        i
        for i in range(len(going))
        if pixels["domain"][i] == 1
        and pixels["class_id"][i] == pair[0].id
        and going[i] == pair[1].id
    ]
    found = pair_pixels(one, 10, pair)
    assert sorted(found.indices.tolist()) == expected != []
    assert found.num_images == len({int(pixels["image"][i]) for i in expected})
    assert found.counts_all == (by == "prediction")
    if by == "prediction":
        for key, count in found.by_image.items():
            truth, mask = one.run.probe().label(key), snapshot.mask(key)
            assert count == ((truth == pair[0].id) & (mask == pair[1].id)).sum()
    else:
        assert sum(found.by_image.values()) == len(expected)
    assert list(found.by_image.values()) == sorted(found.by_image.values(), reverse=True)
    sure = snapshot.predictions["confidence"][found.indices].astype(float)
    assert (np.diff(sure) <= 0).all()


def test_errors_are_counted_where_they_stand(opened: Open, run_path: Path) -> None:
    one = opened(run_path)
    found = error_map(one, 10, None)
    assert found is not None
    wrong = 0
    for image in one.run.probe().images:
        if image.domain == "target":
            truth = one.run.probe().label(image.key)
            wrong += int((truth != one.run.snapshot(10).mask(image.key)).sum())
    assert found.wrong.sum() == wrong
    assert (found.images, found.of_images) == (3, 3)
    marked = np.zeros((240, 480), bool)
    marked[0, 0] = marked[239, 479] = marked[120, 240] = True
    cells = by_cells(marked)
    assert cells.shape == (ROWS, COLUMNS)
    assert [cells[0, 0], cells[-1, -1], cells[12, 24], cells.sum()] == [1, 1, 1, 3]


def test_a_history_ends_at_the_step_shown(analyzed_run: Path, opened: Open) -> None:
    one = opened(analyzed_run, step="30")
    history = class_history(one, one.classes[3])
    assert max(history.iou["target"]) == 30
    assert set(history.margin) == {"source", "target"}
    assert history.labels == "truth"
    assert list(history.drift) == [20, 30]
    assert history.pixels > 0
    assert all(name != "person" for name in history.distances)
    nearest = [series[30] for series in history.distances.values()]
    vectors = one.run.snapshot(30).prototypes["vectors"].astype(float)
    distances = sorted(1 - vectors[3] @ vectors[k] for k in range(5) if k != 3)
    assert nearest == pytest.approx(distances[: len(nearest)], abs=1e-3)
