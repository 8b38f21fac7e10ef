"""A run is copied by rsync while it is written: what has not come yet is not taken for damage."""

import os
import re
import shlex
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from spcl.store.life import arriving
from spcl.store.life.status import COPY_MARK
from spcl.store.reader import Run, list_runs
from spcl.store.validation import faults
from tests import ROOT
from tests.support.synthetic_run import SyntheticRun, set_recorded, write_synthetic_run
from tests.support.tools import needed

STEPS = range(0, 81, 10)


def told() -> list[list[str]]:
    """Return the words of the rsync commands that docs/elsewhere.md tells, in order."""
    text = (ROOT / "docs" / "elsewhere.md").read_text(encoding="utf-8")
    block = re.search(r"^```\n(while.*?)^```", text, flags=re.M | re.S)
    assert block is not None
    lines = block[1].replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.strip().startswith("rsync ")]


def copying(there: Path, here: Path) -> list[list[str]]:
    """Return the told commands between two folders of this machine, slow enough to be watched."""
    places = {"you@training-machine:spcl/runs/": f"{there}/", "runs-there/": f"{here}/"}
    return [
        [words[0], "--bwlimit=4000", *(places.get(w, w) for w in words[1:])] for words in told()
    ]


class Watching:
    """Look at a copy again and again, as pages do, and keep every complaint.

    What is on its way is looked for beside it, because reading everything takes longer than a
    snapshot needs to come.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.complaints, self.seen, self.waited = folder, [], set(), False
        self._ended = threading.Event()
        looks = (self._look, self._wait)
        self._threads = [threading.Thread(target=look) for look in looks]

    def __enter__(self) -> "Watching":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _wait(self) -> None:
        while not self._ended.wait(0.02):
            self.waited |= any(Run(path).arriving() for path in self.folder.glob("*/"))

    def _look(self) -> None:
        while not self._ended.is_set():
            for row in list_runs(self.folder):
                if row.status == "damaged":
                    self.complaints.append(row.problem)
                    continue
                run = Run(row.path)
                for step in run.steps():
                    self._read(run, step)

    def _read(self, run: Run, step: int) -> None:
        try:
            snapshot, probe = run.snapshot(step), run.probe()
            _ = snapshot.features, snapshot.predictions, snapshot.prototypes, snapshot.scores
            for image in probe.images:
                _ = snapshot.mask(image.key), snapshot.confidence(image.key)
                _ = probe.picture(image.key), probe.label(image.key)
        except Exception as error:
            self.complaints.append(str(error))
        self.seen.add(step)


@pytest.mark.long
def test_a_run_that_is_written_while_it_is_copied_is_never_damaged(tmp_path):
    needed("rsync", "rsync")
    there, here = tmp_path / "there", tmp_path / "here"
    here.mkdir()
    run = SyntheticRun(there, steps=80, images=6, pixels_per_class=300, channels=64)
    written = threading.Event()

    def write() -> None:
        run.write_probe()
        run.write_metrics(80)
        for step in STEPS:
            run.write_snapshot(step)
            time.sleep(0.3)
        run.finish()
        written.set()

    writer = threading.Thread(target=write)
    with Watching(here) as watching:
        writer.start()
        is_last = False
        while not is_last:
            is_last = written.is_set()
            for command in copying(there, here):
                assert subprocess.run(command).returncode in (0, 24)
        time.sleep(0.1)
    writer.join()
    copy = Run(here / run.path.name)
    assert watching.complaints == []
    assert watching.waited, "a snapshot was seen on its way"
    assert watching.seen == set(STEPS)
    assert list(faults(copy)) == []
    assert copy.status().kind == "finished"
    names = {path.name for path in copy.path.iterdir()}
    assert names == {"run.json", "metrics.jsonl", "probe", "snapshots"}


def test_a_snapshot_on_its_way_is_named_by_validate_and_shown_once_nothing_changes(
    tmp_path, monkeypatch
):
    run = Run(write_synthetic_run(tmp_path))
    with suppress(KeyError):
        arriving._known_whole.clear()
    shutil.rmtree(run.path / "snapshots" / "step_0000040" / "masks")
    assert (run.steps(), run.arriving()) == ([0, 10, 20, 30], [40])
    assert "files that are missing" in "".join(faults(run))
    monkeypatch.setattr(arriving, "QUIET_SECONDS", 0)
    assert (run.steps(), run.arriving()) == ([0, 10, 20, 30, 40], [])


def test_a_snapshot_that_was_whole_once_is_damaged_and_not_on_its_way(tmp_path):
    run = Run(write_synthetic_run(tmp_path))
    assert run.arriving() == []
    (run.path / "snapshots" / "step_0000040" / "masks" / "target-frame_0.png").unlink()
    assert (run.steps()[-1], run.arriving()) == (40, [])


def test_a_folder_without_its_run_file_is_no_run_while_it_is_filled(tmp_path, monkeypatch):
    path = write_synthetic_run(tmp_path)
    (path / "run.json").unlink()
    assert list_runs(tmp_path) == []
    monkeypatch.setattr(arriving, "QUIET_SECONDS", 0)
    assert [row.status for row in list_runs(tmp_path)] == ["damaged"]


def test_a_copied_run_is_not_judged_by_processes_of_this_machine(tmp_path):
    path = write_synthetic_run(tmp_path, finished=False)
    set_recorded(path, process_started=1.0, heartbeat_at="2026-01-01T00:00:00.000Z")
    (path / "writer.lock").unlink()
    assert Run(path).status().kind == "crashed"
    (tmp_path / COPY_MARK).touch()
    status = Run(path).status()
    assert (status.kind, status.elsewhere) == ("stalled", os.uname().nodename)


def test_a_run_that_was_copied_long_ago_is_not_looked_through(tmp_path, monkeypatch):
    run = Run(write_synthetic_run(tmp_path))
    arriving._known_whole.clear()
    monkeypatch.setattr(arriving, "QUIET_SECONDS", 0)
    monkeypatch.setattr(arriving, "LONGEST_FILE_SECONDS", 0)
    assert (len(run.steps()), arriving._known_whole) == (5, set())
    monkeypatch.setattr(arriving, "LONGEST_FILE_SECONDS", 600)
    assert (len(run.steps()), len(arriving._known_whole)) == (5, 5)
