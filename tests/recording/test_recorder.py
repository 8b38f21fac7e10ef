import numpy as np
import pytest

from spcl.data.batches.loaders import Frames
from spcl.data.folders import FolderPair
from spcl.store.reader import Run
from spcl.store.scores.counts import cross_table, mean_iou
from tests.support.recorded_loop import main
from tests.support.tiny_pair import write_tiny_pair

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path):
    root = write_tiny_pair(tmp_path / "pair")
    return Run(main(root, tmp_path / "runs"))


def test_anybodys_loop_can_be_recorded(run):
    assert run.status().kind == "finished"
    assert run.steps() == [0, 10, 20]
    assert len(run.metrics().read()) == 20
    assert run.info().before_step == 10


def test_masks_and_scores_tell_the_same(run, tmp_path):
    snapshot, probe = run.snapshot(20), run.probe()
    keys = [image.key for image in probe.images if image.domain == "target"]
    total = sum(cross_table(probe.label(key), snapshot.mask(key), 4) for key in keys)
    recorded = snapshot.scores["target"]
    assert recorded["confusion"] == total.tolist()
    assert recorded["mean_iou"] == pytest.approx(mean_iou(total))
    assert recorded["images"].keys() == set(keys)


def test_predictions_are_the_mask_at_the_probe_pixel(run):
    snapshot, probe = run.snapshot(10), run.probe()
    pixels = probe.pixels
    for i in range(0, len(pixels["image"]), 29):
        mask = snapshot.mask(probe.images[pixels["image"][i]].key)
        assert snapshot.predictions["class_id"][i] == mask[pixels["row"][i], pixels["column"][i]]


def test_probe_pictures_are_the_input_bit_for_bit(run, tmp_path):
    frames = Frames(
        FolderPair.open(tmp_path / "pair").split("source/val", with_labels=True), cache_mb=0
    )
    assert np.array_equal(run.probe().picture("source-frame_3"), frames[3][0])


def test_every_snapshot_observes_the_same_pixels(run):
    shapes = {run.snapshot(step).features.shape for step in run.steps()}
    assert shapes == {(len(run.probe().pixels["image"]), 16)}


def test_run_json_says_what_is_needed_to_repeat_it(run):
    info = run.info()
    assert {"python", "torch", "numpy"} <= set(info.packages)
    assert info.label_space.names == ("road", "building", "sky", "person")
    assert info.domain_name("target") == "dusk"
    assert [stage.last_step for stage in info.stages] == [10, 20]
