import numpy as np
import pytest

from spcl.config import make_config
from spcl.data.official.classes import UNKNOWN, class_names, label_space, table
from spcl.data.pairs import open_pair
from spcl.label_space import require_sound
from tests.support.official_sets import NAMED, SYNTHIA, official


def test_the_19_classes_have_official_names_order_and_colors():
    space = label_space(19, {})
    assert [(c.name, c.color) for c in space] == [(n, c) for n, (_, _, c) in NAMED.items()]
    assert all(class_id == NAMED[c.name][1] for class_id, c in enumerate(space))
    require_sound(space.to_json())


def test_groups_are_those_of_cityscapes():
    groups = {c.name: c.group for c in label_space(19, {})}
    assert groups["road"] == groups["sidewalk"] == "flat"
    assert {n for n, g in groups.items() if g == "construction"} == {"building", "wall", "fence"}
    assert {n for n, g in groups.items() if g == "object"} == {
        *("pole", "traffic light", "traffic sign")
    }
    assert {n for n, g in groups.items() if g == "nature"} == {"vegetation", "terrain"}
    assert {n for n, g in groups.items() if g == "human"} == {"person", "rider"}
    assert [n for n, g in groups.items() if g == "vehicle"] == [
        *("car", "truck", "bus", "train", "motorcycle", "bicycle")
    ]


def test_16_classes_are_those_of_synthia_and_13_go_without_the_thin_ones():
    assert class_names(16) == tuple(n for n in NAMED if n in SYNTHIA)
    assert len(class_names(16)) == 16
    thin = {"wall", "fence", "pole"}
    assert class_names(13) == tuple(n for n in class_names(16) if n not in thin)
    assert len(class_names(13)) == 13


@pytest.mark.parametrize("num_classes", [19, 16, 13])
def test_every_id_on_disk_is_a_class_unlabelled_or_unknown(num_classes):
    names = class_names(num_classes)
    for encoding, ids, known in (
        ("label ids", {n: v[0] for n, v in NAMED.items()}, {*range(35), 255}),
        ("train ids", {n: v[1] for n, v in NAMED.items()}, {*range(19), 255}),
        ("synthia", SYNTHIA, {*range(23)}),
    ):
        classes = table(encoding, num_classes)
        assert {i for i in range(256) if classes[i] != UNKNOWN} == known
        for name in names:
            if name in ids:
                assert classes[ids[name]] == names.index(name), (encoding, name)
        wanted = {ids[name] for name in names if name in ids}
        others = [i for i in known - wanted if encoding != "synthia" or i not in (16, 18, 20)]
        assert set(classes[others].tolist()) == {255}
        assert not np.array_equal(classes, np.arange(256))


def test_the_domains_are_called_after_their_data_sets(tmp_path):
    words = official("synthia", "cityscapes", tmp_path, "data.classes=16")
    space = open_pair(make_config({}, words).data).label_space
    assert dict(space.domain_names) == {
        "source": "SYNTHIA RAND-CITYSCAPES",
        "target": "Cityscapes",
    }
