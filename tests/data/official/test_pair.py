import shutil

import numpy as np
import pytest
from PIL import Image

from spcl.commands import main
from spcl.config import make_config
from spcl.data.check.audit import Audit
from spcl.data.official.layouts import LAYOUTS, recognized
from spcl.data.pairs import open_folders, open_pair
from spcl.errors import UserError
from tests.support.official_sets import WRITERS, official, train_ids

PAIRS = [
    *(("gta5", "cityscapes", 19), ("synthia", "cityscapes", 16), ("synthia", "cityscapes", 13)),
    *(("synscapes", "cityscapes", 19), ("cityscapes", "dark_zurich", 19)),
    ("cityscapes", "acdc", 19),
]


def opened(folder, source, target, classes=19):
    words = official(source, target, folder, f"data.classes={classes}")
    return open_pair(make_config({}, words).data)


@pytest.mark.parametrize(("source", "target", "classes"), PAIRS)
def test_a_pair_is_sound_where_it_lies(tmp_path, source, target, classes):
    pair = opened(tmp_path, source, target, classes)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    report = Audit(pair).run()
    assert report.problems == []
    assert len(report.label_space) == classes
    for split in ("source/train", "target/val"):
        assert (report.splits[split].pixels[:classes] > 0).all(), split
        assert report.splits[split].num_labels == report.splits[split].num_images
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("name", [*WRITERS])
def test_labels_are_exactly_those_that_were_drawn(tmp_path, name):
    layout = LAYOUTS[name]
    root = WRITERS[name](tmp_path / name)
    other = WRITERS["cityscapes"](tmp_path / "other")
    roots = (other, root) if name == "dark_zurich" else (root, other)
    pair = open_folders(roots)
    domain = "target" if name == "dark_zurich" else "source"
    seed = {"cityscapes": 1100, "acdc": 1000, "dark_zurich": 1000}.get(name, 0)
    names = [
        n
        for n in pair.label_space.names
        if name != "synthia" or n not in ("terrain", "truck", "train")
    ]
    split = pair.split(f"{domain}/val", with_labels=True)
    image, label = split.read(0)
    wanted = train_ids(seed, names=tuple(names)).copy()
    if name == "gta5":
        wanted[0, :3] = 255  # the licence plate
    assert image.shape == (32, 64, 3)
    assert np.array_equal(label, wanted)
    assert recognized(root) is layout


def test_names_tell_images_apart(tmp_path):
    pair = opened(tmp_path, "cityscapes", "acdc")
    assert pair.split("source/val", with_labels=True).names[0] == "lindau_000000_000019"
    names = pair.split("target/train", with_labels=False).names
    assert names[:3] == (
        *("fog_GOPR0400_frame_000000", "fog_GOPR0400_frame_000001"),
        "night_GOPR0400_frame_000000",
    )
    assert len(set(names)) == len(names) == 8


@pytest.mark.slow
def test_a_set_without_val_gives_every_fiftieth_image_to_it(tmp_path):
    root = WRITERS["synscapes"](tmp_path / "s", count=103)
    pair = open_folders([root])
    train, val = (pair.split(f"source/{part}", with_labels=True) for part in ("train", "val"))
    assert len(val) == 3
    assert len(train) == 100
    assert not set(train.images) & set(val.images)
    report = Audit(pair).run()
    assert any("every 50th image by name is val" in text for text in report.warnings)
    assert not any("labels" in text for text in report.warnings)


def test_labels_that_do_not_have_their_images_size_are_counted_in_gta5(tmp_path):
    root = WRITERS["gta5"](tmp_path / "gta5")
    report = Audit(open_folders([root])).run()
    assert report.problems == []
    (remark,) = [text for text in report.warnings if "nearest neighbour" in text]
    assert "00004.png is 32x16 but its image is 64x32" in remark
    _, label = open_folders([root]).split("source/train", with_labels=True).read(2)
    assert label.shape == (32, 64)


def test_labels_of_other_programs_beside_the_published_ones_are_not_read(tmp_path):
    root = WRITERS["gta5"](tmp_path / "gta5")
    for path in [*(root / "labels").iterdir()]:
        shutil.copy(path, path.with_name(f"{path.stem}_labelTrainIds.png"))
    report = Audit(open_folders([root])).run()
    assert report.problems == []
    assert not any("have no image" in text for text in report.warnings)


def test_train_ids_alone_are_accepted(tmp_path):
    root = WRITERS["cityscapes"](tmp_path / "c")
    pair = open_folders([root])
    before = [pair.split("source/val", with_labels=True).read(i)[1] for i in range(4)]
    for path in root.glob("gtFine/*/*/*_labelIds.png"):
        i = path.name.index("_gtFine")
        drawn = before[int(path.name[:i].split("_")[1])]
        Image.fromarray(drawn).save(path.with_name(f"{path.name[:i]}_gtFine_labelTrainIds.png"))
        path.unlink()
    after = [pair.split("source/val", with_labels=True).read(i)[1] for i in range(4)]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_target_train_labels_are_not_even_listed(tmp_path):
    pair = opened(tmp_path, "gta5", "cityscapes")
    shutil.rmtree(tmp_path / "cityscapes" / "gtFine" / "train")
    split = pair.split("target/train", with_labels=False)
    assert split.labels is None
    assert split.read(0)[1] is None


def test_what_has_no_labels_cannot_be_where_they_are_needed(tmp_path):
    pair = opened(tmp_path, "cityscapes", "dark_zurich")
    with pytest.raises(UserError, match="published without labels of train"):
        pair.split("target/train", with_labels=True)
    report = Audit(pair, target_labels="need").run()
    assert any("published without labels of train" in text for text in report.problems)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "data.source is not set; add data.source=NAME, one of gta5, synthia"),
        (["data.source=gta5"], "data.source_root is not set; add data.source_root=FOLDER"),
        (["data.source=gta"], 'use "gta5" or "synthia"'),
        (["data.source=dark_zurich"], "data.source is 'dark_zurich'; use"),
        (["data.classes=11"], "data.classes is 11; use 19 or 16 or 13"),
    ],
)
def test_settings_that_are_missing_or_wrong_are_a_sentence(words, sentence):
    with pytest.raises(UserError) as error:
        open_pair(make_config({}, ["data.kind=official", *words]).data)
    assert sentence in str(error.value)


def test_check_takes_one_set_two_or_a_configuration(tmp_path, capsys):
    words = official("synthia", "cityscapes", tmp_path)
    config = tmp_path / "c.toml"
    config.write_text("")
    roots = [str(tmp_path / "synthia"), str(tmp_path / "cityscapes")]
    assert main(["check", *roots, "data.classes=16"]) == 0
    two = capsys.readouterr().out
    assert main(["check", str(config), *words, "data.classes=16"]) == 0
    assert capsys.readouterr().out == two
    assert "terrain" not in two
    assert f"source: SYNTHIA RAND-CITYSCAPES in {roots[0]}, 16 classes" in two
    assert main(["check", roots[0]]) == 0
    one = capsys.readouterr().out
    assert "terrain %" in one
    assert "data.classes=16 leaves" in one.replace("\n", " ")
    assert main(["check", "--fast", *roots]) == 0
    assert main(["check", *roots, str(tmp_path)]) == 2
    assert "3 folders are named" in capsys.readouterr().err
