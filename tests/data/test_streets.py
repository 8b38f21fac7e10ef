import json

import numpy as np
import pytest
from PIL import Image

from spcl.config import make_config
from spcl.data.check.audit import audit
from spcl.data.streets.looks import TARGETS
from spcl.data.streets.pair import CLASSES, cached_streets, draw_picture, write_streets
from spcl.data.streets.rain import with_rain
from spcl.data.streets.scene import draw_scene
from spcl.data.streets.texture import view_scene


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


@pytest.mark.slow
def test_dusk_is_darker_and_its_tint_differs_from_image_to_image():
    day = [draw_picture("source", seed=0, split="val", index=i).image for i in range(6)]
    dusk = [draw_picture("target", seed=0, split="val", index=i).image for i in range(6)]
    assert np.median(dusk) < 0.92 * np.median(day)  # away from the lamps
    tints = np.array([p.mean((0, 1)) / p.mean() for p in dusk])
    assert tints.std(axis=0).max() > 0.02


def test_the_cache_is_drawn_once_for_each_look_and_names_it(tmp_path, monkeypatch):
    from spcl.data.streets import pair as streets

    calls = []
    monkeypatch.setattr(
        streets, "write_streets", lambda root, *, look, **_: (calls.append(look), root.mkdir())
    )
    assert cached_streets(cache=tmp_path) == cached_streets(cache=tmp_path, look="dusk")
    for look in TARGETS:
        assert cached_streets(cache=tmp_path, look=look).name.startswith(f"streets-{look}-")
    assert calls == ["dusk", "fog", "night_rain"]


AS_FIRST_DRAWN = {
    ("source", "train", 0): (
        [112.4585, 107.4402, 106.2258],
        [10380, 1414, 6312, 0, 1865, 0, 5091, 1724, 199, 962, 4821],
    ),
    ("source", "val", 7): (
        [104.8581, 99.5543, 99.2547],
        [11269, 130, 4727, 1521, 1408, 392, 5309, 2101, 1644, 124, 4143],
    ),
    ("target", "train", 3): (
        [122.0029, 120.2318, 108.5491],
        [5103, 32, 6221, 355, 477, 107, 7089, 3127, 0, 1237, 9020],
    ),
    ("target", "val", 11): (
        [116.0361, 107.9574, 94.9938],
        [8848, 1895, 8063, 661, 794, 450, 6291, 1709, 182, 1067, 2808],
    ),
}
"""Mean of each channel, and pixels of each class, of pictures as they were before there were looks.

Means, because the last bit of a pixel may differ from processor to processor; a random number more
or less changes them by a thousand times the tolerance.
"""


@pytest.mark.parametrize("picture", AS_FIRST_DRAWN, ids=str)
def test_the_default_pair_stays_as_it_was(picture):
    domain, split, index = picture
    drawn = draw_picture(domain, seed=0, split=split, index=index)
    means, pixels = AS_FIRST_DRAWN[picture]
    assert drawn.image.mean((0, 1)) == pytest.approx(means, abs=1e-3)
    assert np.bincount(drawn.label.ravel(), minlength=len(CLASSES)).tolist() == pixels


@pytest.mark.slow
def test_a_look_changes_the_target_alone_and_none_of_its_labels():
    for index in range(4):
        options = {"seed": 0, "split": "train", "index": index}
        shown = [draw_picture("target", **options, look=look) for look in TARGETS]
        assert all(np.array_equal(one.label, shown[0].label) for one in shown)
        assert len({one.image.tobytes() for one in shown}) == len(TARGETS)
        source = [draw_picture("source", **options, look=look).image for look in TARGETS]
        assert all(np.array_equal(one, source[0]) for one in source)


@pytest.mark.slow
def test_contrast_falls_in_fog_by_koschmieders_law_and_night_is_dark():
    near_kept, far_kept, bright = [], [], {look: [] for look in TARGETS}
    for index in range(6):
        options = {"seed": 0, "split": "val", "index": index}
        random = np.random.default_rng([0, 1, 1, index])
        view = view_scene(draw_scene(TARGETS["fog"].streets, random, size=(128, 256)))
        depth = view.at_final_size().z
        shown = {
            look: draw_picture("target", **options, look=look).image.mean(-1) for look in TARGETS
        }
        for kept, part in ((near_kept, depth < 12), (far_kept, (depth > 60) & (depth < 200))):
            kept.append(shown["fog"][part].std() / shown["dusk"][part].std())
        for look, image in shown.items():
            bright[look].append(np.median(image))
    assert np.mean(far_kept) < 0.5 * np.mean(near_kept)  # far things lose more
    median = {look: np.mean(values) for look, values in bright.items()}
    assert median["night_rain"] < 0.5 * median["dusk"] < 0.5 * median["fog"]


def test_rain_adds_light_in_lines_and_drops_show_the_surroundings_upside_down():
    street = np.zeros((64, 96, 3), np.float32)
    street[:32] = 0.8
    assert np.array_equal(with_rain(street, 0.0, np.random.default_rng(0)), street)
    rainy = with_rain(street, 1.0, np.random.default_rng(0))
    assert rainy.dtype == np.float32
    brighter, darker = rainy > street + 0.01, rainy < street - 0.3
    assert brighter[32:].any(), "streaks, or drops that show the sky"
    assert darker[:32].any(), "drops that show the ground"
    assert (rainy == street).mean() > 0.2, "most of the street stays to be seen"


@pytest.mark.parametrize("look", TARGETS)
def test_a_pair_and_its_runs_are_called_by_the_look(tmp_path, look):
    root = tmp_path / "pair"
    write_streets(root, num_train=(1, 1), num_val=(1, 1), size=(32, 64), look=look)
    name = TARGETS[look].name
    named = json.loads((root / "classes.json").read_text())["domains"]
    assert named == {"source": "day", "target": name}
    assert make_config({"data": {"target_look": look}}).shown_title == f"Streets, day to {name}"
    assert make_config({"title": "Mine", "data": {"target_look": look}}).shown_title == "Mine"
    assert make_config({"data": {"kind": "folder"}}).shown_title == ""


def test_classes_carry_both_palettes(root):
    classes = json.loads((root / "classes.json").read_text())["classes"]
    assert all({"name", "display", "color", "safe_color"} <= entry.keys() for entry in classes)
