"""Changes of masks: read from the report, counted without one, and both alike."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dashboard.data.masks.changes import MaskChange, mask_change, mask_transfer, reliability
from spcl.analysis.measures.mask_report import MaskReports
from spcl.store.derived.writer import DerivedWriter
from spcl.store.errors import DamagedError
from spcl.store.reader import Run
from tests.support.synthetic_run import NAMES, write_synthetic_run

KEY = "target-frame_0"
K = len(NAMES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_synthetic_run(tmp_path)


def write_report(path: Path, step: int = 40) -> None:
    report = MaskReports(Run(path)).report(step)
    DerivedWriter(Run(path)).write_mask_report(step, report)


def edit_report(path: Path, step: int, edit: Any) -> None:
    file = path / "derived" / "masks" / f"step_{step}.json"
    report = json.loads(file.read_text())
    edit(report)
    file.write_text(json.dumps(report))


def plain(change: MaskChange | None) -> dict[str, Any]:
    assert change is not None
    return {name: np.asarray(value).tolist() for name, value in vars(change).items()}


def test_change_agrees_with_the_recorded_confusions(path: Path) -> None:
    change = mask_change(str(path), 20, 40, KEY, K)
    assert change is not None
    for step, counted in ((20, change.confusion_before), (40, change.confusion_after)):
        recorded = Run(path).snapshot(step).scores["target"]["images"][KEY]["confusion"]
        assert counted.tolist() == recorded


def test_what_is_read_from_the_report_is_what_is_counted(path: Path) -> None:
    keys = [image.key for image in Run(path).probe().images]
    counted = [plain(mask_change(str(path), 20, 40, key, K)) for key in keys]
    transfers = [mask_transfer(str(path), 20, 40, key, K).tolist() for key in keys]
    write_report(path)
    for step in (20, 40):  # nothing is left to count
        for file in (path / "snapshots" / f"step_{step:07d}" / "masks").iterdir():
            file.unlink()
    assert [plain(mask_change(str(path), 20, 40, key, K)) for key in keys] == counted
    assert [mask_transfer(str(path), 20, 40, key, K).tolist() for key in keys] == transfers


def test_a_report_of_other_steps_or_without_tables_is_no_report(path: Path) -> None:
    counted = plain(mask_change(str(path), 20, 40, KEY, K))
    write_report(path)
    edit_report(path, 40, lambda report: report["domains"]["target"]["images"][KEY].pop("before"))
    assert plain(mask_change(str(path), 20, 40, KEY, K)) == counted
    assert reliability(str(path), 40, "target") is None
    write_report(path)
    assert mask_change(str(path), 10, 40, KEY, K) is not None
    assert plain(mask_change(str(path), 10, 40, KEY, K)) != counted


@pytest.mark.slow
@pytest.mark.parametrize("value", [None, "x", [], {}, -1, 1e999, True, [[1, 2], [3]]])
@pytest.mark.parametrize("name", ["domains", "images", "calibration_before", "transfer", "pixels"])
def test_a_report_with_another_kind_of_value_anywhere_is_no_report(
    path: Path, name: str, value: Any
) -> None:
    counted = plain(mask_change(str(path), 20, 40, KEY, K))

    def edit(report: dict[str, Any]) -> None:
        target = report["domains"]["target"]
        places = (report, target, target["images"][KEY], target["calibration"])
        next(place for place in places if name in place)[name] = value

    write_report(path)
    edit_report(path, 40, edit)
    assert plain(mask_change(str(path), 20, 40, KEY, K)) == counted
    reliability(str(path), 40, "target")


def test_transfer_counts_every_pixel_without_needing_truth(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path, target_labels=False)
    before = Run(path).snapshot(20).mask(KEY)
    for has_report in (False, True):
        if has_report:
            write_report(path)
        assert mask_change(str(path), 20, 40, KEY, K) is None
        transfer = mask_transfer(str(path), 20, 40, KEY, K)
        assert transfer.sum() == 32 * 64
        assert transfer.sum(axis=1).tolist() == np.bincount(before.ravel(), minlength=K).tolist()


def test_masks_of_two_sizes_are_one_sentence(path: Path) -> None:
    small = Image.fromarray(np.zeros((4, 4), np.uint8))
    small.save(Run(path).snapshot(40).mask_path(KEY))
    with pytest.raises(DamagedError, match="differ in size"):
        mask_change(str(path), 20, 40, KEY, K)


def test_without_a_report_no_curve_is_claimed(path: Path) -> None:
    assert reliability(str(path), 40, "target") is None


def test_the_curves_are_those_of_the_report(path: Path) -> None:
    write_report(path)
    curves = reliability(str(path), 40, "target")
    assert curves is not None
    now, before = curves
    assert now is not None
    assert before is not None
    assert now.pixels.sum() == 3 * 32 * 64
    known = np.isfinite(now.confidence)
    share = now.pixels[known] / now.pixels.sum()
    error = (share * np.abs(now.accuracy - now.confidence)[known]).sum()
    assert now.error == pytest.approx(error, abs=1e-4)
    assert now.error != before.error


def test_at_the_reference_step_there_is_one_curve_and_without_labels_none(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    write_report(path, 20)
    now, before = reliability(str(path), 20, "target") or (None, None)
    assert now is not None
    assert before is None
    bare = write_synthetic_run(tmp_path / "bare", target_labels=False)
    write_report(bare)
    assert reliability(str(bare), 40, "target") == (None, None)
