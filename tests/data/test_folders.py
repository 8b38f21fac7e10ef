import numpy as np
import pytest
from PIL import Image

from spcl.data.class_ids import read_label
from spcl.data.files.decoding import read_ids, read_image
from spcl.data.folders import FolderPair
from spcl.errors import UserError
from tests.support.tiny_pair import write_tiny_pair


@pytest.fixture
def root(tmp_path):
    return write_tiny_pair(tmp_path / "pair")


def test_a_split_reads_images_and_labels_in_order(root):
    split = FolderPair.open(root).split("source/train", with_labels=True)
    assert split.names == tuple(f"frame_{i}" for i in range(6))
    image, label = split.read(3)
    assert image.shape == (32, 64, 3)
    assert set(np.unique(label)) <= {0, 1, 2, 3, 255}


def test_labels_not_asked_for_are_not_even_listed(root):
    for file in (root / "target" / "train" / "labels").iterdir():
        file.unlink()
    split = FolderPair.open(root).split("target/train", with_labels=False)
    assert split.read(0)[1] is None


def test_jpeg_and_png_stand_side_by_side(root):
    folder = root / "target" / "train" / "images"
    Image.new("RGB", (64, 32)).save(folder / "another.JPG", format="JPEG")
    split = FolderPair.open(root).split("target/train", with_labels=False)
    assert split.names[0] == "another"


def test_another_unlabeled_id_becomes_255(tmp_path):
    Image.fromarray(np.array([[0, 9]], np.uint8)).save(tmp_path / "a.png")
    label = read_label(tmp_path / "a.png", num_classes=3, ignore=9)
    assert label.tolist() == [[0, 255]]


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda f: Image.fromarray(np.full((32, 64), 9, np.uint8)).save(f), "has id 9 in 2048"),
        (lambda f: Image.new("RGB", (64, 32)).save(f), "one channel of ids"),
        (lambda f: Image.new("L", (8, 8)).save(f), "is 8x8 but its image is 64x32"),
        (lambda f: f.write_bytes(b"\x89PNG broken"), "not a readable image"),
    ],
)
def test_a_bad_label_gets_one_sentence(root, break_it, sentence):
    break_it(root / "source" / "train" / "labels" / "frame_0.png")
    with pytest.raises(UserError, match=sentence):
        FolderPair.open(root).split("source/train", with_labels=True).read(0)


def test_missing_things_get_one_sentence(root, tmp_path):
    pair = FolderPair.open(root)
    (root / "source" / "val" / "labels" / "frame_1.png").unlink()
    with pytest.raises(UserError, match=r"1 of 6 labels of source/val"):
        pair.split("source/val", with_labels=True)
    with pytest.raises(UserError, match="does not exist"):
        pair.split("target/test", with_labels=False)
    with pytest.raises(UserError, match="not a readable image"):
        read_image(tmp_path / "no.png")
    with pytest.raises(UserError, match="is missing"):
        read_ids(tmp_path / "no.png")
