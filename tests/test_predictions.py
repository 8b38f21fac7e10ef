import shutil

import numpy as np
import pytest
from PIL import Image

from spcl.commands import main
from spcl.errors import UserError
from spcl.predictions import record_predictions
from spcl.store.reader import Run
from spcl.store.scores.counts import cross_table
from spcl.store.validation import faults
from tests.support.prediction_folder import write_prediction_folder


def test_masks_in_folders_become_a_run(tmp_path, capsys):
    root = write_prediction_folder(tmp_path / "mine")
    assert main(["record", "--predictions", str(root), "--runs", str(tmp_path / "runs")]) == 0
    (path,) = (tmp_path / "runs").iterdir()
    run = Run(path)
    assert "3 steps recorded; without features, prototypes, confidence" in capsys.readouterr().out
    assert list(faults(run)) == []
    assert run.steps() == [0, 100, 200]
    info = run.info()
    assert (info.title, info.before_step, info.total_steps) == ("mine", 0, 200)
    mask = np.asarray(Image.open(root / "target" / "predictions" / "100" / "frame_1.png"))
    assert np.array_equal(run.snapshot(100).mask("target-frame_1"), mask)
    truth = run.probe().label("target-frame_1")
    assert run.snapshot(100).scores["target"]["images"]["target-frame_1"]["confusion"] == (
        cross_table(truth, mask, 4).tolist()
    )


def test_features_and_logits_are_taken_where_there_are_some(tmp_path):
    root = write_prediction_folder(tmp_path / "mine", features=True, logits=True)
    run = Run(record_predictions(root, tmp_path / "runs", before=100))
    assert list(faults(run)) == []
    assert run.info().absent == ("prototypes", "thresholds", "settings")
    assert run.info().before_step == 100
    assert run.snapshot(0).features.shape[1] == 4


def test_a_target_without_labels_is_not_scored(tmp_path):
    root = write_prediction_folder(tmp_path / "mine", target_labels=False)
    run = Run(record_predictions(root, tmp_path / "runs"))
    assert run.snapshot(0).scores["target"] is None


def _id_9(root):
    Image.fromarray(np.full((24, 48), 9, np.uint8)).save(
        root / "source" / "predictions" / "0" / "frame_0.png"
    )


def _flat(root):
    np.save(root / "source" / "features" / "0" / "frame_0.npy", np.zeros((4, 6)))


def _pickled(root):
    np.save(root / "source" / "features" / "0" / "frame_0.npy", np.array([{}], object))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda root: (root / "classes.json").unlink(), "classes.json does not exist"),
        (lambda root: shutil.rmtree(root / "target" / "images"), "images does not exist"),
        (lambda root: shutil.rmtree(root / "target" / "predictions"), "put masks there, as source"),
        (lambda root: shutil.rmtree(root / "target" / "predictions" / "100"), "has no step 100"),
        (lambda root: (root / "source" / "predictions" / "last").mkdir(), "last is no step"),
        (
            lambda root: (root / "source" / "predictions" / "0" / "frame_1.png").unlink(),
            "frame_1.png is missing; give every image a mask",
        ),
        (lambda root: shutil.rmtree(root / "source" / "features" / "0"), "features at every step"),
        (lambda root: (root / "source" / "labels" / "frame_0.png").unlink(), "has no label"),
        (_id_9, "has id 9 in 1152 pixels; predict one of the classes 0 to 3"),
        (_flat, r"is float64 of the shape \(4, 6\); save floats \(C, h, w\)"),
        (_pickled, "is no array of numpy"),
    ],
)
def test_what_does_not_fit_is_one_sentence(tmp_path, spoil, sentence):
    root = write_prediction_folder(tmp_path / "mine", features=True)
    spoil(root)
    with pytest.raises(UserError, match=sentence):
        record_predictions(root, tmp_path / "runs")
