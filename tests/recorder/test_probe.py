import numpy as np
import pytest

from spcl.data.batches.loaders import Frames
from spcl.data.folders import FolderPair
from spcl.recorder.probe import ProbeOptions, cells_of, choose_probe
from tests.support.tiny_pair import write_tiny_pair


@pytest.fixture
def val(tmp_path):
    pair = FolderPair.open(write_tiny_pair(tmp_path))
    return {
        d: Frames(pair.split(f"{d}/val", with_labels=True), cache_mb=10)
        for d in ("source", "target")
    }


def test_every_class_and_domain_gets_its_pixels(val):
    pixels = choose_probe(val, ProbeOptions(4, 800, 150)).pixels
    for domain in (0, 1):
        counts = np.bincount(pixels["class_id"][pixels["domain"] == domain], minlength=4)
        assert (counts >= 100).all(), counts
    assert 255 not in pixels["class_id"]


def test_the_recorded_class_is_the_label_at_that_pixel(val):
    probe = choose_probe(val, ProbeOptions(3, 400, 50))
    for i in range(0, len(probe.pixels["image"]), 17):
        number = probe.pixels["image"][i]
        image, index = probe.images[number], probe.frame_index[number]
        label = val[image.domain][index][1]
        row, column = probe.pixels["row"][i], probe.pixels["column"][i]
        assert label[row, column] == probe.pixels["class_id"][i]


def test_no_pixel_is_chosen_twice(val):
    pixels = choose_probe(val, ProbeOptions(4, 800, 150)).pixels
    places = np.column_stack([pixels["image"], pixels["row"], pixels["column"]])
    assert len(np.unique(places, axis=0)) == len(places)


def test_same_seed_same_probe(val):
    first, second = (choose_probe(val, ProbeOptions(4, 400, 50, seed=3)).pixels for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_unlabeled_domain_is_probed_uniformly(tmp_path, val):
    pair = FolderPair.open(tmp_path)
    val["target"] = Frames(pair.split("target/val", with_labels=False), cache_mb=10)
    probe = choose_probe(val, ProbeOptions(4, 800, 50))
    target = probe.pixels["domain"] == 1
    assert (probe.pixels["class_id"][target] == 255).all()
    assert target.sum() == 400
    assert len(np.unique(probe.pixels["row"][target])) > 20


def test_cells_cover_the_pixel():
    row, column = cells_of(
        np.array([0, 7, 8, 31]), np.array([0, 8, 15, 63]), size=(32, 64), grid=(4, 8)
    )
    assert row.tolist() == [0, 0, 1, 3]
    assert column.tolist() == [0, 1, 1, 7]
