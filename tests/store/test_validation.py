"""Every damage of a recorded run is found by reading all of it, and named."""

import numpy as np
import pytest

from spcl.store.formats.digests import DIGESTS_FILE, digests_bytes
from spcl.store.reader import Run
from spcl.store.validation import faults
from tests.support.synthetic_run import write_synthetic_run

STEP = "snapshots/step_0000040"


@pytest.fixture
def run(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    for step in run.steps():
        folder = run.snapshot(step).path
        files = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.name != DIGESTS_FILE
        }
        (folder / DIGESTS_FILE).write_bytes(digests_bytes(files))
    return run


def test_a_sound_run_has_no_faults(run):
    assert list(faults(run)) == []


def test_a_run_recorded_without_digests_is_read_by_its_shapes(tmp_path):
    run = Run(write_synthetic_run(tmp_path / "old"))
    for step in run.steps():
        (run.snapshot(step).path / DIGESTS_FILE).unlink(missing_ok=True)
    assert list(faults(run)) == []
    np.save(run.path / STEP / "features.npy", np.zeros((3, 16), np.float16))
    assert "has 3 rows, and 200 belong there" in "".join(faults(run))


@pytest.mark.parametrize(
    "name", ["features.npy", "prototypes.npz", "scores.json", "masks/target-frame_0.png"]
)
def test_one_flipped_bit_is_found(run, name):
    path = run.path / STEP / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert f"not what was published, such as {name}" in "".join(faults(run))


def test_missing_files_and_rows_that_are_none_are_found(run):
    (run.path / STEP / "masks" / "target-frame_0.png").unlink()
    with (run.path / "metrics.jsonl").open("a") as stream:
        stream.write("garbage\n")
    found = "\n".join(faults(run))
    assert "1 files that are missing" in found
    assert "1 lines that are no rows" in found


def test_a_run_without_probe_is_one_fault(run):
    (run.path / "probe" / "probe.json").unlink()
    assert len(list(faults(run))) == 1


@pytest.mark.parametrize("name", ["snapshots", "metrics.jsonl", "probe"])
def test_what_lies_behind_a_link_is_a_fault_and_not_nothing(run, tmp_path, name):
    (run.path / name).rename(tmp_path / "elsewhere")
    (run.path / name).symlink_to(tmp_path / "elsewhere")
    assert "link" in "".join(faults(run))
