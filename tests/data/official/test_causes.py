"""What is missing of a data set is told with its usual cause."""

import shutil

import pytest

from spcl.commands import main
from tests.support.official_sets import WRITERS


@pytest.fixture
def root(tmp_path):
    return WRITERS["cityscapes"](tmp_path / "data" / "cityscapes")


def said(capsys, *words):
    assert main(["check", *map(str, words)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert not any("Traceback" in line for line in lines)
    return "\n".join(lines)


def test_a_level_too_high_and_too_low(root, capsys):
    above = said(capsys, root.parent)
    assert f"{root.parent} is a level above the root of Cityscapes; name {root}" in above
    for below in (root / "leftImg8bit", root / "leftImg8bit" / "train", root / "gtFine"):
        assert f"{below} is a level below the root of Cityscapes; name {root}" in said(
            capsys, below
        )


def test_labels_without_images_and_images_without_labels(root, capsys):
    (root / "leftImg8bit").rename(root / "away")
    text = said(capsys, root)
    assert "has gtFine without leftImg8bit" in text
    assert "unpack leftImg8bit_trainvaltest.zip there" in text
    (root / "away").rename(root / "leftImg8bit")
    (root / "gtFine").rename(root / "away")
    (root / "gtFine_trainvaltest.zip").write_bytes(b"PK")
    text = said(capsys, root)
    assert "has leftImg8bit without gtFine, so 8 of 8 labels of source/train are missing" in text
    assert "gtFine_trainvaltest.zip is still packed" in text


def test_a_partial_download(root, capsys):
    shutil.rmtree(root / "gtFine" / "train" / "zurich")
    (root / "leftImg8bit" / "val" / "lindau" / "lindau_000001_000019_leftImg8bit.png").unlink()
    assert main(["check", str(root)]) == 2
    told = capsys.readouterr()
    assert "(4 of 8 labels of source/train are missing); the download may be partial" in told.err
    out = told.out.replace("\n", " ")
    assert "source/val has 3 of the 500 images of Cityscapes" in out
    assert "1 labels in" in out
    assert "lindau_000001_000019_gtFine_labelIds.png" in out


def test_a_split_that_is_not_there(root, capsys):
    shutil.rmtree(root / "leftImg8bit" / "val")
    text = said(capsys, root)
    assert "has no val (it has test, train only)" in text
    assert "leftImg8bit/val/.../*_leftImg8bit.png" in text


def test_polygons_alone_are_no_labels_and_train_ids_need_not_be_made(root, capsys):
    for path in root.glob("gtFine/*/*/*.png"):
        path.unlink()
    text = said(capsys, root)
    assert "aachen_000000_000019_gtFine_polygons.json is there" in text
    assert "labelTrainIds need not be made" in text


def test_an_archive_that_was_not_unpacked(tmp_path, capsys):
    root = tmp_path / "gta5"
    (root / "images").mkdir(parents=True)
    (root / "labels").mkdir()
    (root / "01_images.zip").write_bytes(b"PK")
    text = said(capsys, root)
    assert "01_images.zip is still packed, so unpack it there" in text


def test_images_of_another_format_are_mentioned(tmp_path, capsys):
    root = WRITERS["gta5"](tmp_path / "gta5")
    for path in (root / "images").iterdir():
        path.rename(path.with_suffix(".jpg"))
    text = said(capsys, root)
    assert "has no images of train; 00001.jpg lies there; GTA5 has them in images/*.png" in text


def test_a_folder_that_is_nothing_and_one_that_is_none(tmp_path, root, capsys):
    (tmp_path / "empty").mkdir()
    assert "classes.json does not exist" in said(capsys, tmp_path / "empty")
    text = said(capsys, tmp_path / "empty", root)
    assert "is none of GTA5, SYNTHIA RAND-CITYSCAPES, Synscapes, Cityscapes, ACDC" in text
    assert "is not a folder" in said(capsys, tmp_path / "nowhere")
    assert "is not a folder" in said(
        capsys,
        *("configs/streets.toml", "data.kind=official", "data.source=gta5"),
        *("data.target=cityscapes", f"data.source_root={tmp_path / 'no'}"),
        f"data.target_root={root}",
    )


def test_instances_in_the_place_of_classes_are_refused(root, capsys):
    for path in root.glob("gtFine/val/*/*_labelIds.png"):
        shutil.copy(path.with_name(path.name.replace("labelIds", "instanceIds")), path)
    text = said(capsys, root)
    assert "lindau_000000_000019_gtFine_labelIds.png has id" in text
    assert "the same is true of 3 more files of source/val" in text


def test_adapt_refuses_with_the_same_sentence(root, tmp_path, capsys):
    shutil.rmtree(root / "gtFine" / "val")
    gta5 = WRITERS["gta5"](tmp_path / "gta5")
    words = [
        *("data.kind=official", "data.source=gta5", "data.target=cityscapes"),
        *(f"data.source_root={gta5}", f"data.target_root={root}"),
    ]
    (gta5 / "labels" / "00003.png").unlink()
    assert main(["adapt", "configs/streets.toml", *words, "--runs", str(tmp_path / "runs")]) == 2
    text = capsys.readouterr().err
    assert "00003.png has no label labels/00003.png (1 of 5 labels of source/train" in text
    assert not (tmp_path / "runs").exists()
