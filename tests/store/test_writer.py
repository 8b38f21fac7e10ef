import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from spcl.store import schema
from spcl.store.errors import StoreError
from spcl.store.formats.encoding import gray_bytes, json_bytes, mask_bytes
from spcl.store.formats.own_writes import write_own
from spcl.store.reader import Run
from spcl.store.writer import RunWriter
from tests import ROOT
from tests.support.synthetic_run import SyntheticRun, run_info


def test_json_has_no_nan():
    value = {"a": np.float32("nan"), "b": [np.inf, 1], "c": np.arange(2), "d": np.nan}
    assert json.loads(json_bytes(value)) == {"a": None, "b": [None, 1], "c": [0, 1], "d": None}


def test_a_file_is_replaced_whole(tmp_path):
    write_own(tmp_path / "a", b"first", within=tmp_path)
    write_own(tmp_path / "a", b"second", within=tmp_path)
    assert (tmp_path / "a").read_bytes() == b"second"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_masks_keep_their_ids_exactly(tmp_path):
    ids = np.random.default_rng(0).integers(0, 19, (31, 47)).astype(np.uint8)
    (tmp_path / "m.png").write_bytes(mask_bytes(ids, list(range(256)) * 3))
    from PIL import Image

    assert np.array_equal(np.asarray(Image.open(tmp_path / "m.png")), ids)


def test_confidence_is_kept_to_a_255th(tmp_path):
    from PIL import Image

    shares = np.linspace(0, 1, 256).reshape(16, 16).astype(np.float32)
    (tmp_path / "c.png").write_bytes(gray_bytes(shares))
    stored = np.asarray(Image.open(tmp_path / "c.png")) / 255
    np.testing.assert_allclose(stored, shares, atol=0.5 / 255)


def test_an_existing_run_is_never_overwritten(tmp_path):
    RunWriter.create(tmp_path, run_info("a")).end("finished")
    with pytest.raises(StoreError, match="exists; choose another --id"):
        RunWriter.create(tmp_path, run_info("a"))


def test_a_published_snapshot_is_kept_and_a_difference_is_noted(tmp_path):
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.write_snapshot(10)
    before = (run.path / "snapshots" / "step_0000010" / "features.npy").read_bytes()
    run.noise = run.noise + 1
    run.write_snapshot(10)
    assert (run.path / "snapshots" / "step_0000010" / "features.npy").read_bytes() == before
    assert "differs" in Run(run.path).info().notes[0]


@pytest.mark.slow
def test_the_heartbeat_beats_without_the_loop(tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "HEARTBEAT_SECONDS", 0.05)
    writer = RunWriter.create(tmp_path, run_info("a"))
    first = Run(writer.path).info().heartbeat_at
    time.sleep(0.3)
    assert Run(writer.path).info().heartbeat_at > first
    writer.end("finished")


def test_a_folder_without_a_run_is_not_said_to_be_resumable(tmp_path):
    run = SyntheticRun(tmp_path)
    run.writer.end("stopped")
    (run.path / schema.RUN_FILE).unlink()  # killed before it was there
    with pytest.raises(StoreError, match="holds no run; choose another --id") as error:
        SyntheticRun(tmp_path)
    assert "--resume" not in str(error.value)


def test_a_run_ends_at_the_last_step_of_its_metrics(tmp_path):
    run = SyntheticRun(tmp_path)
    run.writer.append_metrics({"step": 7, "stage": "adapt"})
    run.writer.end("stopped")
    info = Run(run.path).info()
    assert (info.step, info.stage) == (7, "adapt")


def test_a_torn_line_is_ended_when_a_run_is_reopened(tmp_path):
    run = SyntheticRun(tmp_path)
    run.writer.end("stopped")
    (run.path / schema.METRICS_FILE).write_bytes(b'{"step": 1}\n{"step": 2, "lo')
    writer = RunWriter.reopen(run.path, Run(run.path).info())
    writer.append_metrics({"step": 2})
    writer.end("finished")
    assert [row["step"] for row in Run(run.path).metrics().read()] == [1, 2]


KILLED = """
import sys
from pathlib import Path
from tests.support.synthetic_run import SyntheticRun
run = SyntheticRun(Path(sys.argv[1]))
run.write_probe()
run.write_snapshot(0)
step = 0
while True:
    step += 1
    run.write_metrics(3)
    run.write_snapshot(step)
    print(step, flush=True)
"""


@pytest.mark.slow
def test_kill_9_in_the_middle_of_a_snapshot_leaves_a_readable_run(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    snapshots = tmp_path / "20260101-000000-synthetic" / "snapshots"
    assert process.stdout is not None
    process.stdout.readline()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        unfinished = [p for p in snapshots.iterdir() if p.name.startswith(".")]
        if unfinished:
            process.send_signal(signal.SIGSTOP)
            os.waitpid(process.pid, os.WUNTRACED)  # it runs on for a moment
            if any(path.exists() for path in unfinished):
                break
            process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()
    left = [path for path in snapshots.iterdir() if path.name.startswith(".")]
    assert left, "the process was killed in the middle of a snapshot"
    run = Run(snapshots.parent)
    assert run.status().kind == "crashed"
    for step in run.steps():
        snapshot = run.snapshot(step)
        _ = snapshot.features, snapshot.predictions, snapshot.prototypes, snapshot.scores
        assert snapshot.mask("target-frame_0").shape == (32, 64)
    assert run.metrics().read()
