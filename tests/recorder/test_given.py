import re

import numpy as np
import pytest

from spcl.errors import UserError
from spcl.recorder import record
from spcl.recorder.given.arrays import class_ids, rgb
from spcl.recorder.given.classes import label_space_of
from tests.recorder.scenes import CLASSES, ColorModel, scenes

IMAGE, LABEL = scenes(1)[0]


@pytest.mark.parametrize(
    "image",
    [IMAGE, IMAGE / 255, IMAGE.transpose(2, 0, 1) / 255, IMAGE.transpose(2, 0, 1)],
)
def test_a_picture_may_be_bytes_or_shares_in_either_order(image):
    assert np.array_equal(rgb(image, "it"), IMAGE)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (IMAGE[:, :, 0], r"it has the shape \(24, 48\); give uint8 or float in \[0, 1\]"),
        (IMAGE.astype(np.int64), "it is int64; give uint8 or float"),
        (IMAGE / 100.0, r"values from 0.* to .*picture=\.\.\. how to undo the normalization"),
    ],
)
def test_another_picture_is_refused_in_a_sentence(image, sentence):
    with pytest.raises(UserError, match=sentence):
        rgb(image, "it")


def test_ids_are_bytes_and_the_ignored_one_is_255():
    space = label_space_of(CLASSES, ignore=-1)
    label = np.array([[0, 3], [-1, 2]])
    assert class_ids(label[None], space, "it").tolist() == [[0, 3], [255, 2]]
    with pytest.raises(UserError, match="it has the id 9 in 1 pixels; use 0 to 3, or -1"):
        class_ids(np.array([[9, 0]]), space, "it")
    with pytest.raises(UserError, match=r"float64 of the shape \(1, 2\); give whole numbers"):
        class_ids(np.array([[0.5, 0]]), space, "it")


def test_classes_may_be_names_colors_or_a_file(tmp_path):
    colored = label_space_of({"road": (1, 2, 3), "sky": (4, 5, 6)})
    assert [info.color for info in colored] == [(1, 2, 3), (4, 5, 6)]
    (tmp_path / "classes.json").write_text(
        '{"classes": [{"id": 0, "name": "a", "color": [0, 0, 1]},'
        ' {"id": 1, "name": "b", "color": [0, 1, 0]}]}'
    )
    assert label_space_of(tmp_path / "classes.json").names == ("a", "b")
    many = label_space_of([f"class {i}" for i in range(255)])
    assert len({info.color for info in many}) == 255


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"classes": ["road", "road"]}, 'classes: classes[1], id 1, has the name "road"'),
        ({"classes": ["road"]}, "classes: there is 1 class; use at least 2"),
        ({"source": iter(())}, "source is a tuple_iterator, which has no numbered items"),
        ({"target": []}, "target has no images"),
        ({"target": [IMAGE]}, "target[0] is a ndarray; give a pair (image, label)"),
        ({"names": {"source": ["a", "b"]}}, "source has 1 images and 2 names"),
        ({"steps": 5, "before": 9}, "before is 9, and steps 5"),
        ({"ignore": 2}, "ignore is 2; use a whole number that is no class"),
        ({"domains": "day"}, "domains is 'day'; give two names"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_written(tmp_path, options, sentence):
    given = {"classes": CLASSES, "source": scenes(1), "target": scenes(1), **options}
    with pytest.raises(UserError, match=re.escape(sentence)):
        record(tmp_path / "runs", **given)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("predict", "sentence"),
    [
        (lambda images: ColorModel().logits(images)[:, :3], "logits of 3 classes, and 4 are named"),
        (lambda images: ColorModel().logits(images)[0], "of the shape (4, 6, 12) for 1 images"),
        (lambda images: ColorModel().ids(images) + 1, "returned the class 4; use 0 to 3"),
        (lambda images: (1, 2, 3), "predict returned 3 things"),
        ("model", "predict is a str; give a function of images"),
    ],
)
def test_what_a_model_must_return_is_said(tmp_path, predict, sentence):
    with (
        pytest.raises(UserError, match=re.escape(sentence)),
        record(tmp_path, CLASSES, source=scenes(1), target=scenes(1)) as run,
    ):
        run.snapshot(0, predict)


def test_normalized_images_are_shown_as_pictures(tmp_path):
    def normalized(pairs):
        return [((image / 255.0 - 0.5) / 0.2, label) for image, label in pairs]

    seen = []

    def predict(images):
        seen.append(images)
        return ColorModel().logits((images * 0.2 + 0.5) * 255)

    pair = {"source": normalized(scenes(1)), "target": normalized(scenes(1))}
    with record(tmp_path, CLASSES, **pair, picture=lambda image: image * 0.2 + 0.5) as run:
        run.snapshot(0, predict)
    assert np.array_equal(seen[0][0], pair["source"][0][0])


def test_images_of_other_sizes_go_through_the_model_by_themselves(tmp_path):
    small = [(image[:16, :32], label[:16, :32]) for image, label in scenes(2)]
    sizes = []

    def predict(images):
        sizes.append(images.shape)
        return ColorModel().logits(images)

    with record(tmp_path, CLASSES, source=[*scenes(2), *small], target=small) as run:
        run.snapshot(0, predict)
    assert sizes == [(2, 24, 48, 3), (2, 16, 32, 3), (2, 16, 32, 3)]
