"""Runs to compare, for the tests of this room."""

import json
from pathlib import Path

import pytest

from tests.support.synthetic_run import CITYSCAPES, write_synthetic_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two seeds of one setting, two of another that got worse, and runs not to compare."""
    folder = tmp_path_factory.mktemp("compare")
    for seed in (0, 1):
        write_synthetic_run(folder, run_id=f"good-{seed}", images=12, seed=seed)
        worse = write_synthetic_run(
            folder, run_id=f"worse-{seed}", images=12, seed=seed, target_worsens=True
        )
        told = json.loads((worse / "run.json").read_text())
        told["config"]["contrast"] = {**told["config"].get("contrast", {}), "weight": 3.0}
        told["title"] = "Shuffled <b>x</b>"
        (worse / "run.json").write_text(json.dumps(told))
    write_synthetic_run(folder, run_id="unlabeled", target_labels=False)
    write_synthetic_run(folder, run_id="zz-other-classes", names=CITYSCAPES)
    return folder
