import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from spcl.commands import main
from spcl.data.check.audit import audit
from spcl.errors import UserError
from tests.support.tiny_pair import write_tiny_pair


@pytest.fixture
def root(tmp_path):
    return write_tiny_pair(tmp_path / "pair")


def test_a_sound_pair_has_no_problem_and_a_share_for_every_class(root):
    report = audit(root)
    assert report.problems == []
    assert report.splits["source/train"].num_images == 6
    console = Console(record=True, width=120)
    console.print(report.table())
    assert "person %" in console.export_text()


def test_ids_out_of_range_are_named_with_file_id_and_count(root, capsys):
    label = np.zeros((32, 64), np.uint8)
    label[0, :5] = 77
    Image.fromarray(label).save(root / "source" / "train" / "labels" / "frame_2.png")
    (problem,) = audit(root).problems
    assert "frame_2.png has id 77 in 5 pixels" in problem
    assert main(["check", str(root)]) == 2


def test_missing_labels_sizes_and_files_that_are_no_images_are_problems(root):
    (root / "source" / "train" / "labels" / "frame_0.png").unlink()
    Image.new("L", (10, 10)).save(root / "source" / "val" / "labels" / "frame_1.png")
    (root / "target" / "train" / "images" / "frame_3.png").write_text("no picture")
    problems = " | ".join(audit(root).problems)
    assert "has no label frame_0.png" in problems
    assert "is 10x10 but its image is 64x32" in problems
    assert "frame_3.png is not a readable image" in problems


def test_a_class_the_source_never_shows_is_a_warning(root):
    for file in (root / "source" / "train" / "labels").iterdir():
        label = np.array(Image.open(file))
        label[label == 3] = 0
        Image.fromarray(label).save(file)
    assert any("person never occurs in source/train" in text for text in audit(root).warnings)


def test_a_target_without_labels_is_a_warning_only(tmp_path):
    report = audit(write_tiny_pair(tmp_path / "pair", target_train_labels=False))
    assert report.problems == []
    assert any("target/train has no labels" in text for text in report.warnings)


def test_no_folder_and_no_classes_are_sentences(tmp_path):
    with pytest.raises(UserError, match="is not a folder"):
        audit(tmp_path / "nothing")
    with pytest.raises(UserError, match=r"classes\.json does not exist"):
        audit(tmp_path)


@pytest.mark.photographs
def test_the_photographs_are_sound(photographs):
    report = audit(photographs)
    assert report.problems == []
    assert [s.num_images for s in report.splits.values()] == [312, 171, 62, 62]
