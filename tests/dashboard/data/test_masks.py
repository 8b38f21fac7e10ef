from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dashboard.data.masks import mask_change, mask_transfer
from spcl.store.errors import DamagedError
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

KEY = "target-frame_0"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_synthetic_run(tmp_path)


def test_change_agrees_with_the_recorded_confusions(path: Path) -> None:
    change = mask_change(str(path), 20, 40, KEY)
    assert change is not None
    for step, counted in ((20, change.confusion_before), (40, change.confusion_after)):
        recorded = Run(path).snapshot(step).scores["target"]["images"][KEY]["confusion"]
        assert counted.tolist() == recorded


def test_transfer_counts_every_pixel_without_needing_truth(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path, target_labels=False)
    assert mask_change(str(path), 20, 40, KEY) is None
    transfer = mask_transfer(str(path), 20, 40, KEY)
    assert transfer.sum() == 32 * 64
    before = Run(path).snapshot(20).mask(KEY)
    assert transfer.sum(axis=1).tolist() == np.bincount(before.ravel(), minlength=5).tolist()


def test_masks_of_two_sizes_are_one_sentence(path: Path) -> None:
    small = Image.fromarray(np.zeros((4, 4), np.uint8))
    small.save(Run(path).snapshot(40).mask_path(KEY))
    with pytest.raises(DamagedError, match="differ in size"):
        mask_change(str(path), 20, 40, KEY)
