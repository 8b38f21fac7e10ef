"""One owner of a run, and how it stands, from several signs."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spcl.store import schema
from spcl.store.errors import HeldError, UnwritableError
from spcl.store.formats.own_writes import write_own
from spcl.store.life import status
from spcl.store.life.leftovers import remove_leftovers
from spcl.store.life.ownership import RunLock, is_held
from spcl.store.life.status import status_of
from spcl.store.reader import Run
from spcl.store.writer import RunWriter
from tests import ROOT
from tests.support.synthetic_run import SyntheticRun, abandon, run_info, set_recorded

GONE = {"pid": 999_999, "process_started": 1.0}


def stamp(seconds):
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def foreign(path, **changes):
    """Write `run.json` as a writer without a lock does, whose process cannot be seen from here."""
    path.mkdir(exist_ok=True)
    info = replace(run_info("live"), **{"host": socket.gethostname(), **GONE, **changes})
    write_own(path / schema.RUN_FILE, json.dumps(info.to_json()).encode(), within=path)
    return info


@pytest.fixture(autouse=True)
def no_earlier_looks():
    status._looks.clear()


@pytest.mark.slow
def test_a_living_writer_holds_the_lock_and_a_look_does_not_take_it(tmp_path):
    run = SyntheticRun(tmp_path)
    assert is_held(run.path) is True
    with pytest.raises(HeldError, match="written by another training"):
        RunWriter.reopen(run.path, run.writer.info)
    run.writer.end("stopped")
    assert is_held(run.path) is False
    RunLock.take(run.path).release()
    assert (run.path / schema.LOCK_FILE).stat().st_size == 0


@pytest.mark.slow
def test_the_system_releases_the_lock_of_a_killed_writer(tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from tests.support.synthetic_run import SyntheticRun;"
        "SyntheticRun(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False)
    (path,) = tmp_path.iterdir()
    now = status_of(Run(path).info(), path)
    assert (now.kind, now.process_alive) == ("crashed", False)
    assert "nobody holds the lock" in now.signs


def test_a_held_lock_counts_more_than_a_process_that_cannot_be_seen(tmp_path):
    run = SyntheticRun(tmp_path)
    now = status_of(replace(run.writer.info, **GONE), run.path)
    assert (now.kind, now.process_alive) == ("running", True)


def test_a_fresh_heartbeat_of_another_namespace_is_a_running_run(tmp_path):
    info = foreign(tmp_path / "live")
    now = status_of(info, tmp_path / "live")
    assert (now.kind, now.process_alive) == ("running", None)


def test_a_silent_run_without_a_process_has_crashed(tmp_path):
    info = foreign(tmp_path / "live", heartbeat_at=stamp(-20))
    os.utime(tmp_path / "live" / schema.RUN_FILE, (1e9, 1e9))
    assert status_of(info, tmp_path / "live").kind == "crashed"


def test_a_clock_that_is_behind_is_said_and_the_run_is_running(tmp_path):
    info = foreign(tmp_path / "live", host="gpu-box-7", heartbeat_at=stamp(-90))
    now = status_of(info, tmp_path / "live")
    assert (now.kind, now.clocks_differ) == ("running", True)
    assert now.seconds_since_write < 5


def test_a_heartbeat_seen_to_change_is_life_whatever_the_clocks_say(tmp_path):
    path = tmp_path / "live"
    for age in (-900, -895):
        info = foreign(path, host="gpu-box-7", heartbeat_at=stamp(age))
        os.utime(path / schema.RUN_FILE, (1e9, 1e9))
        kind = status_of(info, path).kind
        assert kind == ("stalled" if age == -900 else "running")


@pytest.mark.parametrize("make", ["link", "fifo", "second name"])
def test_a_lock_file_that_is_no_plain_file_is_refused_and_never_hangs(tmp_path, make):
    run = SyntheticRun(tmp_path)
    run.writer.end("stopped")
    lock, precious = run.path / schema.LOCK_FILE, tmp_path / "precious"
    precious.write_text("kept")
    lock.unlink()
    if make == "fifo":
        os.mkfifo(lock)
    else:
        (lock.symlink_to if make == "link" else lock.hardlink_to)(precious)
    is_held(run.path)
    with pytest.raises(UnwritableError):
        RunLock.take(run.path)
    assert precious.read_text() == "kept"


def test_a_writer_that_was_taken_over_stops_and_writes_nothing_more(tmp_path):
    run = SyntheticRun(tmp_path)
    run.write_metrics(1)
    info = replace(run.writer.info, host="other", **GONE)
    write_own(run.path / schema.RUN_FILE, json.dumps(info.to_json()).encode(), within=run.path)
    with pytest.raises(HeldError, match="was taken over by process 999999 on other"):
        run.write_metrics(1)
    assert len(Run(run.path).metrics().read()) == 1
    assert Run(run.path).info().host == "other"


def test_a_writer_notices_another_whose_file_got_the_inode_of_its_own(tmp_path):
    """Two writers that replace `run.json` in turns free inodes for each other."""
    run = SyntheticRun(tmp_path)
    info = replace(run.writer.info, host="other", **GONE)
    inode = (run.path / schema.RUN_FILE).stat().st_ino
    (run.path / schema.RUN_FILE).write_text(json.dumps(info.to_json()))
    assert (run.path / schema.RUN_FILE).stat().st_ino == inode
    with pytest.raises(HeldError, match="was taken over by process 999999 on other"):
        run.write_metrics(1)


def test_leftovers_go_by_their_own_names_and_links_are_left_alone(tmp_path):
    run = SyntheticRun(tmp_path)
    abandon(run.writer)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("kept")
    files = [".run.json.12.34.tmp", "checkpoints/.last.pt.12.tmp", "probe/.a.png.1.2.tmp"]
    for name in files:
        (run.path / name).write_bytes(b"half")
    (run.path / "snapshots" / ".step_0000010.12.tmp" / "masks").mkdir(parents=True)
    (run.path / "snapshots" / ".step_0000020.12.tmp").symlink_to(outside)
    (run.path / ".mine.tmp").write_text("not ours")
    remove_leftovers(run.path)
    assert not any((run.path / name).exists() for name in files)
    assert [p.name for p in (run.path / "snapshots").iterdir()] == [".step_0000020.12.tmp"]
    assert (run.path / ".mine.tmp").exists()
    assert (outside / "precious").read_text() == "kept"


def test_an_aged_heartbeat_of_a_living_process_is_stalled_not_crashed(tmp_path):
    run = SyntheticRun(tmp_path)
    run.writer._ended.set()
    set_recorded(run.path, heartbeat_at=stamp(-90))
    assert status_of(Run(run.path).info(), run.path).kind == "stalled"
