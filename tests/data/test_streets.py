import json

import numpy as np
import pytest
from PIL import Image

from spcl.data.check.audit import audit
from spcl.data.streets.pair import CLASSES, cached_streets, draw_picture, write_streets


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streets") / "pair"
    write_streets(folder, num_train=(8, 6), num_val=(4, 4))
    return folder


def test_the_pair_is_sound_and_has_at_least_nine_classes(root):
    report = audit(root)
    assert report.problems == []
    assert len(report.label_space) >= 9
    assert {"pole", "traffic sign", "person", "rider"} <= set(report.label_space.names)


def test_a_picture_depends_on_its_arguments_only():
    first = draw_picture("target", seed=1, split="val", index=3)
    again = draw_picture("target", seed=1, split="val", index=3)
    other = draw_picture("target", seed=2, split="val", index=3)
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.label, again.label)
    assert not np.array_equal(first.image, other.image)


def test_labels_are_exact_ids_at_the_size_of_the_image(root):
    for file in (root / "target" / "train" / "labels").iterdir():
        label = np.asarray(Image.open(file))
        assert label.shape == (128, 256)
        assert set(np.unique(label)) <= set(range(len(CLASSES)))


@pytest.mark.slow
def test_many_processes_draw_what_one_draws(tmp_path):
    write_streets(tmp_path / "pair", num_train=(32, 1), num_val=(1, 1), size=(32, 64))
    stored = np.asarray(Image.open(tmp_path / "pair" / "source" / "train" / "images" / "0031.png"))
    direct = draw_picture("source", seed=0, split="train", index=31, size=(32, 64))
    assert np.array_equal(stored, direct.image)


def test_dusk_is_darker_and_its_tint_differs_from_image_to_image():
    day = [draw_picture("source", seed=0, split="val", index=i).image for i in range(6)]
    dusk = [draw_picture("target", seed=0, split="val", index=i).image for i in range(6)]
    assert np.median(dusk) < 0.92 * np.median(day)  # away from the lamps
    tints = np.array([p.mean((0, 1)) / p.mean() for p in dusk])
    assert tints.std(axis=0).max() > 0.02


def test_the_cache_is_drawn_once(tmp_path, monkeypatch):
    from spcl.data.streets import pair as streets

    calls = []
    monkeypatch.setattr(streets, "write_streets", lambda root, **_: (calls.append(1), root.mkdir()))
    assert cached_streets(cache=tmp_path) == cached_streets(cache=tmp_path)
    assert calls == [1]


def test_classes_carry_both_palettes(root):
    classes = json.loads((root / "classes.json").read_text())["classes"]
    assert all({"name", "display", "color", "safe_color"} <= entry.keys() for entry in classes)
