import json

import numpy as np
import pytest
from PIL import Image

from scripts.prepare_camvid import CLASSES, prepare
from spcl.errors import UserError

FRAMES = {
    "train": ["0006R0_f00930", "0001TP_006690"],
    "val": ["0016E5_07959", "0016E5_07961", "0016E5_07989"],
    "test": ["0001TP_008550", "Seq05VD_f00000"],
}


@pytest.fixture
def copy(tmp_path):
    label = np.full((6, 8), 11, np.uint8)
    label[:3] = 10
    for subset, names in FRAMES.items():
        for folder, picture in (
            (subset, Image.new("RGB", (8, 6), (90, 90, 90))),
            (f"{subset}annot", Image.fromarray(label)),
        ):
            (tmp_path / "copy" / folder).mkdir(parents=True)
            for name in names:
                picture.save(tmp_path / "copy" / folder / f"{name}.png")
    return tmp_path / "copy"


def test_frames_go_to_the_split_of_their_sequence(copy, tmp_path):
    output = tmp_path / "pair"
    assert prepare(copy, output) == 6
    written = sorted(str(p.relative_to(output)) for p in output.rglob("images/*"))
    assert written == [
        "source/train/images/0006R0_f00930.jpg",
        "source/train/images/0016E5_07959.jpg",
        "source/train/images/0016E5_07989.jpg",
        "source/val/images/Seq05VD_f00000.jpg",
        "target/train/images/0001TP_006690.jpg",
        "target/val/images/0001TP_008550.jpg",
    ]
    label = np.asarray(Image.open(output / "target" / "val" / "labels" / "0001TP_008550.png"))
    assert np.unique(label).tolist() == [10, 255]


def test_mistakes_get_one_sentence_and_leave_nothing(copy, tmp_path):
    (copy / "testannot" / "0001TP_008550.png").unlink()
    with pytest.raises(UserError, match="is missing"):
        prepare(copy, tmp_path / "pair")
    assert not (tmp_path / "pair").exists()
    with pytest.raises(UserError, match="SegNet layout"):
        prepare(tmp_path / "nothing", tmp_path / "pair")
    with pytest.raises(UserError, match="exists"):
        prepare(copy, copy)


@pytest.mark.photographs
def test_classes_are_those_of_the_pair(photographs):
    theirs = json.loads((photographs / "classes.json").read_text())["classes"]
    ours = [{"id": i, "name": n, "color": list(c)} for i, (n, c) in enumerate(CLASSES.items())]
    assert ours == theirs
