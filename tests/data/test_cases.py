"""Files as people really have them: `check` and `adapt` come to the same verdict, by value."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from spcl import launch
from spcl.commands import main
from spcl.config import make_config
from spcl.data.check.audit import audit
from spcl.data.domains import Domains
from spcl.errors import UserError
from spcl.store.reader import Run
from tests.ci_rules import IS_CI
from tests.support import case_pairs as cases
from tests.support import strange_pictures as strange

SETTINGS = [
    *("data.kind=folder", "data.size=[64, 96]", "threads=1", "model.backbone=tiny"),
    *("warmup.steps=2", "warmup.batch=2", "adapt.steps=2", "adapt.source_batch=2"),
    *("adapt.target_batch=2", "record.every=2", "record.probe_images=3"),
]
"""The smallest run; launching it does all that a run does before its first update."""

READ = [
    cases.class_absent_predicted,
    cases.classes_bom_crlf,
    cases.hidden_files,
    cases.images_gray_and_alpha,
    cases.images_linked,
    cases.images_webp_labels_tif,
    cases.label_16bit,
    cases.label_4bit_gray,
    cases.names_of_people,
    cases.suffix_upper_case,
    cases.image_16bit,
    cases.exif_upside_down,
    cases.exif_on_its_side,
]
REFUSED = [
    (cases.cityscapes_names, "f0_leftImg8bit.*6 of 6 labels.*f0_gtFine_labelTrainIds.*be equal"),
    (cases.class_names_twice, r'classes\[2\], id 2, has the name "wall"'),
    (cases.classes_256, "256 classes; use at most 255"),
    (cases.colors_as_fractions, r'classes\[0\], "ground", has the color.*multiply fractions'),
    (cases.ids_with_gaps, "class ids are 7, 11, 26; they must be 0 to 2"),
    (cases.one_class, "there is 1 class"),
    (cases.image_float, "nan.tiff has floating-point samples"),
    pytest.param(
        cases.image_huge,
        r"huge.png is 14000x13000 \(182 megapixels\)",
        marks=pytest.mark.slow,
        id="image_huge",
    ),
    (cases.image_truncated_train, r"f3.jpg is not a readable image \(it is cut off\)"),
    (cases.image_empty, "f3.png is not a readable image .it is empty"),
    (cases.image_dead_link, "gone.png is not a readable image .it is not there"),
    (cases.image_of_many_frames, "pages.tif holds 2 pictures"),
    (strange.image_animated_webp, "moving.webp holds 2 pictures .pages or frames.; save the one"),
    (strange.image_animated_png, "moving.png holds 3 pictures"),
    (strange.label_animated_png, "f0.png holds 2 pictures"),
    (strange.image_text_bomb, "f3.png is not a readable image .Decompressed data too large"),
    (strange.image_text_bomb_behind_its_pixels, "f3.png is not a readable image .Decompressed"),
    (strange.label_text_bomb, "f3.png is not a readable image .Decompressed data too large"),
    (cases.label_rgb, "f0.png has mode RGB; save labels as 8-bit PNG, one channel of ids"),
    (cases.label_palette_of_colors, "shows id 0 in the colour of disc, which is id 2"),
    (cases.label_jpeg, "f0.jpg is not lossless"),
    (cases.target_val_half_labelled, "f1.png has no label f1.png.*3 of 6 labels of target/val"),
]


@pytest.fixture
def pair(tmp_path):
    return cases.write_case_pair(tmp_path / "pair")


def config(root, *more):
    return make_config({}, [*SETTINGS, f"data.root={root}", *more])


def launched(root, tmp_path, *more):
    adaptation = launch.start(config(root, *more), runs_dir=tmp_path / "runs", run_id="run")
    adaptation.batches.close()
    adaptation.recorder.end("stopped")
    return Run(adaptation.recorder.path)


def shares(root):
    pixels = audit(root).splits["source/train"].pixels
    return (100 * pixels / pixels[:255].sum()).round(2)


@pytest.mark.slow
@pytest.mark.parametrize("case", READ, ids=lambda case: case.__name__)
def test_what_check_passes_is_read_as_it_is_and_begins_a_run(pair, tmp_path, case):
    case(pair)
    report = audit(pair)
    assert report.problems == []
    assert [split.num_images for split in report.splits.values()] == [6, 6, 6, 6]
    assert shares(pair)[:3].tolist() == [52.56, 40.62, 6.82]
    launched(pair, tmp_path)
    image, label = Domains.open(config(pair)).source_train[0]
    disc = image[label == 2].mean()
    assert disc > image[label != 2].mean() + 20, "the disc lies where the label has it"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "reason"), REFUSED, ids=lambda value: getattr(value, "__name__", "")
)
def test_what_check_refuses_adapt_refuses_in_the_same_words(pair, tmp_path, case, reason, capsys):
    case(pair)
    assert main(["check", str(pair)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 4, "one line a kind and split"
    assert re.search(reason, lines[0])
    with pytest.raises(UserError, match=reason):
        launched(pair, tmp_path)
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "expected"),
    [(cases.label_1bit, {0: 59.38, 1: 40.62}), (cases.label_2bit_gray, {0: 93.18, 3: 6.82})],
)
def test_samples_of_few_bits_are_ids(pair, tmp_path, case, expected):
    case(pair)
    found = shares(pair)
    assert {int(i): found[i] for i in np.flatnonzero(found)} == expected
    launched(pair, tmp_path)


def test_grey_of_16_bits_keeps_its_levels(pair):
    before = np.array(cases.Image.open(pair / "source/train/images/f0.png").convert("L"))
    cases.image_16bit(pair)
    image, _ = Domains.open(config(pair)).source_train[0]
    assert np.array_equal(image, np.repeat(before[:, :, None], 3, axis=2))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "warning"),
    [
        (cases.city_folders, "has 3 files in sub-folders that are not read.*aachen/f0.png"),
        (cases.labels_without_images, "2 labels without an image of the same name, for .*f4.png"),
        (cases.labels_without_images, "1 picture is in source/train and in source/val alike"),
        (cases.label_all_unlabelled, "target/val has labels but no labelled pixel"),
        (cases.exif_upside_down, "f0.jpg is turned upright.*5 more files of source/train"),
        (cases.target_unlabelled, "target/val has no labels"),
    ],
)
def test_what_may_surprise_is_one_line(pair, tmp_path, case, warning):
    case(pair)
    report = audit(pair)
    assert report.problems == []
    assert len([line for line in report.warnings if re.search(warning, line)]) >= 1
    assert len(report.warnings) <= 8
    launched(pair, tmp_path)


@pytest.mark.slow
def test_names_that_the_run_uses_itself_do_not_collide(pair, tmp_path):
    cases.names_collide(pair)
    probe = launched(pair, tmp_path, "record.probe_images=6").probe()
    files = {f"{image.key}{end}".casefold() for image in probe.images for end in ("", ".label")}
    assert len(files) == 2 * len(probe.images)
    assert [i.key for i in probe.images if i.name == "f0"] == ["source-f0", "target-f0"]


def test_other_files_under_the_same_name_are_noticed(pair, tmp_path):
    run = launched(pair, tmp_path)
    recorded = run.info().data
    assert recorded["root"] == str(pair)
    assert recorded["files"] == 43
    assert Domains.open(config(pair)).fingerprint().difference(recorded) is None
    (pair / "source/train/labels/f0.png").touch()
    assert "changed their times" in Domains.open(config(pair)).fingerprint().difference(recorded)
    (pair / "source/train/images/f5.png").unlink()
    said = Domains.open(config(pair)).fingerprint().difference(recorded)
    assert "names or sizes differ" in said


def generators():
    """Return the generators of the folder SPCL_CASES, or what to skip or fail with."""
    named = os.environ.get("SPCL_CASES")
    found = sorted(Path(named).glob("*.py")) if named else []
    return [path for path in found if not path.stem.startswith(("run_", "_"))]


def test_the_generators_are_there_in_ci():
    if not generators():
        (pytest.fail if IS_CI else pytest.skip)("SPCL_CASES names no folder of generators")


@pytest.mark.slow
@pytest.mark.parametrize("generator", generators(), ids=lambda path: path.stem)
def test_check_and_adapt_agree_on_every_generator(generator, tmp_path):
    made = [sys.executable, str(generator), str(tmp_path / "pair")]
    subprocess.run(made, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    code = main(["check", str(tmp_path / "pair")])
    try:
        launched(tmp_path / "pair", tmp_path)
        domains = Domains.open(config(tmp_path / "pair"))
        for frames in (domains.source_train, domains.target_train, domains.target_val):
            assert all(frames[index][0].dtype == np.uint8 for index in range(len(frames)))
        assert code == 0
    except UserError:
        assert code == 2


def test_a_run_is_not_resumed_on_other_files(pair, tmp_path):
    adaptation = launch.start(config(pair), runs_dir=tmp_path / "runs", run_id="run")
    adaptation.recorder.checkpoint(adaptation.state())
    adaptation.batches.close()
    adaptation.recorder.end("stopped")
    (pair / "source/train/images/f5.png").unlink()
    with pytest.raises(UserError, match="names or sizes differ; put those back"):
        launch.resume(tmp_path / "runs" / "run")


def test_fast_opens_headers_only_and_says_so(pair, capsys):
    cases.image_truncated_train(pair)
    assert main(["check", "--fast", str(pair)]) == 0
    assert "Only headers were read (--fast)" in capsys.readouterr().out
    assert main(["check", str(pair)]) == 2
