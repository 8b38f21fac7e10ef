import numpy as np
import pytest

from spcl.analysis.measures.mask_report import MaskReports
from spcl.store.reader import Run
from spcl.store.scores.counts import cross_table, mean_iou_of_present
from tests.support.synthetic_run import NAMES, write_synthetic_run

KEY = "target-frame_0"


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    return Run(write_synthetic_run(tmp_path_factory.mktemp("runs")))


@pytest.fixture(scope="module")
def report(run):
    return MaskReports(run).report(40)


def test_tables_of_an_image_count_its_masks_against_its_label(run, report):
    label = run.probe().label(KEY)
    then, now = (run.snapshot(step).mask(KEY) for step in (20, 40))
    image = report["domains"]["target"]["images"][KEY]
    for name, pair in {
        "before": (label, then),
        "after": (label, now),
        "transfer": (then, now),
    }.items():
        np.testing.assert_array_equal(image[name], cross_table(*pair, len(NAMES)))
    assert image["gain"] == mean_iou_of_present(image["after"]) - mean_iou_of_present(
        image["before"]
    )
    np.testing.assert_array_equal(image["fixed"] + image["still_right"], np.diag(image["after"]))
    np.testing.assert_array_equal(image["broken"] + image["still_right"], np.diag(image["before"]))
    kinds = ("fixed", "broken", "still_wrong", "still_right")
    assert sum(image[name] for name in kinds).tolist() == image["before"].sum(axis=1).tolist()


def test_a_gain_is_that_of_the_recorded_scores(run, report):
    scores = [run.snapshot(step).scores["target"]["images"][KEY]["mean_iou"] for step in (20, 40)]
    gain = report["domains"]["target"]["images"][KEY]["gain"]
    assert gain == pytest.approx(scores[1] - scores[0])


def test_the_transfer_of_a_domain_is_that_of_its_images(report):
    domain = report["domains"]["source"]
    images = [image["transfer"] for image in domain["images"].values()]
    np.testing.assert_array_equal(domain["transfer"], np.sum(images, axis=0))


def test_the_curve_before_is_that_of_the_snapshot_before(run, report):
    before = MaskReports(run).report(20)
    assert before["before_step"] is None
    for domain in ("source", "target"):
        curves = report["domains"][domain]
        assert (
            curves["calibration_before"]["confidence"]
            == (before["domains"][domain]["calibration"]["confidence"])
        )
        assert curves["calibration"]["error"] != curves["calibration_before"]["error"]
        assert before["domains"][domain]["calibration_before"] is None


def test_an_image_without_label_has_its_transfer_alone(tmp_path):
    run = Run(write_synthetic_run(tmp_path, target_labels=False))
    target = MaskReports(run).report(40)["domains"]["target"]
    assert list(target["images"][KEY]) == ["transfer"]
    assert target["calibration"] is target["calibration_before"] is None
    assert target["notable"] == {}
